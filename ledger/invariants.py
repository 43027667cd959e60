"""Every rule that the database itself enforces, and the API error it becomes.

The verbs refuse first, with the field at fault; the database refuses whatever comes by
another way or slips between a check and the write. Each row here has an attack in
``tests/invariants/``, which tries to break the rule with raw SQL as the application.
A rule that no well-formed request can reach maps to ``LedgerBroken``: a 500 with an alarm.
"""

import json
from collections.abc import Callable
from decimal import Decimal

from ledger import errors
from organizations import ids
from organizations.currencies.iso import decimals_of
from organizations.errors import Conflict, Invalid, OrganizationArchived, RecordsAreFinal, Refusal
from organizations.money import exact
from organizations.wire.database_rules import register_rules


def _condition_failed(report) -> errors.BalanceConditionFailed:
    """What ``ledger_check_conditions`` reports of the condition, with exact amounts."""
    found = json.loads(report.message_detail, parse_float=Decimal, parse_int=Decimal)
    decimals = decimals_of(found["currency"])
    balance = exact(found["balance"], decimals)
    condition = {name: exact(found[name], decimals) for name in ("gte", "lte") if found[name] is not None}
    reason = f"The balance of account {found['code']} would be {balance}."
    return errors.BalanceConditionFailed(
        details={
            "reason": reason,
            "account_id": ids.encode("ACT", int(found["account_id"])),
            "condition": condition,
            "balance": balance,
        },
        fields={f"entries[{found['entry']}].balance_condition": reason},
    )


def _external_id_taken(report) -> errors.ExternalIdTaken:
    return errors.ExternalIdTaken(fields={"external_id": errors.ExternalIdTaken.message})


def _out_of_bounds(report) -> errors.BalanceOutOfBounds:
    """The trigger names the account."""
    account = ids.encode("ACT", int(report.message_detail))
    return errors.BalanceOutOfBounds(details={"reason": f"{report.message_primary}.", "account_id": account})


def _names_no_category(report) -> Refusal:
    return errors.CategoryNotFound(fields={"category_id": errors.CategoryNotFound.message})


def _names_an_archived_category(report) -> Refusal:
    return errors.CategoryArchived(fields={"category_id": errors.CategoryArchived.message})


def _names_no_contact(report) -> Refusal:
    return errors.ContactNotFound(fields={"contact_id": errors.ContactNotFound.message})


def _names_a_merged_contact(report) -> Refusal:
    """The trigger names the contact that stays."""
    survivor = ids.encode("CON", int(report.message_detail))
    reason = f"The contact was merged into {survivor}."
    return errors.ContactMerged(details={"reason": reason, "merged_into_id": survivor}, fields={"contact_id": reason})


def _needs_a_contact(report) -> Refusal:
    return errors.ContactRequired(fields={"contact_id": errors.ContactRequired.message})


