"""Correcting a posted transaction in the back office: reverse it, reverse a part of it, adjust it."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms

from ledger.accounts.models import Account
from ledger.journal.draft_desks import DraftDesk
from ledger.journal.draft_pages import MOST_TYPED
from ledger.journal.drafts import Line
from ledger.journal.models import Entry, Transaction
from ledger.journal.remainders import remaining
from ledger.journal.reversing import default_date, reverse_transaction
from organizations.backoffice import showing
from organizations.backoffice.forms import VerbForm, plain_amount
from organizations.backoffice.pages import Page, form_page
from organizations.backoffice.records import organization_of
from organizations.errors import Refusal
from organizations.money import add_up
from organizations.tenants.models import Organization

OPPOSITE = {"debit": "credit", "credit": "debit"}
_AMOUNT = re.compile(r"entries\[([0-9]+)\]")


class ReversalForm(VerbForm):
    """Why and when."""

    reason = forms.CharField(max_length=2000, widget=forms.Textarea)
    reversal_date = forms.DateField(label="Date of the reversal")
    auto_post = forms.BooleanField(required=False, initial=True, label="Post it at once")


@dataclass(slots=True)
class Reversible:
    """What stands on one side of an account in a transaction, and what is left of it to reverse."""

    account: Account
    entry_type: str
    amount: Decimal
    left: Decimal

    def shown(self, amount: Decimal) -> str:
        return f"{showing.money(amount, self.account.currency_id)} {self.account.currency_id}"


def reversibles(organization: Organization, transaction: Transaction) -> list[Reversible]:
    """The sides of a posted transaction, in the order of its entries."""
    left = remaining(organization.pk, [transaction.pk])[transaction.pk]
    found: dict[tuple[int, str], Reversible] = {}
    rows = Entry.objects.of(organization).filter(transaction_id=transaction.pk).order_by("line_no")
    accounts = Account.objects.of(organization).in_bulk(list(rows.values_list("account_id", flat=True).distinct()))
    for entry in rows:
        key = entry.account_id, entry.entry_type
        if key not in found:
            found[key] = Reversible(accounts[entry.account_id], entry.entry_type, Decimal(0), Decimal(0))
        side = found[key]
        side.amount = add_up([side.amount, abs(entry.amount)])
        side.left = add_up([side.left, abs(left[entry.pk].amount)])
    return list(found.values())


class PartForm(ReversalForm):
    """Why and when, and how much of each side. ``obj`` are the sides."""

    def prepare(self):
        for place, side in enumerate(self.obj):
            typed = forms.TextInput({"aria-label": f"{side.account}: amount to reverse", "inputmode": "decimal"})
            self.fields[f"amount_{place}"] = forms.CharField(required=False, max_length=40, widget=typed)

    def rows(self) -> list[dict[str, Any]]:
        """The sides with their fields, for the page."""
        return [
            {
                "account": side.account,
                "side": side.entry_type,
                "amount": side.shown(side.amount),
                "left": side.shown(side.left),
                "field": self[f"amount_{place}"],
            }
            for place, side in enumerate(self.obj)
        ]

    def head(self) -> list:
        """The fields above the table."""
        return [self[name] for name in ReversalForm.base_fields]

    def filled(self) -> list[int]:
        """The places whose amounts were typed."""
        return [place for place in range(len(self.obj)) if self.cleaned_data.get(f"amount_{place}", "").strip()]

    def clean(self):
        if not self.errors and not self.filled():
            raise forms.ValidationError("Type at least one debit and one credit to take back.")
        return self.cleaned_data

    def lines(self) -> list[Line]:
        """What was typed, as lines on the other side."""
        return [
            Line(
                account_id=self.obj[place].account.pk,
                entry_type=OPPOSITE[self.obj[place].entry_type],
                amount=plain_amount(self.cleaned_data[f"amount_{place}"]),
            )
            for place in self.filled()
        ]

    def place(self, refusal: Refusal) -> None:
        """Put a refusal of a line at the amount that it is about."""
        others, filled = {}, self.filled()
        for path, problems in refusal.details.get("fields", {}).items():
            match = _AMOUNT.match(path)
            if match and int(match[1]) < len(filled):
                self.add_error(f"amount_{filled[int(match[1])]}", [*problems])
            else:
                others[path] = problems
        if others or not refusal.details.get("fields"):
            details = {name: value for name, value in refusal.details.items() if name != "fields"}
            super().place(Refusal(refusal.message, details=details, fields=others))
        if "difference" in refusal.details:
            self.add_error(None, f"The difference is {refusal.details['difference']}.")


class CorrectingDesk(DraftDesk):
    """The part of the transactions' admin that corrects what is posted."""

    def reverse_one(self, request, object_id):
        """Reverse a posted transaction: asks why, and when."""
        actor, organization = self.require(request), organization_of(request)
        found = self.find(request, object_id)
        page = Page(
            title="Reverse",
            crumbs=self.crumbs_of(found),
            intro="A reversal posts the same entries on the other side. The original stays as it is.",
            submit="Reverse",
            back=self.address("change", found.pk),
        )

        def reverse(fields: dict) -> str:
            plan = reverse_transaction(actor=actor, organization=organization, transaction_id=found.pk, **fields)
            return self.address("change", plan.transaction.pk)

        initial = {"reversal_date": default_date(organization, found), "auto_post": True}
        return form_page(
            self.admin_site, request, page, ReversalForm, reverse, initial=initial, done="The reversal was made."
        )

    def reverse_part(self, request, object_id):
        """Reverse a part of a posted transaction: asks how much of each side."""
        actor, organization = self.require(request), organization_of(request)
        found = self.find(request, object_id)
        if found.status != "posted" or found.entry_count > MOST_TYPED:
            self.message_user(request, "Parts of this transaction cannot be reversed here.", "ERROR")
            return self.go("change", found.pk)
        page = Page(
            title="Reverse a part",
            crumbs=self.crumbs_of(found),
            intro="Type what is to be taken back of each side. Debits and credits must balance, as in any transaction.",
            submit="Reverse",
            back=self.address("change", found.pk),
            template="admin/ledger/reverse_part.html",
        )

        def reverse(fields: dict) -> str:
            plan = reverse_transaction(
                actor=actor,
                organization=organization,
                transaction_id=found.pk,
                lines=page.form.lines(),
                **{name: fields[name] for name in ReversalForm.base_fields},
            )
            return self.address("change", plan.transaction.pk)

        return form_page(
            self.admin_site,
            request,
            page,
            PartForm,
            reverse,
            obj=reversibles(organization, found),
            initial={"reversal_date": default_date(organization, found), "auto_post": True},
            done="The part was reversed.",
        )

    def adjust(self, request, object_id):
        """Write a transaction that corrects a posted one."""
        self.require(request)
        found = self.find(request, object_id)
        if found.status != "posted":
            return self.go("change", found.pk)
        return self.edit(request, None, corrects=found)
