"""A document as the API shows it, with what was paid, credited and is still due."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from ledger.invoicing.models import PREFIXES, Document
from ledger.invoicing.reading import NAMES
from ledger.invoicing.states import shown_status
from ledger.openitems.models import OpenItem
from ledger.settlements.models import Settlement
from organizations import clock, ids
from organizations.currencies.iso import decimals_of
from organizations.money import add_up, exact, plain_rate
from organizations.tenants.answers import public
from organizations.tenants.models import Organization

ZERO = Decimal(0)
PATHS = {"INV": "invoices", "CRN": "credit-notes", "BIL": "bills", "VCR": "vendor-credits"}


@dataclass(slots=True)
class Standing:
    """What is open of a document, and the settlements that took the rest."""

    open_amount: Decimal = ZERO
    settlements: list[dict] = field(default_factory=list)
    paid: Decimal = ZERO
    credited: Decimal = ZERO


def document_answers(documents: Sequence[Document], organization: Organization) -> list[dict]:
    """Documents with where they stand, in two queries for a whole page."""
    found = standings(organization, [document.pk for document in documents if document.status == "issued"])
    today = clock.today(organization.time_zone)
    return [document_answer(document, found.get(document.pk), today) for document in documents]


def fresh_answers(documents: Sequence[Document], organization: Organization) -> list[dict]:
    """Documents of which nothing was settled yet, without a query."""
    today = clock.today(organization.time_zone)
    return [
        document_answer(document, Standing(document.total) if document.status == "issued" else None, today)
        for document in documents
    ]


def standings(organization: Organization, numbers: Sequence[int]) -> dict[int, Standing]:
    """Where issued documents stand, by their key."""
    items = {item.pk: item for item in OpenItem.objects.of(organization).filter(object_id__in=numbers)}
    found = {item.object_id: Standing(abs(item.open_amount)) for item in items.values()}
    if not items:
        return found
    rows = Settlement.objects.of(organization).filter(undone_on=None)
    rows = rows.filter(debit_item__in=items) | rows.filter(credit_item__in=items)
    for row in rows.select_related("debit_item", "credit_item").order_by("pk"):
        for mine, other, amount, taken in (
            (row.debit_item, row.credit_item, row.debit_amount, row.credit_amount),
            (row.credit_item, row.debit_item, row.credit_amount, row.debit_amount),
        ):
            if mine.pk in items:
                _note(found[mine.object_id], row, mine, other, amount, taken)
    return found


def _note(
    standing: Standing, row: Settlement, mine: OpenItem, other: OpenItem, amount: Decimal, taken: Decimal
) -> None:
    decimals = decimals_of(mine.currency_id)
    prefix = "PAY" if other.kind == "payment" else PREFIXES[other.kind]
    standing.settlements.append(
        {
            "object": "settlement",
            "id": ids.encode("STL", row.pk),
            "kind": other.kind,
            "counterpart_id": ids.encode(prefix, other.object_id),
            "amount": exact(amount, decimals),
            "counterpart_amount": exact(taken, decimals_of(other.currency_id)),
            "date": row.date,
            "realised": row.realised,
        }
    )
    if other.kind == "payment":
        standing.paid = add_up([standing.paid, amount])
    else:
        standing.credited = add_up([standing.credited, amount])


def document_answer(document: Document, standing: Standing | None, today: datetime.date) -> dict:
    """The document. ``standing`` is None while it is not issued, and once it was cancelled."""
    prefix = PREFIXES[document.kind]
    number_field, date_field = NAMES[prefix]
    decimals = decimals_of(document.currency_id)
    base_decimals = decimals_of(document.organization.base_currency_id)
    due = standing.open_amount if standing else (document.total if document.status == "draft" else ZERO)
    org = ids.encode("ORG", document.organization_id)
    settlements = [
        one | {"realised": exact(one["realised"], base_decimals)} for one in (standing.settlements if standing else ())
    ]
    status = shown_status(
        document.kind,
        document.status,
        total=document.total,
        open_amount=due,
        due_date=document.due_date,
        viewed=document.viewed_at is not None,
        today=today,
    )
    return {
        "object": document.kind,
        "id": document.public_id,
        "organization_id": org,
        number_field: document.number or None,
        "order_number": document.order_number,
        "status": status,
        "contact_id": ids.encode("CON", document.contact_id),
        "currency_id": f"CUR_{document.currency_id}",
        "currency_rate": None if document.currency_rate is None else plain_rate(document.currency_rate),
        date_field: document.date,
        "due_at": document.due_date,
        "items": [_line(line, place, decimals) for place, line in enumerate(document.lines)],
        "tax_rounding": document.tax_rounding.strip(),
        "taxes": _taxes(document.lines, decimals),
        "subtotal": exact(document.subtotal, decimals),
        "tax_amount": exact(document.tax_amount, decimals),
        "total": exact(document.total, decimals),
        "base_total": None if document.base_total is None else exact(document.base_total, base_decimals),
        "amount_paid": exact(standing.paid if standing else ZERO, decimals),
        "amount_credited": exact(standing.credited if standing else ZERO, decimals),
        "amount_due": exact(due, decimals),
        "is_overdue": status == "overdue",
        "payments": [_payment(one) for one in settlements if one["kind"] == "payment"],
        "credits": [one for one in settlements if one["kind"] != "payment"],
        "notes": document.notes,
        "footer": document.footer,
        "reason": document.reason,
        "original_id": _original(document),
        "account_id": public("ACT", document.account_id),
        "transaction_id": public("TXN", document.transaction_id),
        "sent_at": document.sent_at,
        "viewed_at": document.viewed_at,
        "pdf_url": f"/organizations/{org}/{PATHS[prefix]}/{document.public_id}/pdf",
        "warnings": [],
        "version": document.version,
        "metadata": document.metadata,
        "created_at": document.created_at,
        "updated_at": document.updated_at,
    }


def _original(document: Document) -> str | None:
    if document.original_id is None:
        return None
    return ids.encode("INV" if document.kind == "credit_note" else "BIL", document.original_id)


def _payment(one: dict) -> dict:
    return {
        "object": "allocation",
        "payment_id": one["counterpart_id"],
        "settlement_id": one["id"],
        "amount": one["amount"],
        "date": one["date"],
        "realised": one["realised"],
    }


def _line(line: dict, place: int, decimals: int) -> dict:
    net, tax = exact(Decimal(line["amount"]), decimals), exact(Decimal(line["tax_amount"]), decimals)
    return line | {
        "line_no": place + 1,
        "quantity": Decimal(line["quantity"]),
        "unit_price": Decimal(line["unit_price"]),
        "discount_percent": Decimal(line["discount_percent"]),
        "amount": net,
        "tax_amount": tax,
        "total": add_up([net, tax]),
        "taxes": [
            one | {"base": exact(Decimal(one["base"]), decimals), "amount": exact(Decimal(one["amount"]), decimals)}
            for one in line["taxes"]
        ],
    }


def _taxes(lines: Sequence[dict], decimals: int) -> list[dict]:
    """The tax table: each tax once, in order of appearance."""
    found: dict[str, list[Decimal]] = {}
    for line in lines:
        for one in line["taxes"]:
            sums = found.setdefault(one["tax_id"], [ZERO, ZERO])
            sums[0], sums[1] = add_up([sums[0], Decimal(one["base"])]), add_up([sums[1], Decimal(one["amount"])])
    return [
        {"tax_id": number, "base": exact(base, decimals), "amount": exact(amount, decimals)}
        for number, (base, amount) in found.items()
    ]
