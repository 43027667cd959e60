"""Addresses of the reports."""

from django.urls import path

from reports.budgets.api import BudgetImportViewSet, BudgetViewSet
from reports.budgets.views import BudgetVersusActualViewSet
from reports.consolidation.api import ConsolidatedViewSet
from reports.export_views import BeancountViewSet
from reports.investors.api import CapitalViewSet, InvestorStatementViewSet, InvestorViewSet
from reports.ledger_views import LedgerViewSet, TaxSummaryViewSet
from reports.packages.api import ClosePackageViewSet
from reports.saved.api import SavedReportViewSet
from reports.statement_views import BalanceSheetViewSet, CashFlowViewSet, IncomeStatementViewSet
from reports.trade_views import AgedViewSet
from reports.views import OverviewViewSet, TrialBalanceViewSet
from reports.waiting_views import WaitingViewSet

ORGANIZATION = "organizations/<str:organization_id>"
REPORTS = f"{ORGANIZATION}/reports"
COLLECTION = {"get": "list", "post": "create"}
INVESTOR = f"{ORGANIZATION}/investors/<str:investor_id>"
PACKAGE = f"{ORGANIZATION}/close-packages/<str:package_id>"
OBJECT = {"get": "retrieve", "put": "update", "delete": "destroy"}

urlpatterns = [
    path("organizations/<str:organization_id>/overview", OverviewViewSet.as_view({"get": "retrieve"})),
    path(f"{REPORTS}/trial-balance", TrialBalanceViewSet.as_view({"get": "retrieve"})),
    path(f"{REPORTS}/balance-sheet", BalanceSheetViewSet.as_view({"get": "retrieve"})),
    path(f"{REPORTS}/income-statement", IncomeStatementViewSet.as_view({"get": "retrieve"})),
    path(f"{REPORTS}/cash-flow", CashFlowViewSet.as_view({"get": "retrieve"})),
    path(f"{REPORTS}/general-ledger", LedgerViewSet.as_view({"get": "general_ledger"})),
    path(f"{REPORTS}/account-statement", LedgerViewSet.as_view({"get": "account_statement"})),
    path(f"{REPORTS}/tax-summary", TaxSummaryViewSet.as_view({"get": "retrieve"})),
    path(f"{REPORTS}/consolidated", ConsolidatedViewSet.as_view({"post": "consolidated"})),
    path(f"{REPORTS}/aged-receivables", AgedViewSet.as_view({"get": "receivables"})),
    path(f"{REPORTS}/aged-payables", AgedViewSet.as_view({"get": "payables"})),
    path(f"{REPORTS}/beancount", BeancountViewSet.as_view({"get": "retrieve"})),
    path(f"{REPORTS}/unposted", WaitingViewSet.as_view({"get": "unposted"})),
    path(f"{REPORTS}/unreconciled", WaitingViewSet.as_view({"get": "unreconciled"})),
    path(f"{REPORTS}/budget-vs-actual", BudgetVersusActualViewSet.as_view({"get": "retrieve"})),
    path(f"{REPORTS}/investor-statements", InvestorStatementViewSet.as_view({"get": "retrieve", "post": "create"})),
    path(f"{ORGANIZATION}/budgets", BudgetViewSet.as_view(COLLECTION)),
    path(f"{ORGANIZATION}/budgets/<str:budget_id>", BudgetViewSet.as_view(OBJECT)),
    path(f"{ORGANIZATION}/budgets/<str:budget_id>/import", BudgetImportViewSet.as_view({"post": "create"})),
    path(f"{ORGANIZATION}/investors", InvestorViewSet.as_view(COLLECTION)),
    path(f"{ORGANIZATION}/investors/capital-calls", CapitalViewSet.as_view({"post": "capital_call"})),
    path(f"{ORGANIZATION}/investors/distributions", CapitalViewSet.as_view({"post": "distribution"})),
    path(INVESTOR, InvestorViewSet.as_view({"get": "retrieve", "put": "update"})),
    path(f"{ORGANIZATION}/close-packages", ClosePackageViewSet.as_view(COLLECTION)),
    path(PACKAGE, ClosePackageViewSet.as_view({"get": "retrieve"})),
    path(f"{PACKAGE}/pdf", ClosePackageViewSet.as_view({"get": "pdf"})),
    path(f"{PACKAGE}/diff", ClosePackageViewSet.as_view({"get": "diff"})),
    path(f"{ORGANIZATION}/saved-reports", SavedReportViewSet.as_view(COLLECTION)),
    path(f"{ORGANIZATION}/saved-reports/<str:report_id>", SavedReportViewSet.as_view(OBJECT)),
    path(f"{ORGANIZATION}/saved-reports/<str:report_id>/run", SavedReportViewSet.as_view({"post": "run"})),
    path(f"{REPORTS}/jobs", SavedReportViewSet.as_view({"post": "run_any"})),
    path(f"{INVESTOR}/holdings", InvestorViewSet.as_view({"post": "holding"})),
]
