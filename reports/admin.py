"""Contents page: the back office of this app."""

from reports.first_page import dashboard as dashboard
