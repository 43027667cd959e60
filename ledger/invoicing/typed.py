"""A document as it is typed in the back office, turned into the API's own form and read by the same rules."""

import re
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.http import QueryDict

from ledger.accounts.models import Account
from ledger.contacts.models import Contact
from ledger.invoicing.models import PREFIXES, Document
from ledger.invoicing.reading import NAMES, read_document
from ledger.items.models import Item, ItemTax
from ledger.journal.models import Entry
from ledger.taxes.models import Tax
from organizations import ids
from organizations.backoffice.forms import VerbForm, plain_amount
from organizations.backoffice.site import site
from organizations.currencies.models import Currency
from organizations.errors import Refusal
from organizations.tenants.models import Organization

MOST_TYPED = 200
BLANK_LINES = 1
_NAME = re.compile(r"lines-([0-9]{1,6})-(item|description|quantity|price|discount|account|tax)")
_PATH = re.compile(r"items\[([0-9]+)\](?:\.(\w+))?")
LABELS = {
    "account_id": "Account: ",
    "quantity": "Quantity: ",
    "unit_price": "Price: ",
    "discount_percent": "Discount: ",
    "tax_ids": "Tax: ",
    "item_id": "Item: ",
    "due_at": "Due: ",
    "issued_at": "Date: ",
    "billed_at": "Date: ",
    "currency_rate": "Rate: ",
}


class HeadForm(VerbForm):
    """What the whole document has."""

    contact = forms.ModelChoiceField(queryset=Contact.objects.none())
    date = forms.DateField(required=False, help_text="The day of issue unless given.")
    due_date = forms.DateField(required=False, label="Due", help_text="After the terms of payment unless given.")
    currency = forms.ChoiceField(required=False, choices=())
    rate = forms.CharField(max_length=30, required=False, help_text="In base currency; the day's unless given.")
    number = forms.CharField(max_length=60, required=False)
    order_number = forms.CharField(max_length=100, required=False, label="Order number")
    notes = forms.CharField(max_length=5000, required=False, widget=forms.Textarea)

    def prepare(self):
        organization = self.office.organization
        contact = self.fields["contact"]
        contact.queryset = Contact.objects.of(organization)
        widget = AutocompleteSelect(Document._meta.get_field("contact"), site)
        widget.choices = contact.choices
        contact.widget = widget
        codes = [(row.code, row.code) for row in Currency.objects.order_by("code")]
        self.fields["currency"].choices = [("", "the contact's"), *codes]


@dataclass(slots=True)
class TypedLine:
    """One line as typed; what is left empty comes from the item."""

    item: str = ""
    description: str = ""
    quantity: str = ""
    price: str = ""
    discount: str = ""
    account: str = ""
    tax: list[str] = field(default_factory=list)
    item_text: str = ""
    account_text: str = ""
    amount: str = ""
    problems: list[str] = field(default_factory=list)

    @property
    def blank(self) -> bool:
        return not (self.item or self.description or self.price)

    def body(self) -> dict[str, Any]:
        """The line in the API's form."""
        found: dict[str, Any] = {"description": self.description, "quantity": plain_amount(self.quantity) or "1"}
        found["unit_price"] = plain_amount(self.price) or None
        if self.discount:
            found["discount_percent"] = self.discount
        for name, prefix, typed in (("item_id", "ITM", self.item), ("account_id", "ACT", self.account)):
            found[name] = ids.encode(prefix, int(typed)) if is_number(typed) else None
        taxes = [ids.encode("TAX", int(each)) for each in self.tax if is_number(each)]
        found["tax_ids"] = taxes if taxes or not self.item else None
        return found


def is_number(text: str) -> bool:
    """Whether a typed text can be a row's number."""
    return text.isascii() and text.isdigit() and 0 < int(text[:19]) < 2**63 and len(text) < 20


def typed_lines(post: QueryDict) -> list[TypedLine]:
    """The lines of a posted page, in their order, without the blank ones."""
    found: dict[int, dict[str, Any]] = {}
    for name, values in post.lists():
        match = _NAME.fullmatch(name)
        if match:
            value = [each for each in values if each] if match[2] == "tax" else values[-1].strip()
            found.setdefault(int(match[1]), {})[match[2]] = value
    lines = [TypedLine(**values) for _, values in sorted(found.items())]
    return [line for line in lines if not line.blank]


