"""What members may be written to about the books, beside what every organization has."""

from organizations.notices.kinds import add


def register() -> None:
    """Tell the notices; called once when the app is ready."""
    add("overdue", "A document is overdue", "invoice.overdue", "bill.overdue", line=_overdue)
    add("failed_occurrence", "A scheduled posting failed", "recurring.failed", "recurring.paused", line=_occurrence)
    add("broken_assertion", "An asserted balance does not hold any more", "balance_assertion.broken", line=_assertion)
    add("broken_books", "An examination found the books broken", "ledger.invariant_broken", line=_books)
    add("unbooked_message", "A payment provider's message could not be booked", "inbox_event.failed",
        line=lambda after: f"{after['provider']} {after['event_type']}: {after['reason']}")  # fmt: skip


def _overdue(after: dict) -> str:
    return (
        f"{after['object'].capitalize()} {after['number']} of {after['contact_name']}: {after['open_amount']} "
        f"{after['currency_id']} were due on {after['due_date']}"
    )


def _occurrence(after: dict) -> str | None:
    if "pause_reason" in after:
        named = after["name"] or after["template"].get("description") or after["id"]
        return f"{named} is paused: {after['pause_reason']}" if after["pause_reason"] else None
    error = after["error"]
    said = [f"{name}: {' '.join(problems)}" for name, problems in error.get("details", {}).get("fields", {}).items()]
    return f"No. {after['number']} of {after['due_date']}: {'. '.join([error['message'], *said])}"


def _assertion(after: dict) -> str:
    return (
        f"{after['account_id']} on {after['date']} was to be {after['expected']} and is {after['balance']} "
        f"since {after['transaction_id']}"
    )


def _books(after: dict) -> str:
    return ", ".join(finding["name"] for finding in after["broken"])
