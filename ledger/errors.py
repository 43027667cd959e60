"""Refusals of the ledger, in the order in which they are checked.

A failed transaction stores the upper-case form of a code (``ACCOUNT_NOT_FOUND``).
"""

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
    """Income credits a revenue account, expense debits an expense account, transfer stays on the balance sheet."""

    code = "transaction_type_rule"
    message = "Transaction could not be posted"


class BooksClosed(Unprocessable):
    """The date is on or before ``books_closed_through``."""

    code = "books_closed"
    message = "Transaction could not be posted"


class BalanceOutOfBounds(Unprocessable):
    """The posting would take an account below its floor or above its ceiling."""

    code = "balance_out_of_bounds"
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


# --- 409, 422: proofs -------------------------------------------------------------------------------------------------


class NothingToSeal(Conflict):
    """There is no checkpoint yet and no settled record to seal; transactions that began earlier may be open."""

    code = "nothing_to_seal"
    message = "Nothing is settled that could be sealed; try again in a moment"


class BooksFromElsewhere(Unprocessable):
    """Records carry numbers of database transactions that this cluster has not given: a dump was restored into it.

    ``manage.py seal_ledger --after-restore`` confirms it and begins a new epoch.
    """

    code = "books_from_elsewhere"
    message = "The books were restored from another database cluster; seal them with --after-restore"


class AnchorAddressRefused(Unprocessable):
    """A checkpoint is pushed over HTTPS, to a host of the public internet or one of the allow-list."""

    code = "anchor_address_refused"
    message = "Checkpoints cannot be pushed to this address"


# --- What carries or stands for another refusal -----------------------------------------------------------------------


class BatchFailed(Refusal):
    """An atomic batch with a failing item: the refusal of the first one, and ``details.results`` of all."""

    def __init__(self, first: Refusal, *, results: list[dict]):
        super().__init__(first.message, details={**first.details, "results": results})
        self.type, self.status, self.code = first.type, first.status, first.code


class LedgerBroken(Exception):
    """A database rule refused what the verb should have refused first: a fault of ours."""
