"""Reports over HTTP: one shape for all."""

from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from ledger.accounts.models import TYPES
from ledger.balances.receipts import KNOWN_AT, KnownShape, KnownViewSet
from organizations import clock
from organizations.requests.exporting import FORMAT, ExportingViewSet
from organizations.requests.views import TenantViewSet
from organizations.tenants.reach import overseen_and_owned_children
from organizations.wire.filtering import BookDay, Choice, Whole
from organizations.wire.query_strings import bad, read_parameters
from organizations.wire.shapes import Number, PublicId
from reports.overview import overviews
from reports.trial_balance import trial_balance

DATE = {"type": "string", "format": "date"}
DEEPEST = 100
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
DEPTH = {"type": "integer", "minimum": 1, "maximum": DEEPEST}


class TrialBalanceRowShape(serializers.Serializer):
    id = PublicId("ACT")
    code = serializers.CharField()
    name = serializers.CharField()
    account_type = serializers.ChoiceField(TYPES)
    parent_account_id = PublicId("ACT", allow_null=True)
    level = serializers.IntegerField()
    debit_balance = Number()
    credit_balance = Number()
    balance = Number(help_text="Signed by the account's normal balance.")
    rollup_balance = Number(help_text="With all accounts below it.")
    entries_query = serializers.CharField(help_text="The entries that lead to the figure, as known then.")


class TrialBalanceTotalsShape(serializers.Serializer):
    total_debits = Number()
    total_credits = Number()
    assets = Number()
    liabilities = Number()
    equity = Number()
    revenue = Number()
    expenses = Number()


class TrialBalanceShape(KnownShape):
    """Every account's balance at the end of a day, in base currency."""

    object = serializers.CharField()
    organization_id = PublicId("ORG")
    as_of = serializers.DateField()
    currency = serializers.CharField()
    accounts = TrialBalanceRowShape(many=True)
    totals = TrialBalanceTotalsShape()
    is_balanced = serializers.BooleanField()


class TrialBalanceViewSet(KnownViewSet, ExportingViewSet):
    """The trial balance."""

    resource = "reports"
    file_actions = ("retrieve",)

    @extend_schema(
        responses={(200, "application/json"): TrialBalanceShape, (200, "text/csv"): OpenApiTypes.STR},
        parameters=[
            OpenApiParameter("format", FORMAT["format"].schema, description="`csv` answers the rows as a file."),
            OpenApiParameter("as_of", DATE, description="Including this day; today unless given."),
            OpenApiParameter(
                "depth",
                {"type": "integer", "minimum": 1, "maximum": DEEPEST},
                description="Levels of accounts to show.",
            ),
            KNOWN_AT,
        ],
    )
    def retrieve(self, request, organization_id):
        """Show the trial balance at the end of a day.

        With `known_at`, what the books said at that moment, whatever was posted later under an earlier date; accounts
        have the names and places that they had. `as_of` left out is then the day of the moment.
        """
        asked = self.asked({"as_of": BookDay(), "depth": Whole(), **FORMAT})
        depth = asked.values.get("depth")
        if depth is not None and not 1 <= depth <= DEEPEST:
            raise bad({"depth": f"A whole number from 1 to {DEEPEST}."})
        zone = self.organization.time_zone
        day = clock.today(zone) if asked.moment is None else clock.day_of(asked.moment.known_at, zone)
        as_of = asked.values.get("as_of") or day
        then = asked.in_links(self.organization)
        answer = trial_balance(self.organization, as_of=as_of, depth=depth, moment=asked.moment, then=then)
        if self.wants_file:
            rows = [[row[name] for name in TRIAL_BALANCE_COLUMNS] for row in answer["accounts"]]
            return self.file(f"trial-balance-{as_of}", TRIAL_BALANCE_COLUMNS, lambda: rows)
        return Response(answer | asked.stamped(self.organization, {"as_of": as_of, "depth": depth}))


class OverviewTotalsShape(serializers.Serializer):
    """Six totals of an organization, in its base currency."""

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


class OverviewShape(OverviewTotalsShape):
    children = OverviewTotalsShape(many=True, required=False, help_text="With `include=children`.")


class OverviewViewSet(TenantViewSet):
    """The financial overview."""

    resource = "reports"
    open_to_oversight = ("GET",)

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

        With `include=children` the same for every child, owned or linked, in one call: a firm's dashboard.
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
        found = overviews([self.organization, *children], start=start, end=end)
        return Response(found[0] | ({"children": found[1:]} if "include" in asked else {}))
