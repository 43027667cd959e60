"""What a document's state is called, from what happened to it. Pure."""

import datetime
from decimal import Decimal

#: What an issued document of a kind is called while nothing else is to be said of it.
ISSUED = {"invoice": "sent", "bill": "received", "credit_note": "issued", "vendor_credit": "received"}
SHOWN = {
    "invoice": ("draft", "sent", "viewed", "partial", "paid", "overdue", "cancelled"),
    "bill": ("draft", "received", "partial", "paid", "overdue", "cancelled"),
    "credit_note": ("draft", "issued", "partial", "paid", "cancelled"),
    "vendor_credit": ("draft", "received", "partial", "paid", "cancelled"),
}


def shown_status(
    kind: str,
    status: str,
    *,
    total: Decimal,
    open_amount: Decimal,
    due_date: datetime.date | None,
    viewed: bool,
    today: datetime.date,
) -> str:
    """``overdue`` goes before ``partial``: what matters most is that somebody has to act. ``paid``: nothing is open."""
    if status != "issued":
        return status
    if not open_amount:
        return "paid"
    if "overdue" in SHOWN[kind] and due_date is not None and due_date < today:
        return "overdue"
    if abs(open_amount) < total:
        return "partial"
    return "viewed" if viewed and kind == "invoice" else ISSUED[kind]
