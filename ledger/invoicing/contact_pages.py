"""What the page of a contact shows of its documents and payments, and the buttons for new ones."""

from django.urls import reverse

from ledger.contacts.families import family
from ledger.contacts.models import Contact
from ledger.invoicing.models import PREFIXES, Document
from ledger.openitems.links import link_to_id
from ledger.openitems.models import OpenItem
from organizations import ids
from organizations.backoffice import showing
from organizations.backoffice.pages import Button, Table
from organizations.currencies.iso import decimals_of
from organizations.money import add_up, exact

#: So many of what is open, and so many of the latest.
MOST_OPEN, LATEST = 100, 20
WORDS = {"credit_note": "credit note", "vendor_credit": "vendor credit"}


def tables_of(request, contact: Contact) -> list[Table]:
    """What is open of a contact and whom it was merged with, and the latest that happened; three queries."""
    office = request.office
    items = OpenItem.objects.of(office.organization).filter(contact_id__in=family(office.organization, contact.pk))
    still_open = list(items.exclude(open_amount=0).order_by("due_date", "pk")[:MOST_OPEN])
    latest = list(items.order_by("-date", "-pk")[:LATEST])
    numbers = _numbers(office.organization, [*still_open, *latest])
    return [_open(still_open, numbers, office.today), _latest(latest, numbers)]


def buttons_of(request, contact: Contact) -> list[Button]:
    """New documents and payments for a contact, as far as the user may make them."""
    if contact.merged_into_id is not None or not contact.enabled:
        return []
    buys = contact.contact_type not in ("vendor", "employee")
    wanted = [("invoices", "invoice", "New invoice", "request_quote")] if buys else []
    if contact.contact_type != "customer":
        wanted.append(("bills", "bill", "New bill", "receipt"))
    wanted.append(("payments", "payment", "New payment", "payments"))
    return [
        Button(title, f"{reverse(f'admin:ledger_{name}_add')}?contact={contact.pk}", icon=icon)
        for resource, name, title, icon in wanted
        if request.office.may("write", resource)
    ]


def _numbers(organization, items: list[OpenItem]) -> dict[int, str]:
    wanted = {item.object_id for item in items if item.kind != "payment"}
    return dict(Document.objects.of(organization).filter(pk__in=wanted).values_list("pk", "number"))


def _what(item: OpenItem, numbers: dict[int, str]):
    word = WORDS.get(item.kind, item.kind)
    prefix = "PAY" if item.kind == "payment" else PREFIXES[item.kind]
    return link_to_id(ids.encode(prefix, item.object_id), f"{word} {numbers.get(item.object_id, '')}".strip())


def _open(items: list[OpenItem], numbers: dict[int, str], today) -> Table:
    rows = []
    for item in items:
        days = (today - item.due_date).days
        late = days > 0 and item.kind in ("invoice", "bill")
        rows.append(
            [
                _what(item, numbers),
                f"{item.date}",
                f"{item.due_date}",
                f"{days:,}" if late else "",
                showing.figure(item.amount, item.currency_id),
                showing.figure(item.open_amount, item.currency_id),
                item.currency_id,
            ]
        )
    for currency in sorted({item.currency_id for item in items}):
        total = add_up(item.open_amount for item in items if item.currency_id == currency)
        figure = showing.figure(exact(total, decimals_of(currency)), currency)
        rows.append(["Together", "", "", "", "", figure, currency])
    headers = ["What", "Date", "Due", "Days late", "Amount", "Open", ""]
    title = "Open items: what is owed to us, less what we owe"
    return Table(title, headers, rows, right=frozenset({3, 4, 5}), empty="Nothing is open.")


def _latest(items: list[OpenItem], numbers: dict[int, str]) -> Table:
    rows = [
        [
            f"{item.date}",
            _what(item, numbers),
            showing.figure(item.amount, item.currency_id),
            showing.figure(item.open_amount, item.currency_id, blank_zero=True),
            item.currency_id,
        ]
        for item in items
    ]
    headers = ["Date", "What", "Amount", "Open", ""]
    return Table("Latest documents and payments", headers, rows, right=frozenset({2, 3}))
