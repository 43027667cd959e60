"""Refusals of the ledger, in the order in which they are checked.

A failed transaction stores the upper-case form of a code (``ACCOUNT_NOT_FOUND``).
"""

import json
from decimal import Decimal

from organizations.errors import Conflict, Invalid, NotFound, Refusal, Unprocessable

# --- 400: what was sent cannot be a transaction, whatever the books say -----------------------------------------------


class AccountNotFound(Invalid):
    """An entry names an account that this organization does not have."""

    code = "account_not_found"
    message = "One or more accounts are invalid"


class TransactionDoesNotBalance(Invalid):
    """Debits and credits differ in the base currency (or in the one currency of all entries).

    ``details``: total_debits, total_credits, difference.
    """

    code = "transaction_does_not_balance"
    message = "Transaction debits and credits do not balance"


class JournalFileInvalid(Invalid):
    """A file to import has problems; ``details.problems`` lists every one with its line."""

    code = "journal_file_invalid"
    message = "The file has problems; nothing was imported"


# --- 404, 409, 422: the chart of accounts -----------------------------------------------------------------------------


class TemplateNotFound(NotFound):
    """There is no chart template of this name."""

    code = "chart_template_not_found"
    message = "There is no such chart template"


class AccountCodeMismatch(Unprocessable):
    """The code's first digit belongs to another type, and the organization is strict about it."""

    code = "account_code_mismatch"
    message = "The account code does not fit the account type"


class AccountIdentityFinal(Unprocessable):
    """Code, type and currency of an account cannot be changed after creation."""

    code = "account_immutable"
    message = "Account codes and types cannot be changed after creation"


class AccountParentMismatch(Unprocessable):
    """A child account has its parent's type."""

    code = "account_parent_mismatch"
    message = "An account has the type of its parent"


class AccountCycle(Unprocessable):
    """An account cannot stand below itself."""

    code = "account_cycle"
    message = "An account cannot stand below itself"


class AccountIsSystem(Unprocessable):
    """System accounts cannot be deleted."""

    code = "account_is_system"
    message = "System accounts cannot be deleted"


class AccountInUse(Unprocessable):
    """An account with entries, transactions or child accounts cannot be deleted; archive it."""

    code = "account_in_use"
    message = "The account is in use; archive it instead"


class AccountCodeTaken(Conflict):
    """Account codes are unique within an organization."""

    code = "account_code_taken"
    message = "An account with this code already exists"


# --- 409, 422: a transaction that could be posted, but not now or not like this ---------------------------------------


class ExchangeRateMissing(Unprocessable):
    """An entry in a foreign currency has no rate, and the organization has none for the date."""

    code = "exchange_rate_missing"
    message = "Transaction could not be posted"


class AccountInactive(Unprocessable):
    """An entry stands on a suspended or archived account."""

    code = "account_inactive"
    message = "One or more accounts are invalid"


class TypeRuleBroken(Unprocessable):
    """Income credits a revenue account, expense debits an expense account, transfer stays on the balance sheet.

    Depreciation debits an expense and credits an asset, an opening touches the balance sheet, and a
    closing nothing but revenue, expenses and equity.
    """

    code = "transaction_type_rule"
    message = "Transaction could not be posted"


class BooksClosed(Unprocessable):
    """The date is on or before ``books_closed_through``."""

    code = "books_closed"
    message = "Transaction could not be posted"


class PeriodLocked(Unprocessable):
    """The date lies in a period that is locked for the transaction's area, and no lift lets the actor pass.

    ``details``: area, locked_through.
    """

    code = "period_locked"
    message = "Transaction could not be posted"

    @classmethod
    def of(cls, area: str, locked_through: object, *, path: str = "") -> "PeriodLocked":
        """The refusal of a transaction whose ``area`` is locked through a day."""
        reason = f"{area.capitalize()} is locked through {locked_through}."
        return cls(
            details={"reason": reason, "area": area, "locked_through": locked_through},
            fields={f"{path}transaction_date": reason},
        )

    @classmethod
    def reported(cls, report) -> "PeriodLocked":
        """The refusal, from PostgreSQL's report: the trigger's detail says which area is locked, and how far."""
        return cls.of(**json.loads(report.message_detail))


class BalanceOutOfBounds(Unprocessable):
    """The posting would take an account below its floor or above its ceiling."""

    code = "balance_out_of_bounds"
    message = "Transaction could not be posted"


