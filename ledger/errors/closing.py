"""Refusals of closing the books and of opening balances."""

from organizations.errors import Conflict, Unprocessable


class FiscalYearAlreadyClosed(Conflict):
    """The fiscal year is closed already."""

    code = "fiscal_year_already_closed"
    message = "The fiscal year is already closed"


class FiscalYearNotClosed(Conflict):
    """Only a closed fiscal year can be reopened."""

    code = "fiscal_year_not_closed"
    message = "The fiscal year is not closed"


class FiscalYearOrder(Unprocessable):
    """Fiscal years are closed from the earliest on, and reopened from the latest back."""

    code = "fiscal_year_order"
    message = "A later fiscal year is closed"


class RetainedEarningsUnfit(Unprocessable):
    """Retained earnings is an active equity account in base currency; it is named, or one account has the role."""

    code = "retained_earnings_account"
    message = "The year cannot be closed into this account"


class FiscalYearNotReady(Unprocessable):
    """Items of the checklist stand in the way of closing; ``details.checklist`` lists them."""

    code = "fiscal_year_not_ready"
    message = "The fiscal year cannot be closed yet"


class FiscalYearStaysClosed(Unprocessable):
    """``books_closed_through`` does not move back into a closed fiscal year; reopen the year instead."""

    code = "fiscal_year_stays_closed"
    message = "Reopen the closed fiscal year instead"


class ClosingStands(Unprocessable):
    """A transaction that closes a fiscal year is reversed by reopening the year, and what reopened it by nothing."""

    code = "closing_transaction_stands"
    message = "What closed or reopened a fiscal year is not reversed; reopen or close the year instead"


class OpeningBalancesDiffer(Unprocessable):
    """Opening balances do not balance, and no account for the difference is named.

    ``details``: total_debits, total_credits, difference.
    """

    code = "opening_balances_differ"
    message = "Opening balances do not balance"


class TrialBalanceDiffers(Unprocessable):
    """After the opening balances some accounts differ from the trial balance; ``details.accounts`` lists them."""

    code = "trial_balance_differs"
    message = "The books differ from the trial balance; nothing was recorded"
