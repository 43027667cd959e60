"""What is overdue, in the back office: invoices to be called in, bills to be paid, the longest first."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Func, Sum
from django.http import HttpResponse
from django.urls import reverse

from ledger.contacts.models import Contact
from ledger.invoicing.models import PREFIXES, Document
from ledger.openitems.links import link_to_id
from ledger.openitems.models import OpenItem
from organizations import ids
from organizations.backoffice import showing
from organizations.backoffice.menus import OwnPage, Place
from organizations.backoffice.pages import Button, Page, Table, show
from organizations.backoffice.records import organization_of
from organizations.backoffice.site import site

NAME = "overdue"
KINDS = {"invoice": "Invoices", "bill": "Bills"}
#: How a list may be sorted, by the word in the address.
ORDERS = {
    "due": ("due_date", "pk"),
    "contact": ("contact__name", "due_date", "pk"),
    "open": ("-size", "due_date", "pk"),
}
PER_PAGE = 100


def overdue_page(request) -> HttpResponse:
    """The list; ``kind``, ``sort`` and ``page`` come with the address."""
    organization = organization_of(request)
    kind = request.GET.get("kind") if request.GET.get("kind") in KINDS else "invoice"
    sort = request.GET.get("sort") if request.GET.get("sort") in ORDERS else "due"
    text = request.GET.get("page", "1")
    number = int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 6 else 1
    late = OpenItem.objects.of(organization).filter(kind=kind, due_date__lt=request.office.today)
    late = late.exclude(open_amount=0)
    start = (max(number, 1) - 1) * PER_PAGE
    rows = late.annotate(size=Func(F("open_base"), function="abs")).select_related("contact")
    found = list(rows.order_by(*ORDERS[sort])[start : start + PER_PAGE + 1])
    sums = late.order_by().values("currency_id").annotate(total=Sum("open_amount")).order_by("currency_id")
    page = Page(
        title=f"Overdue {KINDS[kind].lower()}",
        facts=[("Together", _money(abs(row["total"]), row["currency_id"])) for row in sums],
        tables=[_table(request, kind, found[:PER_PAGE], sort)],
        buttons=[
            Button(title, _address(kind=each), variant="primary" if each == kind else "")
            for each, title in KINDS.items()
        ],
    )
    if start:
        page.buttons.append(Button("Previous", _address(kind=kind, sort=sort, page=number - 1), icon="arrow_back"))
    if len(found) > PER_PAGE:
        page.buttons.append(Button("Next", _address(kind=kind, sort=sort, page=number + 1), icon="arrow_forward"))
    return show(site, request, page)


def _address(**asked: Any) -> str:
    return f"{reverse(f'admin:{NAME}')}?{urlencode(asked)}"


def _money(amount, currency: str) -> str:
    return f"{showing.money(amount, currency)} {currency}"


def _table(request, kind: str, items: list[OpenItem], sort: str) -> Table:
    today, may_pay = request.office.today, request.office.may("write", "payments")
    documents = Document.objects.of(organization_of(request)).in_bulk([item.object_id for item in items])
    rows = []
    for item in items:
        document = documents[item.object_id]
        pay = f"{reverse('admin:ledger_payment_add')}?document={document.pk}"
        rows.append(
            [
                showing.link_to(Contact, item.contact_id, item.contact.name),
                link_to_id(ids.encode(PREFIXES[kind], document.pk), document.number),
                f"{item.due_date}",
                f"{(today - item.due_date).days:,}",
                f"{document.sent_at:%Y-%m-%d}" if document.sent_at else "",
                _money(document.total, item.currency_id),
                _money(abs(item.open_amount), item.currency_id),
                showing.link(pay, "Pay") if may_pay else "",
            ]
        )
    heads = {"Contact": "contact", "Days late": "due", "Open": "open"}
    headers = ["Contact", "Document", "Due", "Days late", "Sent", "Total", "Open", ""]
    for place, name in enumerate(headers):
        if name in heads:
            mark = " ↓" if heads[name] == sort else ""
            headers[place] = showing.link(_address(kind=kind, sort=heads[name]), f"{name}{mark}")
    return Table("", headers, rows, right=frozenset({3, 5, 6}), empty="Nothing is overdue.")


site.pages.append(OwnPage(NAME, Place("Sales & purchases", 32, "Overdue", "event_busy"), "invoices", overdue_page))
