"""The general ledger, the statement of an account and the tax summary over HTTP."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from ledger.accounts.versions import account_then
from ledger.balances.receipts import KNOWN_AT, KnownShape, KnownViewSet
from organizations import clock
from organizations.errors import Invalid, NotFound
from organizations.wire.filtering import BookDay, Choice
from organizations.wire.filtering import PublicId as PublicIdField
from organizations.wire.shapes import Number, PublicId
from reports.books import BASES
from reports.dimensions import FIELDS, PARAMETERS
from reports.ledgers import account_statement, general_ledger, ledger_sheet, statement_sheet
from reports.serving import FORMAT, FORMAT_CHOICE, SPAN, FileViewSet, StatementViewSet, answers, span_of
from reports.statements import Wish
from reports.tax_summary import tax_sheet, tax_summary

ACCOUNT = OpenApiParameter("account_id", {"type": "string"}, required=True, description="The account.")
BASIS = OpenApiParameter(
    "basis", {"type": "string", "enum": BASES, "default": "accrual"},
    description="By the day of the document, or as far as it was paid.",
)  # fmt: skip


class LedgerLineShape(serializers.Serializer):
    id = PublicId("LED")
    transaction_id = PublicId("TXN")
    transaction_date = serializers.DateField()
    description = serializers.CharField()
    reference = serializers.CharField()
    debit = Number()
    credit = Number()
    running_balance = Number(help_text="After this entry.")


class LedgerAccountShape(serializers.Serializer):
    account_id = PublicId("ACT")
    code = serializers.CharField()
    name = serializers.CharField()
    opening_balance = Number()
    closing_balance = Number()
    entries = LedgerLineShape(many=True)
    entries_query = serializers.CharField()


class LedgerShape(KnownShape):
    object = serializers.CharField()
    title = serializers.CharField()
    organization_id = PublicId("ORG")
    currency = serializers.CharField()
    start_date = serializers.DateField()
    end_date = serializers.DateField()
    total_debits = Number()
    total_credits = Number()


class GeneralLedgerShape(LedgerShape):
    """Every account that stood or moved in a period, in base currency, debit positive."""

    accounts = LedgerAccountShape(many=True)


class AccountStatementShape(LedgerShape):
    """One account in a period, in its own currency, signed by its normal balance."""

    account_id = PublicId("ACT")
    code = serializers.CharField()
    name = serializers.CharField()
    opening_balance = Number()
    closing_balance = Number()
    entries = LedgerLineShape(many=True)
    entries_query = serializers.CharField()


class TaxedShape(serializers.Serializer):
    tax_id = PublicId("TAX")
    name = serializers.CharField()
    rate = Number(help_text="In percent.")
    treatment = serializers.CharField()
    base = Number(help_text="What was taxed.")
    tax = Number()


class TaxAccountShape(serializers.Serializer):
    account_id = PublicId("ACT")
    code = serializers.CharField()
    name = serializers.CharField()
    movement = Number(help_text="Credits count up.")
    documents = Number(help_text="What of it documents posted.")
    other = Number(help_text="The rest: what was paid to the state, or posted by hand.")


class TaxSummaryShape(KnownShape):
    """What was taxed in a period, and what is to be paid, in base currency."""

    object = serializers.CharField()
    title = serializers.CharField()
    organization_id = PublicId("ORG")
    start_date = serializers.DateField()
    end_date = serializers.DateField()
    basis = serializers.ChoiceField(BASES)
    currency = serializers.CharField()
    sales = TaxedShape(many=True)
    purchases = TaxedShape(many=True)
    total_sales_tax = Number()
    total_purchase_tax = Number()
    net_tax = Number()
    tax_accounts = TaxAccountShape(many=True, allow_null=True, help_text="On accrual.")


class LedgerViewSet(StatementViewSet):
    """Reports of a period with a line for each entry."""

    open_to_scoped_keys = ("account_statement",)
    spans = True

    def _asked(self, **more):
        return self.asked({"start_date": BookDay(), "end_date": BookDay(), "format": FORMAT_CHOICE, **more})

    @extend_schema(responses=answers(GeneralLedgerShape), parameters=[*SPAN, *PARAMETERS, FORMAT, KNOWN_AT])
    def general_ledger(self, request, organization_id):
        """Show the general ledger of a period: every account with its entries.

        Up to 10,000 entries; longer periods answer 422 `report_too_long`.
        """
        self.report = "general-ledger"
        asked = self._asked(**FIELDS)
        return self.respond(asked, general_ledger(self.wish(asked)), sheet=ledger_sheet)

    @extend_schema(responses=answers(AccountStatementShape), parameters=[ACCOUNT, *SPAN, FORMAT, KNOWN_AT])
    def account_statement(self, request, organization_id):
        """Show one account in a period: what stood, every entry with the balance after it, what stands."""
        self.report = "account-statement"
        asked = self._asked(account_id=PublicIdField("ACT"))
        number = asked.values.get("account_id")
        if number is None:
            raise Invalid(fields={"account_id": "Name the account."})
        try:
            account = account_then(self.organization.pk, number, asked.moment)
        except NotFound:
            raise Invalid(fields={"account_id": "There is no such account."}) from None
        wish = Wish(
            self.organization, [self.period(asked)], moment=asked.moment, then=asked.in_links(self.organization)
        )
        return self.respond(asked, account_statement(wish, account), sheet=statement_sheet)


class TaxSummaryViewSet(KnownViewSet, FileViewSet):
    """The tax summary."""

    report = "tax-summary"

    @extend_schema(responses=answers(TaxSummaryShape), parameters=[*SPAN, BASIS, FORMAT, KNOWN_AT])
    def retrieve(self, request, organization_id):
        """Show what was taxed in a period, by tax and rate, and what is to be paid.

        On accrual it is tied to the tax accounts; on cash a document counts as far as it was settled.
        """
        declared = {"start_date": BookDay(), "end_date": BookDay(), "basis": Choice(BASES), "format": FORMAT_CHOICE}
        asked = self.asked(declared)
        zone = self.organization.time_zone
        today = clock.today(zone) if asked.moment is None else clock.day_of(asked.moment.known_at, zone)
        period = span_of(self.organization, asked.values, today=today)
        basis = asked.values.get("basis", BASES[0])
        answer = tax_summary(Wish(self.organization, [period], moment=asked.moment), basis=basis)
        if self.wants_json:
            kept = {"start_date": period.start, "end_date": period.end, "basis": basis}
            return Response(answer | asked.stamped(self.organization, kept))
        return self.file(tax_sheet(answer, self.organization.name), period.end)
