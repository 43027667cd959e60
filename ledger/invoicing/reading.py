"""A document as a client wrote it, read by one table of rules: alone, or as an item of a batch. Pure.

Amounts are read where the currency is known, in ``figuring``. Problems are collected by the path of their field.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from ledger.journal.drafts import Problem, Readers, currency, day, metadata, number, optional, public_id, text
from organizations.wire.unknown_fields import MOST, unknown_fields

MOST_LINES = 500
MOST_TAXES = 10
LONGEST = {"description": 2000, "order_number": 100, "number": 60, "notes": 5000, "footer": 2000}


@dataclass(slots=True)
class LineDraft:
    """One line: what, how many, at which price. ``None`` is what the request leaves to the item or the contact."""

    description: str = ""
    quantity: Any = 1
    unit_price: Any = None
    discount_percent: Any = 0
    account_id: int | None = None
    item_id: int | None = None
    tax_ids: list[int] | None = None
    metadata: dict = field(default_factory=dict)


def _taxes(value: Any) -> list[int] | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) > MOST_TAXES:
        raise Problem(f"A list of at most {MOST_TAXES} ids of taxes.")
    found = [public_id("TAX")(each) for each in value]
    if len(set(found)) != len(found):
        raise Problem("Each tax once.")
    return found


#: Field of a line → attribute of ``LineDraft`` and how it is read.
LINE: Readers = {
    "description": ("description", text(LONGEST["description"])),
    "quantity": ("quantity", number),
    "unit_price": ("unit_price", optional(number)),
    "discount_percent": ("discount_percent", number),
    "account_id": ("account_id", optional(public_id("ACT"))),
    "item_id": ("item_id", optional(public_id("ITM"))),
    "tax_ids": ("tax_ids", _taxes),
    "metadata": ("metadata", metadata),
}


#: Prefix of the kind's ids → how its number and its date are called on the wire.
NAMES = {
    "INV": ("invoice_number", "issued_at"),
    "CRN": ("credit_note_number", "issued_at"),
    "BIL": ("bill_number", "billed_at"),
    "VCR": ("vendor_credit_number", "billed_at"),
}


def header(prefix: str) -> Readers:
    """Field of a document → attribute, by its kind: sales say ``issued_at`` and ``invoice_number``."""
    number_field, date_field = NAMES[prefix]
    return {
        "contact_id": ("contact_id", public_id("CON")),
        "currency_id": ("currency", optional(currency)),
        "currency_rate": ("rate", optional(number)),
        number_field: ("number", optional(text(LONGEST["number"]))),
        "order_number": ("order_number", text(LONGEST["order_number"])),
        date_field: ("date", optional(day)),
        "due_at": ("due_date", optional(day)),
        "notes": ("notes", optional(text(LONGEST["notes"]))),
        "footer": ("footer", optional(text(LONGEST["footer"]))),
        "metadata": ("metadata", metadata),
    }


READERS = {prefix: header(prefix) for prefix in NAMES}
#: What is shown and not set. A change may be the whole object as it was shown.
SHOWN = frozenset(
    (
        *("object", "id", "organization_id", "status", "subtotal", "tax_amount", "total", "base_total", "amount_paid"),
        *("amount_credited", "amount_due", "is_overdue", "taxes", "payments", "credits", "settlements", "pdf_url"),
        *("transaction_id", "original_id", "reason", "account_id", "tax_rounding", "sent_at", "viewed_at"),
        *("version", "warnings", "created_at", "updated_at"),
    )
)
SHOWN_OF_LINE = frozenset({"amount", "tax_amount", "total", "taxes", "line_no"})
BESIDE = frozenset({"issue", "client_ref"})


def read_document(
    prefix: str, body: Any, *, partial: bool = False
) -> tuple[dict[str, Any], dict[str, str], list[dict]]:
    """The fields of a document found in ``body``, the problems by path, and warnings of what nobody reads."""
    if not isinstance(body, dict):
        return {}, {"": "An object."}, []
    readers = READERS[prefix]
    problems: dict[str, str] = {}
    found: dict[str, Any] = {}
    for name, (attribute, reader) in readers.items():
        if name in body:
            _read(found, attribute, reader, body[name], name, problems)
    if not partial and "contact_id" not in body:
        problems["contact_id"] = "This field is required."
    if "items" in body or not partial:
        found["lines"] = read_lines(body.get("items", []), problems)
    return found, problems, unread(body, frozenset(readers) | {"items"} | BESIDE, partial=partial)


def read_lines(value: Any, problems: dict[str, str]) -> list[LineDraft]:
    """The lines of a document; a draft may have none yet."""
    if not isinstance(value, list) or len(value) > MOST_LINES:
        problems["items"] = f"A list of at most {MOST_LINES} lines."
        return []
    lines = []
    for place, each in enumerate(value):
        path = f"items[{place}]"
        if not isinstance(each, dict):
            problems[path] = "An object with description, quantity and unit_price."
            continue
        fields: dict[str, Any] = {}
        for name, (attribute, reader) in LINE.items():
            if name in each:
                _read(fields, attribute, reader, each[name], f"{path}.{name}", problems)
        lines.append(LineDraft(**fields))
    return lines


def _read(target: dict, attribute: str, reader, value: Any, path: str, problems: dict[str, str]) -> None:
    try:
        target[attribute] = reader(value)
    except Problem as problem:
        problems[path] = str(problem)


def unread(body: dict, known: Collection[str], *, partial: bool = False) -> list[dict]:
    """Warnings of the fields of a body, and of its lines, that nobody reads."""
    shown = SHOWN if partial else frozenset()
    found = [] if body.keys() <= set(known) else unknown_fields(body, known, shown=shown)
    items = body.get("items")
    for place, each in enumerate(items if isinstance(items, list) else ()):
        if isinstance(each, dict) and not each.keys() <= LINE.keys() and len(found) < MOST:
            found += unknown_fields(
                each, LINE, shown=SHOWN_OF_LINE if partial else frozenset(), path=f"items[{place}]."
            )
    return found[:MOST]
