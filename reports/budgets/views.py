"""Budget against actual over HTTP."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers

from ledger.balances.receipts import Asked
from organizations import clock
from organizations.tenants.models import Organization
from organizations.wire.filtering import PublicId as PublicIdField
from organizations.wire.query_strings import bad
from organizations.wire.shapes import Number, PublicId
from reports.budgets.models import Budget
from reports.budgets.versus_actual import budget_sheet, budget_vs_actual, period_of
from reports.dimensions import OF_ENTRIES, PARAMETERS
from reports.periods import Period
from reports.serving import (
    BASIS,
    DEPTH,
    FORMAT,
    NOT_THEN,
    SPAN,
    RowShape,
    SectionShape,
    StatementShape,
    StatementViewSet,
    answers,
)

WHICH = OpenApiParameter(
    "budget_id", {"type": "string"}, description="The budget; needed where there is not exactly one active one."
)
#: Of an account alone there is a budget, too.
ACCOUNT = next(each for each in PARAMETERS if each.name == "account_id")
NO_BUDGET = "Budgets know accounts only: leave it out, or ask for the income statement without a budget."
REFUSED = {
    "compare": "Its columns are actual, budget and variance: ask once for each period.",
    "currency": "It is in base currency; the income statement with compare=budget may be in another.",
    "known_at": NOT_THEN,
    **dict.fromkeys(OF_ENTRIES, NO_BUDGET),
}
VARIANCE = {"allow_null": True, "help_text": "Of the budget, in percent; null where there is none."}


class BudgetRowShape(RowShape):
    variance_percentage = Number(**VARIANCE)


class BudgetSectionShape(SectionShape):
    rows = BudgetRowShape(many=True)
    variance_percentage = Number(**VARIANCE)


class BudgetVersusActualShape(StatementShape):
    """What was earned and spent beside what was meant; the columns are actual, budget and their variance."""

    budget_id = PublicId("BUD")
    start_date = serializers.DateField()
    end_date = serializers.DateField()
    sections = BudgetSectionShape(many=True)
    net_income = Number()
    budgeted_net_income = Number()
    variance = Number(help_text="Actual less budget.")


class BudgetVersusActualViewSet(StatementViewSet):
    """Budget against actual."""

    report = "budget-vs-actual"
    spans = True

    def reads_one_snapshot(self, request) -> bool:
        return True

    @extend_schema(responses=answers(BudgetVersusActualShape), parameters=[WHICH, *SPAN, DEPTH, BASIS, ACCOUNT, FORMAT])
    def retrieve(self, request, organization_id):
        """Show what was earned and spent beside what was meant.

        The budget so far, unless days are given; of a month in part the budget counts by its days. `account_id` shows
        an account and what stands below it; contacts, categories and dimensions have no budget.
        """
        asked = self.asked_for(budget_id=PublicIdField("BUD"))
        refused = {name: problem for name, problem in REFUSED.items() if name in request.query_params}
        if refused:
            raise bad(refused)
        self.budget = named_budget(self.organization, asked)
        answer = budget_vs_actual(self.wish(asked), self.budget)
        return self.respond(asked, answer | {"known_at": None, "receipt": None}, sheet=budget_sheet, stamped=False)

    def period(self, asked) -> Period:
        if "start_date" in asked.values or "end_date" in asked.values:
            return super().period(asked)
        return period_of(self.budget, clock.today(self.organization.time_zone))


def named_budget(organization: Organization, asked: Asked) -> Budget:
    """The budget that is named, or the only active one. Raises InvalidParameter."""
    rows, number = Budget.objects.of(organization), asked.values.get("budget_id")
    found = list(rows.filter(pk=number) if number is not None else rows.filter(status="active")[:2])
    if len(found) != 1:
        raise bad({"budget_id": "Name a budget of this organization."})
    return found[0]
