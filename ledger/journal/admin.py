"""Transactions in the back office: drafts and posted ones, and their buttons."""

import contextlib

from django.contrib import messages
from django.contrib.admin import SimpleListFilter, action, register
from django.db.models import Q
from django.http import HttpResponseRedirect
from unfold.decorators import display

from ledger.categories.models import Category
from ledger.contacts.families import family
from ledger.contacts.models import Contact
from ledger.journal import page_parts
from ledger.journal.account_filters import ByAccount
from ledger.journal.answers import transaction_answers
from ledger.journal.conditions import is_reversed, transactions_that_say, where_status
from ledger.journal.correcting_pages import CorrectingDesk
from ledger.journal.draft_desks import DraftDesk
from ledger.journal.draft_pages import MOST_TYPED
from ledger.journal.drafting import delete_draft
from ledger.journal.drafts import TYPES
from ledger.journal.journal_desks import ByDate, JournalDesk
from ledger.journal.models import Transaction
from ledger.journal.posting import create_transaction, post_transaction
from ledger.journal.saved import copy_of
from ledger.journal.shapes import SHOWN_STATUSES
from ledger.journal.sources import source_id
from organizations import ids
from organizations.backoffice import showing
from organizations.backoffice.amounts import AmountRange
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Button, Page, attempt, show
from organizations.backoffice.records import organization_of
from organizations.backoffice.site import sentence, site
from organizations.backoffice.words import ByWord
from organizations.wire.figures import figure_in

MOST_POSTED = 100
#: Instead of the buttons that the verbs would refuse.
UNDONE_THERE = "It was posted for something else, and is undone there: see “Posted for”."
MOST_CATEGORIES = 200


class ByCategory(SimpleListFilter):
    """Filter by category."""

    title = "category"
    parameter_name = "category_id"

    def lookups(self, request, model_admin):
        rows = Category.objects.of(request.office.organization).order_by("name")[:MOST_CATEGORIES]
        return [(str(row.pk), row.name) for row in rows]

    def queryset(self, request, queryset):
        chosen = self.value() or ""
        if not chosen:
            return queryset
        return queryset.filter(category_id=int(chosen)) if is_number(chosen) else queryset.none()


class ByContact(SimpleListFilter):
    """Filter by the contact that the address names, and those merged with it; chosen on the contact's page."""

    title = "contact"
    parameter_name = "contact_id"

    def lookups(self, request, model_admin):
        chosen = request.GET.get(self.parameter_name, "")
        if not is_number(chosen):
            return [("0", "unknown")] if chosen else []
        found = Contact.objects.of(request.office.organization).filter(pk=int(chosen)).first()
        return [(chosen, "unknown" if found is None else found.name)]

    def queryset(self, request, queryset):
        chosen = self.value() or ""
        if not chosen:
            return queryset
        if not is_number(chosen):
            return queryset.none()
        return queryset.filter(contact_id__in=family(request.office.organization, int(chosen)))


def is_number(text: str) -> bool:
    """Whether a text of an address can be a row's number."""
    return text.isascii() and text.isdigit() and len(text) < 19


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


@register(Transaction, site=site)
class TransactionDesk(CorrectingDesk, DraftDesk, JournalDesk):
    """Transactions: drafts are written here, posted ones are read and reversed."""

    place = Place("Books", 20, "Transactions", "receipt_long")
    list_display = ["shown_date", "shown_description", "shown_reference", "type", "shown_status", "shown_amount"]
    list_display_links = ["shown_date", "shown_description"]
    list_filter = [ByStatus, ByType, ByCategory, ByContact, ByAccount, ByDate, AmountRange]
    search_fields = ["description", "reference_number", "external_id"]
    search_help_text = "Description, reference or external id contains this, or it is the amount"
    ordering = ["-transaction_date", "-id"]
    actions = ["post_selected"]
    list_disable_select_all = True

    def has_add_permission(self, request):
        return self.has_change_permission(request)

    def says(self, term):
        return transactions_that_say(term)

    def file_path(self, request):
        return "/transactions"

    def file_parameters(self, request):
        found = super().file_parameters(request)
        for name in ("status", "type", "category_id", "contact_id"):
            if request.GET.get(name):
                found[name] = request.GET[name]
        for name, operator in (("amount_from", "gte"), ("amount_to", "lte")):
            figure = figure_in(request.GET.get(name, ""))
            if figure is not None:
                found[f"filters[amount][{operator}]"] = f"{figure[1]:f}"
        if is_number(found.get("category_id", "")):
            found["category_id"] = ids.encode("CAT", int(found["category_id"]))
        if is_number(found.get("contact_id", "")):
            found["contact_id"] = ids.encode("CON", int(found["contact_id"]))
        return found

    def page_urls(self):
        return [
            ("post", self.post_one),
            ("reverse", self.reverse_one),
            ("reverse_part", self.reverse_part),
            ("adjust", self.adjust),
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
        source = source_id(organization, obj.pk)
        return Page(
            title=obj.description[:80] or answer["id"],
            crumbs=self.crumbs(),
            badge=showing.badge(answer["status"]),
            facts=page_parts.facts(obj, answer),
            tables=[
                page_parts.entry_table(answer, organization, request.GET.get("p", "")),
                *page_parts.further_tables(request, obj),
                page_parts.event_table(organization, obj),
            ],
            intro=UNDONE_THERE if may and source and answer["status"] == "posted" else "",
            buttons=self.buttons(obj, answer, may, sourced=source is not None),
            template="admin/ledger/transaction.html",
            extra={"warnings": answer["warnings"]},
        )

    def buttons(self, obj: Transaction, answer: dict, may: bool, *, sourced: bool = False) -> list[Button]:
        buttons = [Button("History", self.address("history", obj.pk), icon="history")]
        if not may:
            return buttons
        buttons += page_parts.further_buttons(obj)
        buttons.append(Button("Duplicate", self.address("duplicate", obj.pk), icon="content_copy", post=True))
        if answer["status"] == "posted" and not sourced:
            buttons += [
                Button("Adjust", self.address("adjust", obj.pk), icon="tune"),
                Button("Reverse a part", self.address("reverse_part", obj.pk), icon="content_cut"),
                Button("Reverse", self.address("reverse", obj.pk), icon="undo", variant="primary"),
            ]
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

    def duplicate(self, request, object_id):
        """A new draft with the same lines, dated today."""
        actor, organization = self.require(request), organization_of(request)
        found = self.find(request, object_id)
        back = self.address("change", found.pk)
        if request.method != "POST":
            return HttpResponseRedirect(back)

        def copy() -> str:
            draft = copy_of(found, request.office.today)
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