RULES: dict[str, type[Exception] | Callable[..., Refusal]] = {
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
    "posting_organization_active": OrganizationArchived,
    "books_open": errors.BooksClosed,
    "transaction_soft_lock": errors.PeriodLocked.reported,
    "account_active": errors.AccountInactive,
    "account_within_bounds": _out_of_bounds,
    "balance_condition_holds": _condition_failed,
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
    "transaction_currency_known": Invalid,
    "transaction_has_entries": Invalid,
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
    "transaction_external_id_once": _external_id_taken,
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
    "account_role_of_type": errors.AccountRoleMismatch,
    "control_account_stays": errors.AccountIsControl,
    "account_type": errors.LedgerBroken,
    "account_status": errors.LedgerBroken,
    "account_bounds": Invalid,
    # closing
    "lock_date_once": Conflict,
    "lock_area_known": errors.LedgerBroken,
    "lock_date_in_range": Invalid,
    "lock_lift_area": errors.LedgerBroken,
    "lock_lift_holder": errors.LedgerBroken,
    "lock_lift_reason": Invalid,
    "lock_lift_ends_once": RecordsAreFinal,
    "lock_lift_of_own_key": errors.LedgerBroken,
    "lift_use_once": errors.LedgerBroken,
    "lift_use_of_own_lift": errors.LedgerBroken,
    "lift_use_of_own_transaction": errors.LedgerBroken,
    "lift_uses_are_final": RecordsAreFinal,
    "year_closed_once": errors.FiscalYearAlreadyClosed,
    "year_closings_in_order": errors.FiscalYearOrder,
    "year_closing_days": errors.LedgerBroken,
    "year_closing_named": errors.LedgerBroken,
    "year_closing_final": RecordsAreFinal,
    "year_reopened_for_a_reason": Invalid,
    "closed_year_stays_closed": errors.FiscalYearStaysClosed,
    "closing_stands": errors.ClosingStands,
    "closing_posting_once": errors.LedgerBroken,
    "closing_posting_of_own_closing": errors.LedgerBroken,
    "closing_posting_of_own_transaction": errors.LedgerBroken,
    "closing_postings_are_final": RecordsAreFinal,
    # what balances must be
    "balance_assertion_holds": errors.BalanceAssertionBroken.reported,
    "balance_assertion_once": errors.BalanceAssertionExists,
    "assertion_true_when_blocking": errors.AssertionNotTrue,
    "assertion_identity_final": errors.AssertionIdentityFinal,
    "assertion_on_own_account": errors.AccountInUse,
    "assertion_decimals": Invalid,
    "assertion_date_in_range": Invalid,
    "assertion_expected_in_range": Invalid,
    # categories
    "transaction_of_own_category": _names_no_category,
    "transaction_category_active": _names_an_archived_category,
    "category_name_once": errors.CategoryNameTaken,
    "category_identity_final": errors.CategoryTypeFinal,
    "category_name": Invalid,
    "category_type": errors.LedgerBroken,
    "category_status": errors.LedgerBroken,
    # contacts
    "transaction_of_own_contact": _names_no_contact,
    "transaction_contact_not_merged": _names_a_merged_contact,
    "control_entry_has_contact": _needs_a_contact,
    "contact_name": Invalid,
    "contact_type": errors.LedgerBroken,
    "contact_country": Invalid,
    "contact_terms": Invalid,
    "contact_currency_known": Invalid,
    "contact_identity_final": errors.LedgerBroken,
    "contact_not_into_itself": errors.ContactMergeRefused,
    "contact_merged_into_head": errors.ContactMergeRefused,
    "contact_merged_is_disabled": errors.ContactMerged,
    "contact_merged_into_own": errors.ContactInUse,
    "contact_on_own_receivable": errors.AccountInUse,
    "contact_on_own_payable": errors.AccountInUse,
    "contact_on_own_revenue": errors.AccountInUse,
    "contact_on_own_expense": errors.AccountInUse,
    # exchange rates
    "exchange_rate_once": errors.ExchangeRateExists,
    "exchange_rate_pair": Invalid,
    "exchange_rate_positive": Invalid,
    "exchange_rate_source": Invalid,
    "exchange_rate_date_in_range": Invalid,
    "exchange_rate_final": RecordsAreFinal,
    # files on transactions
    "attachment_of_own_transaction": errors.TransactionHasAttachments,
    "attachment_once": errors.AttachmentExists,
    "attachment_path_once": errors.LedgerBroken,
    "attachment_facts": errors.LedgerBroken,
    "attachment_final": errors.LedgerBroken,
    "attachment_of_posted_stays": errors.LedgerBroken,
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
    # what a transaction was posted for, and what is open
    "source_kind": errors.LedgerBroken,
    "source_of_own_transaction": errors.LedgerBroken,
    "sources_are_final": errors.LedgerBroken,
    "reversal_through_source": errors.TransactionHasSource,
    "open_item_once": errors.LedgerBroken,
    "open_item_kind": errors.LedgerBroken,
    "open_item_dates": Invalid,
    "open_item_amounts": Invalid,
    "open_item_within_amount": errors.PaymentExceedsOpen,
    "open_item_no_residue": errors.LedgerBroken,
    "open_item_on_control_account": errors.LedgerBroken,
    "open_item_moved_by_movements": errors.LedgerBroken,
    "open_item_of_own_contact": errors.LedgerBroken,
    "open_item_on_own_account": errors.AccountInUse,
    "movement_kind": errors.LedgerBroken,
    "movement_not_empty": errors.LedgerBroken,
    "movement_amounts": Invalid,
    "movement_named": errors.LedgerBroken,
    "movement_not_before_item": errors.LedgerBroken,
    "movement_of_own_item": errors.LedgerBroken,
    "movement_of_own_transaction": errors.LedgerBroken,
    "movement_of_own_settlement": errors.LedgerBroken,
    "movements_are_final": errors.LedgerBroken,
    "movements_tie_to_entries": errors.LedgerBroken,
    "settlement_cancels_out": errors.LedgerBroken,
    "settlement_amounts": errors.LedgerBroken,
    "settlement_undone": errors.LedgerBroken,
    "settlement_of_two_sides": errors.AllocationMismatch,
    "settlement_final": errors.LedgerBroken,
    "settlement_of_own_debit": errors.LedgerBroken,
    "settlement_of_own_credit": errors.LedgerBroken,
    "settlement_of_own_transaction": errors.LedgerBroken,
    "settlement_of_own_undoing": errors.LedgerBroken,
    # documents
    "document_kind": errors.LedgerBroken,
    "document_status": errors.LedgerBroken,
    "document_rounding": errors.LedgerBroken,
    "document_dates": Invalid,
    "document_due_after_date": Invalid,
    "document_amounts": Invalid,
    "document_numbered": errors.LedgerBroken,
    "document_issued_whole": errors.LedgerBroken,
    "document_issued_posted": errors.LedgerBroken,
    "document_credit_of_original": errors.LedgerBroken,
    "document_identity_final": errors.LedgerBroken,
    "document_final": errors.DocumentIsIssued,
    "document_number_once": Conflict,
    "document_name_once": errors.DocumentNumberTaken,
    "document_of_own_contact": errors.LedgerBroken,
    "document_on_own_account": errors.AccountInUse,
    "document_of_own_original": errors.LedgerBroken,
    "document_of_own_transaction": errors.LedgerBroken,
    "credit_within_original": errors.CreditExceedsDocument,
    "document_tax_amounts": Invalid,
    "document_tax_of_own_document": errors.LedgerBroken,
    "document_tax_of_own_tax": errors.LedgerBroken,
    "document_tax_on_own_account": errors.AccountInUse,
    "document_taxes_are_final": errors.LedgerBroken,
    "document_series_counts": errors.LedgerBroken,
    "document_series_rises": errors.LedgerBroken,
    # payments
    "payment_direction": errors.LedgerBroken,
    "payment_status": errors.LedgerBroken,
    "payment_date_in_range": Invalid,
    "payment_amounts": Invalid,
    "payment_refund_of_another": errors.LedgerBroken,
    "payment_final": errors.LedgerBroken,
    "payment_of_own_contact": errors.LedgerBroken,
    "payment_on_own_account": errors.AccountInUse,
    "payment_of_own_refunded": errors.LedgerBroken,
    "payment_of_own_transaction": errors.LedgerBroken,
    "payment_of_own_reversal": errors.LedgerBroken,
    **dict.fromkeys(
        (
            "recurring_type",
            "recurring_status",
            "recurring_frequency",
            "recurring_interval",
            "recurring_business_day",
            "recurring_catch_up",
            "recurring_days",
            "recurring_has_template",
        ),
        Invalid,
    ),
    **dict.fromkeys(
        (
            "recurring_numbers",
            "recurring_next_while_active",
            "recurring_forward",
            "recurring_occurrence_once",
            "execution_status",
            "execution_numbers",
            "execution_due_in_range",
            "execution_tells_why",
            "execution_final",
            "execution_of_own_schedule",
            "execution_of_own_transaction",
        ),
        errors.LedgerBroken,
    ),
    **dict.fromkeys(("connection_provider", "connection_once"), Invalid),
    **dict.fromkeys(
        ("connection_on_own_clearing", "connection_on_own_bank", "connection_on_own_fees", "connection_on_own_sales"),
        errors.AccountInUse,
    ),
    **dict.fromkeys(
        ("inbox_status", "inbox_event_once", "inbox_final", "inbox_of_own_transaction", "inbox_of_own_payment"),
        errors.LedgerBroken,
    ),
    "transfer_amounts": Invalid,
    "transfer_between_two": Invalid,
    "transfer_date_in_range": Invalid,
    "transfer_reversed_whole": errors.LedgerBroken,
    "transfer_final": errors.LedgerBroken,
    "transfer_on_own_source": errors.AccountInUse,
    "transfer_on_own_target": errors.AccountInUse,
    "transfer_of_own_transaction": errors.LedgerBroken,
    "transfer_of_own_reversal": errors.LedgerBroken,
    "revaluations_are_final": errors.LedgerBroken,
    "revaluation_date_in_range": Invalid,
    "overdue_told_once": errors.LedgerBroken,
    "overdue_of_own_document": errors.LedgerBroken,
    "revaluation_amounts": Invalid,
    # taxes and items
    "tax_name": Invalid,
    "tax_rate": Invalid,
    "tax_type": errors.LedgerBroken,
    "tax_treatment": Invalid,
    "tax_dates": Invalid,
    "tax_rate_final": errors.TaxRateFinal,
    "tax_on_own_account": errors.AccountNotFound,
    "tax_on_own_purchase_account": errors.AccountNotFound,
    "item_name": Invalid,
    "item_prices": Invalid,
    "item_currency_known": Invalid,
    "item_code_once": errors.ItemCodeTaken,
    "item_identity_final": errors.LedgerBroken,
    "item_on_own_revenue": errors.AccountNotFound,
    "item_on_own_expense": errors.AccountNotFound,
    "item_tax_once": errors.LedgerBroken,
    "item_tax_of_own_item": errors.LedgerBroken,
    "item_tax_of_own_tax": Invalid,
    # stationery
    "stationery_once": Conflict,
    "stationery_accent": Invalid,
    "stationery_terms": Invalid,
    "stationery_prefixes": Invalid,
    "stationery_logo": errors.LedgerBroken,
    "deletion_days": errors.LedgerBroken,
    "deletion_once": errors.DeletionAsked,
    "deletion_due": errors.DeletionNotDue,
    "deletion_of_childless": errors.OrganizationHasChildren,
    "deletion_stands": errors.DeletionPending,
    "certificates_are_final": RecordsAreFinal,
}


def register() -> None:
    """Tell the wire; called once when the app is ready."""
    told = {name: refusal for name, refusal in RULES.items() if refusal is not errors.LedgerBroken}
    register_rules(told)
