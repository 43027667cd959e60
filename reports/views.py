"""Reports over HTTP: one shape for all."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from ledger.accounts.models import TYPES
from organizations import clock
from organizations.requests.exporting import csv_response
from organizations.requests.views import TenantViewSet
from organizations.tenants.reach import overseen_and_owned_children
from organizations.wire.filtering import BookDay, Choice
from organizations.wire.query_strings import bad, read_parameters
from organizations.wire.shapes import Number, PublicId
from reports.books import BASES
from reports.firm import ALERTS
from reports.overview import at_work
from reports.serving import (
    AS_OF,
    COMMON,
    COMPARE,
    DATE,
    LEADS_TO,
    VIEWED,
    ColumnShape,
    KnownFields,
    StatementViewSet,
    answers,
)
from reports.trial_balance import trial_balance, trial_balance_sheet

TRIAL_BALANCE_COLUMNS = (
    "code",
    "name",
    "account_type",
    "level",
    "debit_balance",
    "credit_balance",
    "balance",
    "rollup_balance",
)


class TrialBalanceRowShape(serializers.Serializer):
    id = PublicId("ACT", allow_null=True, help_text="Null for what translation into another currency was rounded by.")
    code = serializers.CharField()
    name = serializers.CharField()
    account_type = serializers.ChoiceField(TYPES)
    parent_account_id = PublicId("ACT", allow_null=True)
    level = serializers.IntegerField()
    debit_balance = Number()
    credit_balance = Number()
    balance = Number(help_text="Signed by the account's normal balance.")
    balances = serializers.ListField(child=Number(), help_text="In every column.")
    rollup_balance = Number(help_text="With all accounts below it.")
    entries_query = serializers.CharField(allow_null=True, help_text=f"As known then. {LEADS_TO}")


class TrialBalanceTotalsShape(serializers.Serializer):
    total_debits = Number()
    total_credits = Number()
    assets = Number()
    liabilities = Number()
    equity = Number()
    revenue = Number()
    expenses = Number()


class TrialBalanceShape(KnownFields):
    """Every account's balance at the end of a day."""

    object = serializers.CharField()
    title = serializers.CharField()
    organization_id = PublicId("ORG")
    as_of = serializers.DateField()
    currency = serializers.CharField()
    basis = serializers.ChoiceField(BASES)
    columns = ColumnShape(many=True)
    accounts = TrialBalanceRowShape(many=True)
    totals = TrialBalanceTotalsShape()
    is_balanced = serializers.BooleanField(
        help_text="Whether both sides of what is shown are equal; of a part of the books, whether that part is."
    )


class TrialBalanceViewSet(StatementViewSet):
    """The trial balance."""

    report = "trial-balance"

    @extend_schema(responses=answers(TrialBalanceShape), parameters=[AS_OF, COMPARE, *COMMON, *VIEWED])
    def retrieve(self, request, organization_id):
        """Show the trial balance at the end of a day.

        With `known_at`, what the books said at that moment, whatever was posted later under an earlier date; accounts
        have the names and places that they had. `as_of` left out is then the day of the moment.
        """
        asked = self.asked_for()
        answer = trial_balance(self.wish(asked))
        if self.request.accepted_renderer.format == "csv":
            others = [f"balance_{column['label']}" for column in answer["columns"][1:]]
            rows = [
                [*(row[name] for name in TRIAL_BALANCE_COLUMNS), *row["balances"][1:]] for row in answer["accounts"]
            ]
            name = f"trial-balance-{answer['as_of']}"
            return csv_response(self.organization, name, [*TRIAL_BALANCE_COLUMNS, *others], lambda: rows)
        return self.respond(asked, answer, sheet=trial_balance_sheet)


class AlertShape(serializers.Serializer):
    kind = serializers.ChoiceField(ALERTS)
    count = serializers.IntegerField()


class OverviewTotalsShape(serializers.Serializer):
    """Six totals of an organization in its base currency, and what waits there."""

    object = serializers.CharField()
    organization_id = PublicId("ORG")
    name = serializers.CharField()
    relationship_type = serializers.CharField(allow_null=True)
    currency = serializers.CharField()
    start_date = serializers.DateField()
    end_date = serializers.DateField()
    cash = Number()
    receivables = Number()
    payables = Number()
    revenue = Number()
    expenses = Number()
    net_income = Number()
    unreconciled_lines = serializers.IntegerField(
        help_text="Lines of bank statements that nobody has accounted for; counted as far as 1,000."
    )
    last_activity_at = serializers.DateTimeField(allow_null=True)
    alerts = AlertShape(many=True)


class OverviewShape(OverviewTotalsShape):
    children = OverviewTotalsShape(many=True, required=False, help_text="With `include=children`.")


class OverviewViewSet(TenantViewSet):
    """The financial overview."""

    resource = "reports"
    open_to_oversight = ("GET",)

    def reads_replica(self, request) -> bool:
        return True

    @extend_schema(
        responses=OverviewShape,
        parameters=[
            OpenApiParameter("start_date", DATE, description="The fiscal year's first day unless given."),
            OpenApiParameter("end_date", DATE, description="Today unless given."),
            OpenApiParameter("include", {"type": "string", "enum": ["children"]}, description="All children as well."),
        ],
    )
    def retrieve(self, request, organization_id):
        """Show cash, receivables, payables, and the period's revenue, expenses and profit.

        With `include=children` the same for every child, owned or linked, in one call: a firm's dashboard. `alerts` say
        what waits there: only how much of it, never what.
        """
        asked = read_parameters(
            request.query_params, {"start_date": BookDay(), "end_date": BookDay(), "include": Choice(["children"])}
        )
        end = asked.get("end_date") or clock.today(self.organization.time_zone)
        start = asked.get("start_date")
        if start is not None and start > end:
            raise bad({"end_date": "Lies before start_date."})
        children = []
        if "include" in asked and not self.opened.oversight:
            children = list(overseen_and_owned_children(self.organization.pk))
        found = at_work([self.organization, *children], start=start, end=end)
        return Response(found[0] | ({"children": found[1:]} if "include" in asked else {}))
