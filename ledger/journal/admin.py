"""The journal in the back office: transactions, drafts and their buttons, and the entries of accounts."""

import contextlib

from django import forms
from django.contrib import messages
from django.contrib.admin import action, register
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import Q
from django.http import Http404, HttpResponseRedirect
from unfold.decorators import display

from ledger.accounts.models import Account
from ledger.balances.totals import NOTHING, totals
from ledger.journal import page_parts
from ledger.journal.account_filters import ByAccount
from ledger.journal.answers import transaction_answers
from ledger.journal.conditions import is_reversed, where_status
from ledger.journal.draft_desks import DraftDesk
from ledger.journal.draft_pages import MOST_TYPED
from ledger.journal.drafting import delete_draft
from ledger.journal.drafts import TYPES
from ledger.journal.models import Entry, Transaction
from ledger.journal.posting import create_transaction, post_transaction
from ledger.journal.registers import register_answers
from ledger.journal.reversing import reverse_transaction
from ledger.journal.shapes import SHOWN_STATUSES
from organizations import ids
from organizations.backoffice import showing
from organizations.backoffice.days import DayRange
from organizations.backoffice.forms import VerbForm
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Button, Page, attempt, form_page, show
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.backoffice.site import sentence, site
from organizations.backoffice.words import ByWord

MOST_POSTED = 100


class ByStatus(ByWord):
    """Filter by status; "reversed" is found by what reverses it."""

    title = "status"
    parameter_name = "status"
    words = SHOWN_STATUSES

    def queryset(self, request, queryset):
        return queryset.filter(where_status("eq", self.value())) if self.value() in SHOWN_STATUSES else queryset


class ByType(ByWord):
    """Filter by type."""

    title = "type"
    parameter_name = "type"
    words = TYPES


class ByDate(DayRange):
    """Filter by the date of the transaction."""

    title = "date"
    parameter_name = "transaction_date"


class ReversalForm(VerbForm):
    """Why and when."""

    reason = forms.CharField(max_length=2000, widget=forms.Textarea)
    reversal_date = forms.DateField(label="Date of the reversal")
    auto_post = forms.BooleanField(required=False, initial=True, label="Post it at once")


class JournalDesk(TenantDesk):
    """What both lists of the journal have."""

    resource = "transactions"
    sortable_by = []

    @property
    def media(self):
        return super().media + AutocompleteSelect(Entry._meta.get_field("account"), site).media


