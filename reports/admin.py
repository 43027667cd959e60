"""Contents page: the back office of this app."""

from reports.first_page import dashboard as dashboard
from reports.trial_balance_page import trial_balance_page as trial_balance_page
