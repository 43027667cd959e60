"""A draft as it is typed in the back office: header, lines, and what is wrong with each.

What was typed is turned into the API's own form and read by the same rules (``drafts``),
so a page can save exactly what a request can, and is refused for the same reasons.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.http import QueryDict

from ledger.accounts.models import Account
from ledger.categories.models import Category
from ledger.contacts.models import Contact
from ledger.journal.drafts import TYPES, Draft, Line, read_draft
from ledger.journal.models import Entry, Transaction
from ledger.journal.saved import accounts_of, draft_of
from organizations import ids
from organizations.backoffice.forms import VerbForm, plain_amount
from organizations.backoffice.site import site
from organizations.errors import Refusal
from organizations.tenants.models import Organization

#: Longer drafts come from programs; they are shown here and changed over the API.
MOST_TYPED = 300
BLANK_LINES = 2

_NAME = re.compile(r"lines-([0-9]{1,6})-(account|description|debit|credit|rate|place)")
_PATH = re.compile(r"entries\[([0-9]+)\](?:\.(\w+))?")


class HeaderForm(VerbForm):
    """What the whole transaction has."""

    transaction_date = forms.DateField(label="Date")
    type = forms.ChoiceField(choices=[(kind, kind) for kind in TYPES])
    reference_number = forms.CharField(max_length=100, required=False, label="Reference")
    description = forms.CharField(max_length=2000, required=False)
    external_id = forms.CharField(max_length=255, required=False, label="External id")
    contact_id = forms.ModelChoiceField(queryset=None, required=False, label="Contact")
    category_id = forms.ChoiceField(required=False, label="Category")

    def prepare(self):
        contact = self.fields["contact_id"]
        contact.queryset = Contact.objects.of(self.office.organization)
        widget = AutocompleteSelect(Contact._meta.get_field("merged_into"), site)
        widget.choices = contact.choices
        contact.widget = widget
        rows = Category.objects.of(self.office.organization).order_by("name")
        kept = self.obj.category_id if self.obj is not None else None
        self.fields["category_id"].choices = [("", "none")] + [
            (row.public_id, row.name) for row in rows if row.status == "active" or row.pk == kept
        ]

    @property
    def media(self):
        return forms.Media() + AutocompleteSelect(Entry._meta.get_field("account"), site).media


@dataclass(slots=True)
class TypedLine:
    """One line as typed. ``place`` is where the saved draft has it, '' for a new line."""

    account: str = ""
    description: str = ""
    debit: str = ""
    credit: str = ""
    rate: str = ""
    place: str = ""
    account_text: str = ""
    currency: str = ""
    problems: list[str] = field(default_factory=list)

    @property
    def blank(self) -> bool:
        return not (self.account or self.debit or self.credit or self.description)

    def entry(self) -> dict[str, Any]:
        """The line in the API's form. What cannot be told is noted as a problem."""
        if bool(self.debit) == bool(self.credit):
            self.problems.append("Either a debit or a credit.")
        number = int(self.account) if self.account.isascii() and self.account.isdigit() else 0
        entry: dict[str, Any] = {
            "account_id": ids.encode("ACT", number) if 0 < number < 2**63 else None,
            "entry_type": "debit" if self.debit else "credit",
            "amount": plain_amount(self.debit or self.credit) or None,
            "description": self.description,
        }
        if self.rate:
            entry["currency_rate"] = self.rate
        return entry


def typed_lines(post: QueryDict) -> list[TypedLine]:
    """The lines of a posted page, in their order, without the blank ones."""
    found: dict[int, dict[str, str]] = {}
    for name, value in post.items():
        match = _NAME.fullmatch(name)
        if match:
            found.setdefault(int(match[1]), {})[match[2]] = value.strip()
    lines = [TypedLine(**values) for _, values in sorted(found.items())]
    return [line for line in lines if not line.blank]


def read_page(header: dict, lines: list[TypedLine], saved: Transaction | None) -> tuple[dict[str, Any], dict[str, str]]:
    """What the page says, as attributes of ``Draft``, and the problems by path.

    A line that the saved draft has already keeps what the page does not show of it.
    """
    body = {name: value for name, value in header.items() if name != "external_id"}
    body["transaction_date"] = header["transaction_date"].isoformat()
    body["external_id"] = header["external_id"] or None
    body["contact_id"] = header["contact_id"].public_id if header["contact_id"] else None
    body["category_id"] = header["category_id"] or None
    body["entries"] = [line.entry() for line in lines]
    found, problems = read_draft(body)
    kept = draft_of(saved).lines if saved is not None else []
    if len(found["lines"]) == len(lines):
        for typed, line in zip(lines, found["lines"], strict=True):
            if typed.place.isascii() and typed.place.isdigit() and int(typed.place) < len(kept):
                before = kept[int(typed.place)]
                line.reference, line.metadata = before.reference, before.metadata
                if line.account_id == before.account_id:
                    line.currency, line.condition = before.currency, before.condition
    return found, problems


def place_problems(form: HeaderForm, lines: list[TypedLine], problems: dict[str, str | list[str]]) -> None:
    """Put problems at the line or the field that they name."""
    for path, said in problems.items():
        texts = [said] if isinstance(said, str) else list(said)
        match = _PATH.fullmatch(path)
        if match and int(match[1]) < len(lines):
            line = lines[int(match[1])]
            label = {"account_id": "Account: ", "amount": "", "currency_rate": "Rate: "}.get(match[2] or "", "")
            line.problems += [f"{label}{text}" for text in texts if text not in line.problems]
        elif path in form.fields:
            form.add_error(path, texts)
        else:
            form.add_error(None, texts if path == "entries" else [f"{path}: {text}" for text in texts])


def place_refusal(form: HeaderForm, lines: list[TypedLine], refusal: Refusal) -> None:
    """Put what a verb refused where it belongs."""
    place_problems(form, lines, refusal.details.get("fields", {}))
    form.add_error(None, refusal.message)


def lines_of(draft: Draft) -> list[TypedLine]:
    """The lines of a saved draft, to be typed over."""
    return [
        TypedLine(
            account=str(line.account_id),
            description=line.description,
            debit=str(line.amount) if line.entry_type == "debit" else "",
            credit=str(line.amount) if line.entry_type == "credit" else "",
            rate="" if line.rate is None else str(line.rate),
            place=str(place),
        )
        for place, line in enumerate(draft.lines)
    ]


def name_accounts(organization: Organization, lines: list[TypedLine]) -> None:
    """Give each line its account's name and currency, in one query."""
    numbers = {int(line.account) for line in lines if line.account.isascii() and line.account.isdigit()}
    wanted = Draft(
        lines=[Line(account_id=number, entry_type="debit", amount=None) for number in numbers if number < 2**63]
    )
    accounts: dict[int, Account] = accounts_of(organization, [wanted])
    for line in lines:
        account = accounts.get(int(line.account)) if line.account.isascii() and line.account.isdigit() else None
        line.account_text = str(account) if account else ""
        line.currency = account.currency_id if account else ""
        if account is None:
            line.account = ""


def picker_attributes() -> dict[str, str]:
    """What makes a ``<select>`` the picker of this organization's accounts."""
    widget = AutocompleteSelect(Entry._meta.get_field("account"), site)
    return widget.build_attrs({}, {"data-placeholder": "Account", "style": "width: 100%"})