@register(Transaction, site=site)
class TransactionDesk(DraftDesk, JournalDesk):
    """Transactions: drafts are written here, posted ones are read and reversed."""

    place = Place("Books", 20, "Transactions", "receipt_long")
    list_display = ["shown_date", "shown_description", "shown_reference", "type", "shown_status", "shown_amount"]
    list_display_links = ["shown_date", "shown_description"]
    list_filter = [ByStatus, ByType, ByAccount, ByDate]
    search_fields = ["description", "reference_number", "external_id"]
    search_help_text = "Description, reference or external id contains this"
    ordering = ["-transaction_date", "-id"]
    actions = ["post_selected"]
    list_disable_select_all = True

    def has_add_permission(self, request):
        return self.has_change_permission(request)

    def page_urls(self):
        return [
            ("post", self.post_one),
            ("reverse", self.reverse_one),
            ("duplicate", self.duplicate),
            ("delete_draft", self.remove),
        ]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(is_reversed=is_reversed()).defer("lines")

    def search_everywhere(self, request, term: str) -> list[dict]:
        wanted = Q(external_id=term)
        with contextlib.suppress(ValueError):  # not an id
            wanted |= Q(pk=ids.decode("TXN", term))
        return [
            {"title": str(each), "description": "Transaction", "link": self.address("change", each.pk)}
            for each in self.get_queryset(request).filter(wanted)[:5]
        ]

    @display(description="Date")
    def shown_date(self, transaction):
        return f"{transaction.transaction_date}"

    @display(description="Description")
    def shown_description(self, transaction):
        text = transaction.description or "(no description)"
        return text if len(text) <= 90 else f"{text[:90]} …"

    @display(description="Reference")
    def shown_reference(self, transaction):
        return transaction.reference_number

    @display(description="Status")
    def shown_status(self, transaction):
        return showing.badge(page_parts.status_of(transaction))

    @display(description="Amount")
    def shown_amount(self, transaction):
        return page_parts.amount_of(transaction)

    @action(description="Post the selected drafts", permissions=["change"])
    def post_selected(self, request, queryset):
        """Post each by itself: one that is refused does not hold up the others."""
        actor, organization = self.require(request), organization_of(request)
        posted = 0
        for number, title in [(each.pk, str(each)) for each in queryset.order_by("pk")[:MOST_POSTED]]:
            _, refusal = attempt(
                lambda number=number: post_transaction(actor=actor, organization=organization, transaction_id=number)
            )
            if refusal is None:
                posted += 1
            else:
                self.message_user(request, f"{title}: {sentence(refusal)}", messages.ERROR)
        if posted:
            self.message_user(request, f"{posted} transaction{'s were' if posted > 1 else ' was'} posted.", "SUCCESS")

    # -- One transaction --------------------------------------------------------------------------

    def change_view(self, request, object_id, form_url="", extra_context=None):
        found = self.find(request, object_id)
        long = found.status != "posted" and found.entry_count > MOST_TYPED
        if found.status == "posted" or long or not self.has_change_permission(request):
            return show(self.admin_site, request, self.record(request, found))
        return self.edit(request, found)

    def add_view(self, request, form_url="", extra_context=None):
        self.require(request)
        return self.edit(request, None)

    def record(self, request, obj) -> Page:
        """A transaction to read: its facts, its entries, what reverses it, and its events."""
        organization = organization_of(request)
        answer = transaction_answers([obj], organization)[0]
        may = self.has_change_permission(request)
        return Page(
            title=obj.description[:80] or answer["id"],
            crumbs=self.crumbs(),
            badge=showing.badge(answer["status"]),
            facts=page_parts.facts(obj, answer),
            tables=[
                page_parts.entry_table(answer, organization, request.GET.get("p", "")),
                page_parts.event_table(organization, obj),
            ],
            buttons=self.buttons(obj, answer, may),
            template="admin/ledger/transaction.html",
            extra={"warnings": answer["warnings"]},
        )

    def buttons(self, obj: Transaction, answer: dict, may: bool) -> list[Button]:
        buttons = [Button("History", self.address("history", obj.pk), icon="history")]
        if not may:
            return buttons
        buttons.append(Button("Duplicate", self.address("duplicate", obj.pk), icon="content_copy", post=True))
        if answer["status"] == "posted":
            url = self.address("reverse", obj.pk)
            buttons.append(Button("Reverse", url, icon="undo", variant="primary"))
        elif answer["status"] in ("pending", "failed"):
            url, ask = self.address("delete_draft", obj.pk), "Delete this draft?"
            buttons.append(Button("Delete", url, icon="delete", post=True, variant="danger", confirm=ask))
            if obj.entry_count > MOST_TYPED:
                url = self.address("post", obj.pk)
                buttons.append(Button("Post", url, icon="task_alt", post=True, variant="primary"))
        return buttons

    # -- Buttons ----------------------------------------------------------------------------------

    def post_one(self, request, object_id):
        """Post a draft."""
        self.require(request)
        found = self.find(request, object_id)
        return self.post(request, found.pk) if request.method == "POST" else self.go("change", found.pk)

    def reverse_one(self, request, object_id):
        """Reverse a posted transaction: asks why, and when."""
        actor, organization = self.require(request), organization_of(request)
        found = self.find(request, object_id)
        page = Page(
            title="Reverse",
            crumbs=[*self.crumbs(), (found.description[:60] or found.public_id, self.address("change", found.pk))],
            intro="A reversal posts the same entries on the other side. The original stays as it is.",
            submit="Reverse",
            back=self.address("change", found.pk),
        )

        def reverse(fields: dict) -> str:
            plan = reverse_transaction(actor=actor, organization=organization, transaction_id=found.pk, **fields)
            return self.address("change", plan.transaction.pk)

        initial = {"reversal_date": request.office.today, "auto_post": True}
        return form_page(
            self.admin_site, request, page, ReversalForm, reverse, initial=initial, done="The reversal was made."
        )

    def duplicate(self, request, object_id):
        """A new draft with the same lines, dated today."""
        actor, organization = self.require(request), organization_of(request)
        found = self.find(request, object_id)
        back = self.address("change", found.pk)
        if request.method != "POST":
            return HttpResponseRedirect(back)

        def copy() -> str:
            draft = page_parts.copy_of(found, request.office.today)
            plan = create_transaction(actor=actor, organization=organization, draft=draft)
            return self.address("change", plan.transaction.pk)

        return self.act(request, copy, back, "This is a copy, saved as a draft.")

    def remove(self, request, object_id):
        """Delete a draft."""
        actor, organization = self.require(request, "delete"), organization_of(request)
        found = self.find(request, object_id)
        back = self.address("change", found.pk)
        if request.method != "POST":
            return HttpResponseRedirect(back)

        def delete() -> str:
            delete_draft(actor=actor, organization=organization, transaction_id=found.pk)
            return self.address("changelist")

        return self.act(request, delete, back, "The draft was deleted.")


