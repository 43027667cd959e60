"""Every rule that the database itself enforces, and the API error it becomes.

The verbs refuse first, with the field at fault; the database refuses whatever comes by
another way or slips between a check and the write. Each row here has an attack in
``tests/invariants/``, which tries to break the rule with raw SQL as the application.
A rule that no well-formed request can reach maps to ``LedgerBroken``: a 500 with an alarm.
"""

from ledger import errors
from organizations.errors import Conflict, Invalid, OrganizationParentMismatch, RecordsAreFinal
from organizations.wire.database_rules import register_rules

RULES: dict[str, type[Exception]] = {
    # the journal
    "transaction_balances": errors.TransactionDoesNotBalance,
    "transaction_entry_count": Invalid,
    "posted_is_final": errors.TransactionIsPosted,
    "transaction_identity_final": errors.LedgerBroken,
    "entry_joins_posting": errors.LedgerBroken,
    "entry_line_declared": errors.LedgerBroken,
    "entry_line_once": errors.LedgerBroken,
    "entries_are_final": errors.LedgerBroken,
    "ledger_no_truncate": errors.LedgerBroken,
    "posting_read_committed": errors.LedgerBroken,
    "posting_organization_in_reach": errors.LedgerBroken,
    "books_open": errors.BooksClosed,
    "account_active": errors.AccountInactive,
    "account_within_bounds": errors.BalanceOutOfBounds,
    "entry_decimals": Invalid,
    "entry_base_currency": errors.LedgerBroken,
    "entry_on_own_account": errors.AccountNotFound,
    "entry_of_own_transaction": errors.LedgerBroken,
    "entry_sign": errors.LedgerBroken,
    "entry_type_known": errors.LedgerBroken,
    "entry_not_empty": Invalid,
    "entry_amount_in_range": Invalid,
    "entry_base_amount_in_range": Invalid,
    "entry_rate": Invalid,
    "transaction_amounts": Invalid,
    "transaction_posted_totals": errors.TransactionDoesNotBalance,
    "transaction_totals_of_entries": errors.LedgerBroken,
    "transaction_date_in_range": Invalid,
    "transaction_type": errors.LedgerBroken,
    "transaction_status": errors.LedgerBroken,
    "transaction_lines": errors.LedgerBroken,
    "transaction_reversal": errors.LedgerBroken,
    "reversal_within_original": errors.ReversalExceedsRemaining,
    "reversal_depth": errors.ReversalTooDeep,
    "reversal_scope_true": errors.LedgerBroken,
    "entry_of_own_reversed": errors.LedgerBroken,
    "transaction_of_own_original": errors.LedgerBroken,
    "transaction_on_own_account": errors.AccountInUse,
    "transaction_external_id_once": errors.ExternalIdTaken,
    "reversal_of_posted": errors.TransactionNotPosted,
    "reversal_mirrors_original": errors.ReversalLinesFixed,
    # the chart
    "account_code_once": errors.AccountCodeTaken,
    "account_identity_final": errors.AccountIdentityFinal,
    "account_type_of_parent": errors.AccountParentMismatch,
    "account_parent_in_reach": errors.AccountParentMismatch,
    "account_no_cycle": errors.AccountCycle,
    "account_not_its_own_parent": errors.AccountCycle,
    "account_system_stays": errors.AccountIsSystem,
    "account_type": errors.LedgerBroken,
    "account_status": errors.LedgerBroken,
    "account_bounds": Invalid,
    # proofs
    "checkpoint_follows": errors.LedgerBroken,
    "checkpoint_hash_true": errors.LedgerBroken,
    "checkpoint_once": errors.LedgerBroken,
    "checkpoint_counts": errors.LedgerBroken,
    "checkpoint_hashes": errors.LedgerBroken,
    "checkpoint_epoch": errors.LedgerBroken,
    "checkpoints_are_final": errors.LedgerBroken,
    "anchor_once": Conflict,
    "anchor_push_once": errors.LedgerBroken,
    "anchor_push_target": errors.LedgerBroken,
    "anchor_push_status": errors.LedgerBroken,
    "anchor_push_of_own_checkpoint": errors.LedgerBroken,
    # who
    "organization_parent_in_reach": OrganizationParentMismatch,
    "organization_mode_of_parent": OrganizationParentMismatch,
    "organization_mode": errors.LedgerBroken,
    "organization_status": errors.LedgerBroken,
    "organization_relationship": errors.LedgerBroken,
    "organization_billing": errors.LedgerBroken,
    "organization_fiscal_year": errors.LedgerBroken,
    "organization_ownership": errors.LedgerBroken,
    "membership_once": Conflict,
    "secret_of_own_key": errors.LedgerBroken,
    "events_are_final": RecordsAreFinal,
}


def register() -> None:
    """Tell the wire; called once when the app is ready."""
    register_rules({name: refusal for name, refusal in RULES.items() if refusal is not errors.LedgerBroken})
