"""Contents page: every model of this app, where Django looks for them."""

from reports.budgets.models import Budget as Budget
from reports.budgets.models import BudgetLine as BudgetLine
from reports.investors.models import Holding as Holding
from reports.investors.models import Investor as Investor
from reports.packages.models import ClosePackage as ClosePackage
from reports.saved.models import SavedReport as SavedReport
