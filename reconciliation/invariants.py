"""Every rule that the database enforces on this app's tables, and the API error it becomes.

As ``ledger/invariants.py``: each has an attack in ``tests/invariants/``.
"""

from collections.abc import Callable

from ledger.errors import AccountInUse, AccountNotFound, LedgerBroken
from organizations.errors import Conflict, Invalid, RecordsAreFinal, Refusal
from organizations.wire.database_rules import register_rules
from reconciliation import errors

RULES: dict[str, type[Exception] | Callable[..., Refusal]] = {
    # statements
    "statement_file_once": LedgerBroken,
    "statement_of_own_account": AccountInUse,
    "statement_counts": LedgerBroken,
    "statement_balances_in_range": Invalid,
    "statement_final": RecordsAreFinal,
    "statement_line_once": LedgerBroken,
    "line_of_own_statement": LedgerBroken,
    "line_of_own_account": AccountInUse,
    "line_date_in_range": Invalid,
    "line_amount_in_range": Invalid,
    "line_decimals": Invalid,
    "line_occurrence": LedgerBroken,
    "line_fingerprints": LedgerBroken,
    "line_status": LedgerBroken,
    "line_verdict": LedgerBroken,
    "line_status_of_match": LedgerBroken,
    "line_ignored_for_a_reason": Invalid,
    "line_facts_final": RecordsAreFinal,
    "line_in_use_stays": Conflict,
    "remark_verdict": LedgerBroken,
    "remark_amount_in_range": Invalid,
    "remark_of_own_statement": LedgerBroken,
    "remarks_are_final": RecordsAreFinal,
    "saved_mapping_once": Conflict,
    "mapping_of_own_account": AccountInUse,
    # rules
    "bank_rule_of_own_account": AccountInUse,
    "bank_rule_books_to_own_accounts": AccountNotFound,
    "account_in_bank_rule": AccountInUse,
    "bank_rule_name": Invalid,
    "bank_rule_priority": Invalid,
    "bank_rule_match": LedgerBroken,
    "bank_rule_conditions": LedgerBroken,
    "bank_rule_actions": LedgerBroken,
    "bank_rule_identity_final": RecordsAreFinal,
    "learned_token_once": Conflict,
    "learned_on_own_account": AccountInUse,
    "learned_for_own_account": AccountInUse,
    "learned_count": LedgerBroken,
    # matches
    "match_entry_once": errors.EntryMatchedAlready,
    "match_ties": errors.MatchDoesNotTie,
    "match_of_own_account": AccountInUse,
    "match_status": LedgerBroken,
    "match_origin": LedgerBroken,
    "match_pays_documents": LedgerBroken,
    "match_of_own_payment": LedgerBroken,
    "match_fee_in_range": Invalid,
    "match_has_lines": Invalid,
    "match_final": RecordsAreFinal,
    "match_stays": RecordsAreFinal,
    "matched_of_own_match": LedgerBroken,
    "matched_own_entry": LedgerBroken,
    "line_of_own_match": LedgerBroken,
    # sessions
    "reconciliation_one_open": errors.ReconciliationExists,
    "reconciliation_of_own_account": AccountInUse,
    "reconciliation_status": LedgerBroken,
    "reconciliation_opening_from": LedgerBroken,
    "reconciliation_days": Invalid,
    "reconciliation_balances_in_range": Invalid,
    "reconciliation_decimals": Invalid,
    "reconciliation_moments": LedgerBroken,
    "reconciliation_begins_open": LedgerBroken,
    "reconciliation_follows": errors.ReconciliationOrder,
    "reconciliation_opening": errors.OpeningBalanceDiffers,
    "reconciliation_final": RecordsAreFinal,
    "reconciliation_stays": RecordsAreFinal,
    "reconciliation_ties": errors.ReconciliationDoesNotTie,
    "reconciled_entry_once": errors.EntryReconciledAlready,
    "reconciled_of_own_session": LedgerBroken,
    "reconciled_own_entry": LedgerBroken,
    "reconciled_while_open": errors.ReconciliationNotOpen,
    "reconciled_on_own_account": errors.EntryNotOnAccount,
    "reconciled_not_covered": errors.EntryCoveredByOpening,
    "marks_are_final": RecordsAreFinal,
    "adjustment_once": LedgerBroken,
    "adjustment_of_own_session": LedgerBroken,
    "adjustment_of_own_transaction": LedgerBroken,
    "adjustment_while_open": errors.ReconciliationNotOpen,
    "adjustment_on_own_account": LedgerBroken,
    "adjustments_are_final": RecordsAreFinal,
}


def register() -> None:
    """Tell the wire; called once when the app is ready."""
    register_rules({name: refusal for name, refusal in RULES.items() if refusal is not LedgerBroken})
