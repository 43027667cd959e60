"""Every rule that the database enforces on this app's tables, and the API error it becomes.

As ``ledger/invariants.py``: each has an attack in ``tests/invariants/``.
"""

from organizations.drafts.errors import ApproverIsAuthor
from organizations.errors import (
    Conflict,
    Invalid,
    LedgerBroken,
    OrganizationParentMismatch,
    RecordsAreFinal,
)
from organizations.keys.errors import ScopedKeyOnlyReads
from organizations.wire.database_rules import register_rules

RULES: dict[str, type[Exception]] = {
    "organization_parent_in_reach": OrganizationParentMismatch,
    "organization_mode_of_parent": OrganizationParentMismatch,
    "organization_mode": LedgerBroken,
    "organization_status": LedgerBroken,
    "organization_relationship": LedgerBroken,
    "organization_billing": LedgerBroken,
    "organization_fiscal_year": LedgerBroken,
    "organization_ownership": LedgerBroken,
    "organization_ownership_by_date": Invalid,
    "organization_tax_rounding": LedgerBroken,
    "organization_cors_origins": Invalid,
    "organization_rate_age": LedgerBroken,
    "usage_counts": LedgerBroken,
    "usage_operation": LedgerBroken,
    "credits_once": Conflict,
    "credits_kind": LedgerBroken,
    "credits_sign": LedgerBroken,
    "credits_are_final": RecordsAreFinal,
    "pool_recharge": Invalid,
    **dict.fromkeys(("purchase_counts", "purchase_status", "purchase_final", "one_recharge_at_a_time"), LedgerBroken),
    "membership_once": Conflict,
    "invitation_once": Conflict,
    "invitation_role": LedgerBroken,
    "invitation_email": LedgerBroken,
    "invitation_round": LedgerBroken,
    "invitation_end": LedgerBroken,
    "invitation_final": RecordsAreFinal,
    "notices_once": Conflict,
    "notices_delivery": Invalid,
    "notices_kinds": Invalid,
    "notices_of_own_member": LedgerBroken,
    "key_scope_shape": LedgerBroken,
    "key_scope_reads_only": ScopedKeyOnlyReads,
    "secret_of_own_key": LedgerBroken,
    "job_status": LedgerBroken,
    "job_ended": LedgerBroken,
    "job_final": RecordsAreFinal,
    "job_cancelled_once": LedgerBroken,
    "cancellation_of_own_job": LedgerBroken,
    "job_part_kept": RecordsAreFinal,
    "part_of_own_job": LedgerBroken,
    "job_part_once": LedgerBroken,
    **dict.fromkeys(("webhook_status", "webhook_events", "webhook_address", "webhook_secret"), Invalid),
    **dict.fromkeys(
        ("delivery_status", "delivery_counts", "delivery_once", "delivery_of_own_webhook", "delivery_final"),
        LedgerBroken,
    ),
    "draft_status": LedgerBroken,
    "draft_author": LedgerBroken,
    "draft_decision": LedgerBroken,
    "draft_final": RecordsAreFinal,
    "draft_four_eyes": ApproverIsAuthor,
    "letter_status": LedgerBroken,
    "letter_counts": LedgerBroken,
    "letter_addresses": Invalid,
    "letter_headers": Invalid,
    "letter_attachment_of_own_letter": LedgerBroken,
    "letter_attachment_once": LedgerBroken,
    "letter_attachment_size": Invalid,
    "letter_attachment_number": LedgerBroken,
    "events_are_final": RecordsAreFinal,
}


def register() -> None:
    """Tell the wire; called once when the app is ready."""
    register_rules({name: refusal for name, refusal in RULES.items() if refusal is not LedgerBroken})
