"""Contents page: the back office of this app."""

from reports.budgets.admin import BudgetDesk as BudgetDesk
from reports.consolidation.pages import consolidated_page as consolidated_page
from reports.firm_pages import firm_page as firm_page
from reports.first_page import dashboard as dashboard
from reports.investors.admin import InvestorDesk as InvestorDesk
from reports.ledger_pages import ledger_page as ledger_page
from reports.packages.admin import ClosePackageDesk as ClosePackageDesk
from reports.saved.admin import SavedReportDesk as SavedReportDesk
from reports.statement_pages import REPORTS as REPORTS
from reports.trade_pages import tax_page as tax_page
from reports.trial_balance_page import trial_balance_page as trial_balance_page