@register(Entry, site=site)
class EntryDesk(JournalDesk):
    """Posted entries; of one account, its register with the balance after each entry."""

    place = Place("Books", 30, "Entries", "list_alt")
    list_filter = [ByAccount, ByDate]
    list_before_template = "admin/ledger/register_head.html"
    list_display = ["shown_date", "shown_account", "shown_description", "shown_debit", "shown_credit"]
    list_display_links = ["shown_date"]
    list_select_related = ["account", "transaction"]

    def has_change_permission(self, request, obj=None):
        return False

    def get_ordering(self, request):
        return ["-transaction_date", "-id"] if request.GET.get("account") else ["-id"]

    def get_list_display(self, request):
        if not request.GET.get("account"):
            return self.list_display
        return [name for name in self.list_display if name != "shown_account"] + ["shown_balance"]

    def get_changelist_instance(self, request):
        """Of one account: each entry's balance, read once for the page."""
        changes = super().get_changelist_instance(request)
        changes.result_list = list(changes.result_list)
        number = request.GET.get("account", "")
        if changes.result_list and number:
            account, organization = changes.result_list[0].account, organization_of(request)
            answers = register_answers(changes.result_list, account, organization)
            for entry, answer in zip(changes.result_list, answers, strict=True):
                entry.running_balance = answer["running_balance"]
        return changes

    def changelist_view(self, request, extra_context=None):
        number = request.GET.get("account", "")
        extra = {}
        if number:
            found = ByAccount.chosen(request)
            if found is None:
                raise Http404()
            total = totals(found.organization_id, account_ids=[found.pk]).get(found.pk, NOTHING)
            balance = showing.money(total.balance * found.normal_sign, found.currency_id)
            extra = {
                "title": str(found),
                "register_of": found,
                "register_balance": f"{balance} {found.currency_id}",
                "register_badge": showing.badge(found.status),
            }
        return super().changelist_view(request, {**(extra_context or {}), **extra})

    @display(description="Date")
    def shown_date(self, entry):
        return f"{entry.transaction_date}"

    @display(description="Account")
    def shown_account(self, entry):
        return showing.link_to(Account, entry.account_id, entry.account)

    @display(description="Description")
    def shown_description(self, entry):
        text = entry.description or entry.transaction.description or "(no description)"
        return text if len(text) <= 90 else f"{text[:90]} …"

    @display(description="Debit")
    def shown_debit(self, entry):
        return showing.figure(entry.amount if entry.amount > 0 else None, entry.currency_id)

    @display(description="Credit")
    def shown_credit(self, entry):
        return showing.figure(-entry.amount if entry.amount < 0 else None, entry.currency_id)

    @display(description="Balance")
    def shown_balance(self, entry):
        return showing.figure(entry.running_balance, entry.currency_id)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """An entry is shown with its transaction."""
        entry = self.find(request, object_id)
        return HttpResponseRedirect(showing.address(Transaction, "change", entry.transaction_id))

    def history_view(self, request, object_id, extra_context=None):
        entry = self.find(request, object_id)
        return HttpResponseRedirect(showing.address(Transaction, "history", entry.transaction_id))