class BalanceConditionFailed(Unprocessable):
    """An entry's ``balance_condition`` does not hold for the balance that its account would have.

    ``details``: account_id, condition, balance.
    """

    code = "balance_condition_failed"
    message = "Transaction could not be posted"


class TransactionIsPosted(Unprocessable):
    """A posted transaction is never edited or deleted; reverse it."""

    code = "transaction_is_posted"
    message = "A posted transaction cannot be changed, only reversed"


class ReversalLinesFixed(Unprocessable):
    """The entries of a reversal follow from what it reverses."""

    code = "reversal_lines_fixed"
    message = "The entries of a reversal cannot be changed"


class ReversalExceedsRemaining(Unprocessable):
    """A reversal undoes no more of an entry than is left of it; ``details.remaining`` says how much that is."""

    code = "reversal_exceeds_remaining"
    message = "The reversal exceeds what is left to reverse"


class ReversalTooDeep(Unprocessable):
    """A reversal can be reversed, but not the reversal of a reversal: reverse the original again."""

    code = "reversal_too_deep"
    message = "Reverse the original transaction again instead"


class TransactionNotPosted(Unprocessable):
    """Only a posted transaction can be reversed."""

    code = "transaction_not_posted"
    message = "Only a posted transaction can be reversed"


class AdjustmentOfUnposted(Unprocessable):
    """A draft needs no correcting transaction: it can be edited."""

    code = "adjustment_of_unposted"
    message = "Only a posted transaction can be adjusted; edit the draft instead"


class TransactionAlreadyPosted(Conflict):
    """The transaction is posted already."""

    code = "transaction_already_posted"
    message = "The transaction is already posted"


class TransactionAlreadyReversed(Conflict):
    """Nothing is left of the transaction to reverse."""

    code = "transaction_already_reversed"
    message = "The transaction is already reversed"


class ExternalIdTaken(Conflict):
    """``external_id`` is unique within an organization."""

    code = "external_id_taken"
    message = "A transaction with this external_id already exists"


# --- 409, 422: closing ------------------------------------------------------------------------------------------------


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
    """A transaction that closes a fiscal year is reversed by reopening the year."""

    code = "closing_transaction_stands"
    message = "Reopen the fiscal year instead of reversing what closed it"


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


# --- 409, 422: the books of a past moment, and what balances must be --------------------------------------------------


class ReceiptLost(Unprocessable):
    """The receipt is of a moment that this server has not reached: the books were restored to a state before it."""

    code = "receipt_lost"
    message = "The books were restored to a state from before this receipt"


class BalanceAssertionExists(Conflict):
    """An account has at most one assertion for a day."""

    code = "balance_assertion_exists"
    message = "There is an assertion for this account and day already"


class AssertionIdentityFinal(Unprocessable):
    """Account and date of an assertion cannot be changed; withdraw it and make another."""

    code = "balance_assertion_immutable"
    message = "The account and date of an assertion cannot be changed"


class AssertionNotTrue(Unprocessable):
    """A blocking assertion must be true when it begins to block. ``details``: expected, balance."""

    code = "balance_assertion_not_true"
    message = "The balance is not what the assertion says"


class BalanceAssertionBroken(Unprocessable):
    """The posting would break a blocking assertion. ``details``: assertion_id, account_id, date, expected, balance."""

    code = "balance_assertion_broken"
    message = "Transaction could not be posted"

    @classmethod
    def reported(cls, report) -> "BalanceAssertionBroken":
        """The refusal, from PostgreSQL's report: the database names the assertion in its detail."""
        details = json.loads(report.message_detail or "{}", parse_float=Decimal)
        return cls(details=details | {"reason": cls._reason(details)})

    @staticmethod
    def _reason(details: dict) -> str:
        return (
            f"{details.get('assertion_id')} says that the balance on {details.get('date')} is"
            f" {details.get('expected')}; it would be {details.get('balance')}."
        )


# --- What carries or stands for another refusal -----------------------------------------------------------------------


class BatchFailed(Refusal):
    """An atomic batch with a failing item: the refusal of the first one, and ``details.results`` of all."""

    def __init__(self, first: Refusal, *, results: list[dict]):
        super().__init__(first.message, details={**first.details, "results": results})
        self.type, self.status, self.code = first.type, first.status, first.code


class LedgerBroken(Exception):
    """A database rule refused what the verb should have refused first: a fault of ours."""
