"""Refusals of this app, in the order in which they are checked."""

from organizations.errors import Conflict, Invalid, NotFound, PayloadTooLarge, Unprocessable


class AccountNotReconcilable(Unprocessable):
    """Only an asset or a liability can have a bank behind it."""

    code = "account_not_reconcilable"
    message = "Statements belong to asset and liability accounts"


class StatementTooLarge(PayloadTooLarge):
    """The file is larger than an upload may be."""

    code = "statement_too_large"
    message = "The statement file is too large"


class StatementUnreadable(Invalid):
    """The file cannot be used as it is. ``details.reason`` is the reader's code; the message says what to do.

    Where it has movements and none can be read: also errors, and problems (the first 20).
    """

    code = "statement_unreadable"
    message = "The statement file cannot be read"


class StatementOfAnotherAccount(Unprocessable):
    """The file is of another account than the files before, or of several.

    ``details.accounts`` names those in the file; ``account_number`` in the upload chooses one.
    """

    code = "statement_of_another_account"
    message = "The file is of another account than the statements before; name it in account_number if it is meant"


class StatementCurrencyDiffers(Unprocessable):
    """The statement is in another currency than the account. ``details``: currency, account_currency.

    Where each movement names its own currency, and all another: account_currency, errors, problems (the first 20).
    """

    code = "statement_currency_differs"
    message = "The statement is in another currency than the account"


class StatementUndone(Conflict):
    """The import was undone before."""

    code = "statement_undone"
    message = "This import was undone already"


class LineNotOpen(Conflict):
    """The line is matched, booked or ignored already. ``details.status`` says which."""

    code = "statement_line_not_open"
    message = "The statement line is settled already"


class LineNotSettled(Conflict):
    """There is nothing to undo: the line is neither matched nor booked nor ignored."""

    code = "statement_line_not_settled"
    message = "The statement line is not settled"


class LinesOfOneAccount(Invalid):
    """Lines and entries of a match are of one account."""

    code = "match_of_one_account"
    message = "The lines and entries of a match are of one account"


class EntryMatchedAlready(Conflict):
    """An entry can be in one match only. ``details.entry_ids`` names those that are taken."""

    code = "entry_matched_already"
    message = "An entry is matched already"


class MatchDoesNotTie(Unprocessable):
    """The lines' amounts are not the entries'. ``details``: lines, entries, difference."""

    code = "match_does_not_tie"
    message = "The lines and entries of a match do not add up to the same"


class PartsDoNotAddUp(Unprocessable):
    """The splits of a line are not the line. ``details``: line, parts."""

    code = "splits_do_not_add_up"
    message = "The splits do not add up to the line"


class NoOtherSide(Unprocessable):
    """A transfer's other side is an account of these books, with a line of the opposite amount, if one is named."""

    code = "transfer_sides_differ"
    message = "The two sides of the transfer do not belong together"


class MatchNotSuggested(Conflict):
    """Only a suggestion can be accepted or rejected."""

    code = "match_not_suggested"
    message = "The match is not a suggestion"


class MatchUndone(Conflict):
    """The match was undone before."""

    code = "match_undone"
    message = "The match was undone already"


class BankRuleLimit(Unprocessable):
    """An organization has as many bank rules as it can have. ``details.limit`` says how many."""

    code = "bank_rule_limit"
    message = "There are as many bank rules as there can be"


# --- Reconciliation sessions ------------------------------------------------------------------------------------------


class ReconciliationExists(Conflict):
    """One session at a time for each account. ``details.reconciliation_id`` is the one that is open."""

    code = "reconciliation_exists"
    message = "A reconciliation of this account is in progress"


class ReconciliationOrder(Unprocessable):
    """A session begins after the last completed one. ``details``: reconciliation_id, end_date."""

    code = "reconciliation_order"
    message = "The account is reconciled through a later day"


class OpeningBalanceDiffers(Unprocessable):
    """A session opens with the closing balance of the one before. ``details``: expected, opening_balance."""

    code = "reconciliation_opening_differs"
    message = "The opening balance is the closing balance of the reconciliation before"


class ReconciliationFixed(Unprocessable):
    """Account, first day and opening balance of a session are fixed; cancel it and start another."""

    code = "reconciliation_immutable"
    message = "Account, start and opening balance of a reconciliation cannot be changed"


class ReconciliationNotOpen(Conflict):
    """The session is completed or cancelled. ``details.status`` says which."""

    code = "reconciliation_not_open"
    message = "The reconciliation is not in progress"


class ReconciliationNotCompleted(Conflict):
    """Only a completed session can be reopened. ``details.status`` is what it is."""

    code = "reconciliation_not_completed"
    message = "The reconciliation is not completed"


class LaterReconciliations(Conflict):
    """Later sessions build on this one. ``details.later`` names what ``cascade`` would cancel, latest first."""

    code = "reconciliation_not_latest"
    message = "Later reconciliations of the account build on this one"


class EntryNotOnAccount(Unprocessable):
    """An entry or transaction does not touch the session's account. ``details``: entry_ids, transaction_ids."""

    code = "entry_not_on_account"
    message = "Only entries on the account can be reconciled"


class EntryCoveredByOpening(Unprocessable):
    """The opening balance, taken from the books, has the entry in it already. ``details.entry_ids``."""

    code = "entry_covered_by_opening"
    message = "The opening balance covers entries before the first day"


class EntryReconciledAlready(Conflict):
    """An entry is reconciled once. ``details``: entry_ids, and reconciliation_ids of where they are marked."""

    code = "entry_reconciled_already"
    message = "An entry is reconciled already"


class ReconciliationDoesNotTie(Unprocessable):
    """Only at difference zero. ``details``: opening_balance, reconciled_amount, closing_balance, difference."""

    code = "reconciliation_difference"
    message = "The reconciliation has a difference"


class ReconciliationCancelled(NotFound):
    """A session that was given up has no marks: there is no report on it."""

    code = "reconciliation_cancelled"
    message = "The reconciliation was cancelled"
