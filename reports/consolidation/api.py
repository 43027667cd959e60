"""Consolidated statements over HTTP."""

from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response

from ledger.accounts.shapes import WarningShape
from ledger.closing.calendars import years_at
from organizations import clock, ids
from organizations.currencies.iso import decimals_of
from organizations.errors import Invalid
from organizations.requests.views import TenantViewSet
from organizations.tenants.models import Organization
from organizations.wire.shapes import CurrencyCode, Day, Number, PublicId
from organizations.wire.unknown_fields import unknown_fields, with_warnings
from reports.consolidation.consolidated import GroupWish, consolidate
from reports.consolidation.translating import INCOME_RATES
from reports.periods import Period

MOST_MEMBERS = 500
LONGEST_DAYS = 5 * 366  # of a period: its average rate is that of all its days
LAST_DAYS = ("end_date", "as_of", "as_of_date")  # one day, by three names
SECTIONS_OF = {
    "balance_sheet": ("assets", "liabilities", "equity"),
    "income_statement": ("revenue", "expenses"),
}


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A group's year in dollars", request_only=True,
            value={"start_date": "2026-01-01", "end_date": "2026-12-31", "currency": "USD"},
        )
    ]
)  # fmt: skip
class ConsolidationWishShape(serializers.Serializer):
    start_date = Day(required=False, help_text="The first day of the fiscal year unless given.")
    end_date = Day(required=False, help_text="Today unless given.")
    as_of = Day(required=False, help_text="`end_date` by another name.")
    as_of_date = Day(required=False, help_text="`end_date` by another name.")
    parent_organization_id = PublicId("ORG", required=False, help_text="The same as in the address.")
    report_type = serializers.ChoiceField(
        list(SECTIONS_OF), required=False, help_text="Shows the sections of this statement alone; totals are of all."
    )
    currency = CurrencyCode(required=False, help_text="The root's base currency unless given.")
    income_rate = serializers.ChoiceField(
        INCOME_RATES, required=False, help_text="Income at the period's average rate, or at the rate of each day."
    )
    organization_ids = serializers.ListField(
        child=PublicId("ORG"),
        required=False,
        min_length=1,
        max_length=MOST_MEMBERS,
        help_text="Some of the group only; all active owned descendants and the root unless given.",
    )
    account_mapping = serializers.DictField(
        child=serializers.DictField(child=serializers.CharField(max_length=32)), required=False,
        help_text="For each organization of the group, which code of the group each of its codes goes to. Others keep "
        "theirs.",
    )  # fmt: skip


class AccountOfMemberShape(serializers.Serializer):
    account_id = PublicId("ACT")
    code = serializers.CharField()
    entries_query = serializers.CharField(help_text="Entries that add up to it, in the member's own currency.")


class AmountOfMemberShape(serializers.Serializer):
    organization_id = PublicId("ORG")
    amount = Number()
    accounts = AccountOfMemberShape(many=True, help_text="Those of the member that are in it.")


