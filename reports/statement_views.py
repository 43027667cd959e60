"""The balance sheet and the income statement over HTTP."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers

from organizations.wire.filtering import Choice
from organizations.wire.filtering import PublicId as PublicIdField
from organizations.wire.query_strings import bad
from organizations.wire.shapes import Number, PublicId
from reports.balance_sheet import balance_sheet
from reports.budgets.versus_actual import income_statement_beside
from reports.budgets.views import NO_BUDGET, WHICH, named_budget
from reports.cash_flow import METHODS, cash_flow
from reports.dimensions import OF_ENTRIES
from reports.income_statement import income_statement
from reports.periods import BUDGET
from reports.serving import (
    AS_OF,
    COMMON,
    COMPARE,
    COMPARE_BUDGET,
    SPAN,
    VIEWED,
    StatementShape,
    StatementViewSet,
    answers,
)


class BalanceSheetShape(StatementShape):
    """What is owned and owed at the end of a day."""

    as_of = serializers.DateField()
    total_assets = Number()
    total_liabilities = Number()
    total_equity = Number(help_text="With what was earned and not closed yet.")
    current_earnings = Number(help_text="Of the fiscal year so far, not closed yet; a part of equity.")
    is_balanced = serializers.BooleanField(allow_null=True, help_text="Null of a part of the books.")


class MarginsShape(serializers.Serializer):
    gross = Number(allow_null=True)
    operating = Number(allow_null=True)
    net = Number(allow_null=True)


class IncomeStatementShape(StatementShape):
    """What was earned and spent in a period."""

    start_date = serializers.DateField()
    end_date = serializers.DateField()
    total_revenue = Number()
    total_expenses = Number()
    gross_profit = Number()
    operating_result = Number()
    net_income = Number()
    margins = MarginsShape(help_text="In percent of revenue; null where there is none.")
    budget_id = PublicId("BUD", allow_null=True, help_text="The budget that is the second column.")


class BalanceSheetViewSet(StatementViewSet):
    """The balance sheet."""

    report = "balance-sheet"

    @extend_schema(responses=answers(BalanceSheetShape), parameters=[AS_OF, COMPARE, *COMMON, *VIEWED])
    def retrieve(self, request, organization_id):
        """Show the balance sheet at the end of a day.

        What was earned and is not closed yet stands inside equity, so both sides are equal on every day. `compare` adds
        columns; every amount names the entries that lead to it.
        """
        asked = self.asked_for()
        return self.respond(asked, balance_sheet(self.wish(asked)))


class IncomeStatementViewSet(StatementViewSet):
    """The income statement."""

    report = "income-statement"
    spans = beside_budget = True

    @extend_schema(responses=answers(IncomeStatementShape), parameters=[*SPAN, COMPARE_BUDGET, WHICH, *COMMON, *VIEWED])
    def retrieve(self, request, organization_id):
        """Show the income statement of a period.

        Cost of sales are the accounts with the role `cost_of_sales` and what stands below them. Closing a year changes
        nothing of it. `compare=budget` sets a budget beside the period, of a month in part by its days; then of entries
        only those of an `account_id` can be asked for.
        """
        asked = self.asked_for(budget_id=PublicIdField("BUD"))
        if asked.values.get("compare") == BUDGET:
            if refused := {name: NO_BUDGET for name in OF_ENTRIES if name in asked.values}:
                raise bad(refused)
            budget = named_budget(self.organization, asked)
            return self.respond(asked, income_statement_beside(self.wish(asked), budget))
        if "budget_id" in asked.values:
            raise bad({"budget_id": f"Only with compare={BUDGET}."})
        return self.respond(asked, income_statement(self.wish(asked)) | {"budget_id": None})


class CashFlowShape(StatementShape):
    """How cash came to change in a period."""

    method = serializers.ChoiceField(METHODS)
    start_date = serializers.DateField()
    end_date = serializers.DateField()
    opening_cash = Number()
    net_change = Number()
    closing_cash = Number()
    is_tied = serializers.BooleanField(
        allow_null=True,
        help_text="Null of a part of the books; whether the sections come to what the accounts of cash have.",
    )


class CashFlowViewSet(StatementViewSet):
    """The cash flow statement."""

    report = "cash-flow"
    spans = True
    further = ("method",)

    @extend_schema(
        responses=answers(CashFlowShape),
        parameters=[
            *SPAN,
            OpenApiParameter(
                "method", {"type": "string", "enum": METHODS, "default": "indirect"},
                description="From net income by what moved no cash, or by what stands against cash.",
            ),
            COMPARE,
            *COMMON,
            *(each for each in VIEWED if each.name != "account_id"),
        ],
    )  # fmt: skip
    def retrieve(self, request, organization_id):
        """Show the cash flow statement of a period.

        Cash are the accounts with the role `cash` and what stands below them. An account's metadata `cash_flow`
        (`operating`, `investing`, `financing`) says where it belongs, for what stands below it, too; otherwise equity
        and liabilities with codes from 25 to 29 are financing, and assets with codes from 15 to 19 investing.

        Entries count the other way round: what is credited to an account gave cash. The direct statement is the same
        on both bases. It is of all accounts: `account_id` is refused. Roles and metadata are those of now, also of a
        past moment: a receipt gives the figures again, not where an account belonged then.
        """
        asked = self.asked_for(method=Choice(METHODS))
        if "account_id" in asked.values:
            raise bad({"account_id": "What moved cash is told of all accounts together; leave this out."})
        return self.respond(asked, cash_flow(self.wish(asked), method=asked.values.get("method", "indirect")))
