"""Transfers in the back office."""

from django import forms
from django.contrib.admin import register
from django.contrib.admin.widgets import AutocompleteSelect
from unfold.decorators import display

from ledger.accounts.models import Account
from ledger.journal.models import Transaction
from ledger.transfers.models import Transfer
from ledger.transfers.transferring import NewTransfer, make_transfer, reverse_transfer
from organizations.backoffice import showing
from organizations.backoffice.days import DayRange
from organizations.backoffice.forms import VerbForm, plain_amount
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Button, Page, form_page
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.backoffice.site import site


class ByDay(DayRange):
    """Filter by the day."""

    title = "date"
    parameter_name = "transferred_at"


class TransferForm(VerbForm):
    """From where to where, and how much."""

    from_account = forms.ModelChoiceField(queryset=Account.objects.none(), label="From")
    to_account = forms.ModelChoiceField(queryset=Account.objects.none(), label="To")
    amount = forms.CharField(help_text="What leaves, the fee included.")
    to_amount = forms.CharField(required=False, label="Arrives", help_text="By the rate of the day unless given.")
    fee_amount = forms.CharField(required=False, label="Fee")
    date = forms.DateField()
    description = forms.CharField(max_length=2000, required=False)
    reference = forms.CharField(max_length=100, required=False)

    def prepare(self):
        for name in ("from_account", "to_account"):
            choice = self.fields[name]
            choice.queryset = Account.objects.of(self.office.organization)
            widget = AutocompleteSelect(Transfer._meta.get_field(name), site)
            widget.choices = choice.choices
            choice.widget = widget


class ReverseForm(VerbForm):
    """From when on, and why."""

    date = forms.DateField(required=False, help_text="Today unless given.")
    reason = forms.CharField(max_length=2000, required=False)


@register(Transfer, site=site)
class TransferDesk(TenantDesk):
    """Money moved between one's own accounts."""

    resource = "transfers"
    place = Place("Sales & purchases", 45, "Transfers", "swap_horiz")
    list_display = ["shown_date", "from_account", "to_account", "shown_amount", "reference", "shown_status"]
    list_filter = [ByDay]
    search_fields = ["description", "reference"]
    amount_fields = ["amount", "to_amount"]
    search_help_text = "Description or reference contains this, or it is the amount"
    list_select_related = ["from_account", "to_account"]
    ordering = ["-transferred_at", "-id"]
    sortable_by = []

    @property
    def media(self):
        return super().media + AutocompleteSelect(Transfer._meta.get_field("from_account"), site).media

    def has_add_permission(self, request):
        return self.has_change_permission(request)

    def page_urls(self):
        return [("reverse", self.reverse)]

    @display(description="Date")
    def shown_date(self, row):
        return f"{row.transferred_at}"

    @display(description="Amount")
    def shown_amount(self, row):
        return showing.figure(row.amount, row.currency_id)

    @display(description="Status")
    def shown_status(self, row):
        return showing.badge("posted" if row.reversed_on is None else "reversed")

    def record(self, request, obj) -> Page:
        other = obj.to_account.currency_id
        facts = [
            ("From", showing.link_to(Account, obj.from_account_id, obj.from_account)),
            ("To", showing.link_to(Account, obj.to_account_id, obj.to_account)),
            ("Date", f"{obj.transferred_at}"),
            ("Left", f"{showing.money(obj.amount, obj.currency_id)} {obj.currency_id}"),
            ("Arrived", f"{showing.money(obj.to_amount, other)} {other}"),
            ("Fee", f"{showing.money(obj.fee_amount, obj.currency_id)}" if obj.fee_amount else ""),
            ("Description", obj.description),
            ("Reference", obj.reference),
            ("Transaction", showing.link_to(Transaction, obj.transaction_id, "in the journal")),
            ("Reversed on", f"{obj.reversed_on or ''}"),
            ("Id", obj.public_id),
        ]
        page = Page(title=str(obj), crumbs=self.crumbs(), badge=self.shown_status(obj))
        page.facts = [(name, value) for name, value in facts if value not in ("", None)]
        page.buttons = [Button("History", self.address("history", obj.pk), icon="history")]
        if self.has_change_permission(request) and obj.reversed_on is None:
            page.buttons.append(Button("Reverse", self.address("reverse", obj.pk), icon="block", variant="danger"))
        return page

    def _who(self, request) -> dict:
        return {"actor": self.require(request), "organization": organization_of(request)}

    def add_view(self, request, form_url="", extra_context=None):
        who = self._who(request)
        page = Page(title="New transfer", crumbs=self.crumbs(), submit="Post it", back=self.address("changelist"))

        def move(fields: dict) -> str:
            left, reached = fields.pop("from_account"), fields.pop("to_account")
            for name in ("amount", "to_amount", "fee_amount"):
                fields[name] = plain_amount(fields[name]) or None
            new = NewTransfer(from_account_id=left.pk, to_account_id=reached.pk, **fields)
            return self.address("change", make_transfer(**who, new=new).pk)

        initial = {"date": request.office.today}
        return form_page(self.admin_site, request, page, TransferForm, move, initial=initial, done="It is posted.")

    def reverse(self, request, object_id):
        """Undo a transfer that never was."""
        who, found = self._who(request), self.find(request, object_id)
        back = self.address("change", found.pk)
        page = Page(title="Reverse", crumbs=[*self.crumbs(), (str(found), back)], submit="Reverse it", back=back)
        page.danger = True

        def undo(fields: dict) -> str:
            reverse_transfer(**who, transfer_id=found.pk, **fields)
            return back

        return form_page(self.admin_site, request, page, ReverseForm, undo, done="It is reversed.")