class GroupRowShape(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    account_type = serializers.CharField()
    amount = Number(help_text="Of the group: its members', and what was eliminated.")
    eliminated = Number()
    entities = AmountOfMemberShape(many=True)


class GroupSectionShape(serializers.Serializer):
    name = serializers.CharField()
    title = serializers.CharField()
    total = Number()
    rows = GroupRowShape(many=True)


class GroupMemberShape(serializers.Serializer):
    organization_id = PublicId("ORG")
    name = serializers.CharField()
    currency = serializers.CharField()
    ownership_percentage = Number(help_text="Along the whole chain.")
    closing_rate = Number()
    average_rate = Number()
    total_assets = Number()
    total_liabilities = Number()
    total_equity = Number()
    net_income = Number()
    translation_difference = Number()


class EliminationShape(serializers.Serializer):
    organization_id = PublicId("ORG")
    counterparty_organization_id = PublicId("ORG")
    account_id = PublicId("ACT")
    code = serializers.CharField()
    amount = Number(help_text="What was added to take it out, debit positive.")


class MismatchShape(serializers.Serializer):
    organization_ids = serializers.ListField(child=PublicId("ORG"))
    kind = serializers.ChoiceField(["balance_sheet", "income"])
    amount = Number(help_text="What the two do not agree on.")


class TranslatedShape(serializers.Serializer):
    organization_id = PublicId("ORG")
    account_id = PublicId("ACT")
    code = serializers.CharField()
    at_closing_rate = Number()
    translated = Number()
    difference = Number()


class GroupProofShape(serializers.Serializer):
    vars()["class"] = serializers.CharField()
    entities = Number()
    eliminations = Number()
    translation = Number()
    differences = Number()
    group = Number()
    is_proven = serializers.BooleanField()


class ConsolidatedShape(serializers.Serializer):
    """The statements of a group."""

    object = serializers.CharField()
    title = serializers.CharField()
    organization_id = PublicId("ORG")
    currency = serializers.CharField()
    start_date = serializers.DateField()
    end_date = serializers.DateField()
    income_rate = serializers.ChoiceField(INCOME_RATES)
    entities = GroupMemberShape(many=True)
    sections = GroupSectionShape(many=True)
    total_assets = Number()
    total_liabilities = Number()
    total_equity = Number()
    total_revenue = Number()
    total_expenses = Number()
    net_income = Number()
    minority_interest = Number()
    minority_income = Number()
    equity_of_owners = Number()
    income_of_owners = Number()
    translation_difference = Number()
    is_balanced = serializers.BooleanField()
    eliminations = EliminationShape(many=True)
    mismatches = MismatchShape(many=True)
    translation = TranslatedShape(many=True)
    proof = GroupProofShape(many=True)
    warnings = WarningShape(many=True, help_text="Fields of the request that nobody read.")


class ConsolidatedViewSet(TenantViewSet):
    """Statements of a group."""

    heavy = True
    resource = "reports"
    stages = False
    asks_by_post = True

    def reads_one_snapshot(self, request) -> bool:
        return True

    @extend_schema(request=ConsolidationWishShape, responses=ConsolidatedShape)
    def consolidated(self, request, organization_id):
        """Consolidate the organization and everything that it owns; linked children never enter.

        Accounts are added up by code and type. Assets and liabilities are translated at the closing rate, income at the
        average of the period, equity as it came; rates are this organization's. Entries whose metadata
        `counterparty_organization_id` names another member are eliminated on both sides; what the two do not agree on
        is listed. Figures are JSON of this moment, on accrual basis: there are no files and no columns to compare with.
        Nothing is written: it takes the permission to read.
        """
        fields = self.read(ConsolidationWishShape)
        if fields.get("parent_organization_id", self.organization.pk) != self.organization.pk:
            message = "Another organization than that of the address, which is the one at the head of the group."
            raise Invalid(fields={"parent_organization_id": message})
        period = _period(fields, self.organization)
        currency = fields.get("currency") or self.organization.base_currency_id
        if decimals_of(currency) is None:
            raise Invalid(fields={"currency": "There is no such currency."})
        wish = GroupWish(
            self.organization,
            period,
            currency,
            income_rate=fields.get("income_rate", INCOME_RATES[0]),
            chosen=fields.get("organization_ids"),
            mapping=_mapping(fields.get("account_mapping", {})),
        )
        unknown = unknown_fields(request.data, ConsolidationWishShape().fields)
        report = consolidate(wish)
        if "report_type" in fields:
            shown = SECTIONS_OF[fields["report_type"]]
            report["sections"] = [part for part in report["sections"] if part["name"] in shown]
        return Response(with_warnings(report | {"warnings": []}, unknown))


def _period(fields: dict, organization: Organization) -> Period:
    """The period that is asked for. Raises Invalid."""
    days = {name: fields[name] for name in LAST_DAYS if name in fields}
    if len(set(days.values())) > 1:
        raise Invalid(fields=dict.fromkeys(days, "These are one day, the last: give one of them."))
    end = next(iter(days.values()), None) or clock.today(organization.time_zone)
    start = fields.get("start_date") or years_at([organization], end)[organization.pk].starts_on
    if start > end:
        raise Invalid(fields={next(iter(days), "end_date"): "Lies before start_date."})
    if (end - start).days > LONGEST_DAYS:
        raise Invalid(fields={"start_date": f"At most {LONGEST_DAYS} days before end_date."})
    return Period(start, end)


def _mapping(given: dict[str, dict[str, str]]) -> dict[int, dict[str, str]]:
    found = {}
    for name, codes in given.items():
        try:
            found[ids.decode("ORG", name)] = codes
        except ValueError:
            raise Invalid(fields={f"account_mapping.{name}": "No id of an organization."}) from None
    return found