def body_of(kind: str, head: dict[str, Any], lines: list[TypedLine]) -> dict[str, Any]:
    """What the page says, in the API's form."""
    number, date = NAMES[PREFIXES[kind]]
    contact = head.get("contact")
    found: dict[str, Any] = {
        number: head.get("number") or None,
        date: head["date"].isoformat() if head.get("date") else None,
        "due_at": head["due_date"].isoformat() if head.get("due_date") else None,
        "currency_rate": head.get("rate") or None,
        "order_number": head.get("order_number", ""),
        "notes": head.get("notes", ""),
        "items": [line.body() for line in lines],
    }
    if contact is not None:
        found["contact_id"] = contact.public_id
    if head.get("currency"):
        found["currency_id"] = head["currency"]
    return found


def read_page(kind: str, head: dict[str, Any], lines: list[TypedLine]) -> tuple[dict[str, Any], dict[str, str]]:
    """The fields that the page says, as ``create_document`` takes them, and the problems by path."""
    found, problems, _ = read_document(PREFIXES[kind], body_of(kind, head, lines))
    return found, problems


def place(form: HeadForm, lines: list[TypedLine], problems: dict[str, str | list[str]]) -> None:
    """Put problems at the line or the field that they name."""
    names = {"contact_id": "contact", "due_at": "due_date", "currency_rate": "rate", "currency_id": "currency"}
    for number, date in NAMES.values():
        names |= {number: "number", date: "date"}
    for path, said in problems.items():
        texts = [said] if isinstance(said, str) else list(said)
        match = _PATH.fullmatch(path)
        if match and int(match[1]) < len(lines):
            lines[int(match[1])].problems += [f"{LABELS.get(match[2] or '', '')}{text}" for text in texts]
        elif names.get(path) in form.fields:
            form.add_error(names[path], texts)
        else:
            form.add_error(None, texts)


def told(problems: dict[str, str | list[str]]) -> list[str]:
    """Problems by path as one reads them where no field is near: ``Line 1, price: …``."""
    found = []
    for path, said in problems.items():
        match = _PATH.fullmatch(path)
        name = path if match is None else match[2] or ""
        label = LABELS.get(name, "").rstrip(": ") or name.removesuffix("_id").replace("_", " ")
        where = [f"line {int(match[1]) + 1}"] if match else []
        where = ", ".join([*where, *([label.lower()] if label else [])])
        found += [f"{where[:1].upper()}{where[1:]}: {text}" for text in ([said] if isinstance(said, str) else said)]
    return found


def place_refusal(form: HeadForm, lines: list[TypedLine], refusal: Refusal) -> None:
    """Put what a verb refused where it belongs."""
    fields = refusal.details.get("fields", {})
    place(form, lines, fields)
    if not fields or "reason" in refusal.details:
        form.add_error(None, refusal.details.get("reason", refusal.message))


def lines_of(document: Document) -> list[TypedLine]:
    """The lines of a saved draft, to be typed over."""
    return [
        TypedLine(
            item=str(ids.decode("ITM", line["item_id"])) if line["item_id"] else "",
            description=line["description"],
            quantity=line["quantity"],
            price=line["unit_price"],
            discount="" if line["discount_percent"] == "0" else line["discount_percent"],
            account=str(ids.decode("ACT", line["account_id"])),
            tax=[str(ids.decode("TAX", number)) for number in line["tax_ids"]],
            amount=line["amount"],
        )
        for line in document.lines
    ]


def name_choices(organization: Organization, lines: list[TypedLine]) -> None:
    """Give each line the names of its item and account."""
    items = Item.objects.of(organization).in_bulk([int(line.item) for line in lines if is_number(line.item)])
    accounts = Account.objects.of(organization).in_bulk([int(one.account) for one in lines if is_number(one.account)])
    for line in lines:
        item = items.get(int(line.item)) if is_number(line.item) else None
        account = accounts.get(int(line.account)) if is_number(line.account) else None
        line.item, line.item_text = (line.item, str(item)) if item else ("", "")
        line.account, line.account_text = (line.account, str(account)) if account else ("", "")


def pickers() -> dict[str, dict[str, str]]:
    """What makes a ``<select>`` the picker of accounts, or of items."""
    fields = {"account": Entry._meta.get_field("account"), "item": ItemTax._meta.get_field("item")}
    style = {"style": "width: 100%"}
    return {
        name: AutocompleteSelect(each, site).build_attrs({}, {"data-placeholder": name.capitalize(), **style})
        for name, each in fields.items()
    }


def taxes_to_choose(organization: Organization) -> list[tuple[str, str]]:
    """The taxes that are in use."""
    rows = Tax.objects.of(organization).filter(is_active=True).order_by("name")
    return [(str(tax.pk), tax.name) for tax in rows]
