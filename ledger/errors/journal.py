"""Refusals of transactions, in the order in which they are checked."""

import json

from organizations.errors import Conflict, Invalid, Refusal, Unprocessable

# --- 400: what was sent cannot be a transaction, whatever the books say -----------------------------------------------


class AccountNotFound(Invalid):
    """An entry names an account that this organization does not have."""

    code = "account_not_found"
    message = "One or more accounts are invalid"


class CategoryNotFound(Invalid):
    """A transaction names a category that this organization does not have."""

    code = "category_not_found"
    message = "There is no such category"


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


# --- 409, 422: a transaction that could be posted, but not now or not like this ---------------------------------------


class ExchangeRateMissing(Unprocessable):
    """An entry in a foreign currency has no rate, and the organization has none for the date."""

    code = "exchange_rate_missing"
    message = "Transaction could not be posted"


class NothingInBase(Unprocessable):
    """What is left in a weak currency is less than half a unit of base currency, so nothing stands against it.

    ``details.reason`` says how much it is. A payment can say with ``account_amount`` what moved in base currency, or
    move on an account in that currency; a credit can name one in ``account_id``.
    """

    code = "nothing_in_base_currency"
    message = "The amount is nothing in base currency"


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


class ReversalBeforeOriginal(Unprocessable):
    """Nothing is undone on a day before it was done."""

    code = "reversal_before_original"
    message = "A reversal cannot be dated before the transaction that it reverses"

    @classmethod
    def of(cls, original_date: object, *, field: str) -> "ReversalBeforeOriginal":
        """The refusal of a date, sent as ``field``."""
        reason = f"The original transaction is of {original_date}."
        return cls(details={"reason": reason, "original_date": original_date}, fields={field: reason})


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


# --- What carries or stands for another refusal -----------------------------------------------------------------------


class BatchFailed(Refusal):
    """An atomic batch with a failing item: the refusal of the first one, and ``details.results`` of all."""

    def __init__(self, first: Refusal, *, results: list[dict]):
        super().__init__(first.message, details={**first.details, "results": results})
        self.type, self.status, self.code = first.type, first.status, first.code
