"""Contacts in the back office."""

from collections.abc import Callable

from django.contrib.admin import register
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import Q
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from unfold.decorators import display

from ledger.contacts.answers import contact_answers
from ledger.contacts.forms import ContactForm, MergeForm, initial_of, typed
from ledger.contacts.keeping import create_contact, delete_contact, update_contact
from ledger.contacts.merging import merge_contacts
from ledger.contacts.models import TYPES, Contact
from ledger.contacts.standing import OWED
from organizations import ids
from organizations.backoffice import showing
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Button, Page, Table, form_page, show
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.backoffice.site import site
from organizations.backoffice.words import ByWord

#: What chapters above show on the page of a contact: tables, and buttons.
further_tables: list[Callable[[HttpRequest, Contact], list[Table]]] = []
further_buttons: list[Callable[[HttpRequest, Contact], list[Button]]] = []


class ByType(ByWord):
    """Filter by type."""

    title = "type"
    parameter_name = "contact_type"
    words = TYPES


class ByState(ByWord):
    """Filter by whether new documents may name it."""

    title = "state"
    parameter_name = "enabled"
    words = ("enabled", "disabled", "merged")

    def queryset(self, request, queryset):
        if self.value() == "merged":
            return queryset.filter(merged_into__isnull=False)
        if self.value() in self.words:
            return queryset.filter(merged_into=None, enabled=self.value() == "enabled")
        return queryset


@register(Contact, site=site)
class ContactDesk(TenantDesk):
    """Customers, vendors, employees."""

    resource = "contacts"
    place = Place("Sales & purchases", 10, "Contacts", "contacts")
    list_display = ["name", "contact_type", "email", "city", "country", "reference", "shown_state"]
    list_filter = [ByType, ByState]
    search_fields = ["name", "email", "reference", "tax_number", "city"]
    search_help_text = "Name, e-mail, reference, tax number or city contains this"
    ordering = ["name", "id"]
    sortable_by = []

    @property
    def media(self):
        return super().media + AutocompleteSelect(Contact._meta.get_field("revenue_account"), site).media

    def has_add_permission(self, request):
        return self.has_change_permission(request)

    def page_urls(self):
        return [("merge", self.merge), ("delete_contact", self.remove)]

    def autocomplete_rows(self, rows):
        """What a form may choose: who was not merged."""
        return rows.filter(merged_into=None)

    def autocomplete_extra(self, contact) -> dict:
        more = contact.reference or contact.email
        return {"text": f"{contact.name} ({more})" if more else contact.name}

    def search_everywhere(self, request, term: str) -> list[dict]:
        rows = self.get_queryset(request).filter(Q(name__icontains=term) | Q(reference__istartswith=term))[:8]
        return [
            {"title": each.name, "description": each.contact_type, "link": self.address("change", each.pk)}
            for each in rows
        ]

    @display(description="State")
    def shown_state(self, contact):
        if contact.merged_into_id is not None:
            return showing.badge("merged")
        return showing.badge("enabled" if contact.enabled else "disabled")

    def record(self, request, obj) -> Page:
        organization = organization_of(request)
        (answer,) = contact_answers([obj], organization)
        page = Page(title=obj.name, crumbs=self.crumbs(), badge=self.shown_state(obj))
        page.template = "admin/ledger/contact.html"
        page.facts = _facts(obj, answer, organization.base_currency_id)
        page.tables = [_balances(answer, organization.base_currency_id)]
        page.tables += [table for tell in further_tables for table in tell(request, obj)]
        page.intro = " ".join(warning["message"] for warning in answer["warnings"])
        transactions = f"{reverse('admin:ledger_transaction_changelist')}?contact_id={obj.pk}"
        page.buttons = [
            *(button for offer in further_buttons for button in offer(request, obj)),
            Button("Transactions", transactions, icon="receipt_long"),
            Button("History", self.address("history", obj.pk), icon="history"),
        ]
        if self.has_change_permission(request) and obj.merged_into_id is None:
            page.buttons.append(Button("Merge", self.address("merge", obj.pk), icon="merge"))
        if request.office.may("delete", self.resource):
            url, ask = self.address("delete_contact", obj.pk), f"Delete {obj}?"
            page.buttons.append(Button("Delete", url, icon="delete", post=True, variant="danger", confirm=ask))
        return page

    def change_view(self, request, object_id, form_url="", extra_context=None):
        contact = self.find(request, object_id)
        page = self.record(request, contact)
        if not self.has_change_permission(request):
            names = ("email", "phone", "tax_number", "reference", "address", "zip_code", "city", "country")
            shown = [(name.replace("_", " ").capitalize(), getattr(contact, name)) for name in names]
            page.facts += [(title, value) for title, value in shown if value]
            return show(self.admin_site, request, page)

        def change(fields: dict) -> str:
            update_contact(
                actor=self.require(request),
                organization=organization_of(request),
                contact_id=contact.pk,
                changes=typed(fields),
            )
            return self.address("change", contact.pk)

        initial = initial_of(contact)
        return form_page(
            self.admin_site, request, page, ContactForm, change, obj=contact, initial=initial, done="Saved."
        )

    def add_view(self, request, form_url="", extra_context=None):
        actor, organization = self.require(request), organization_of(request)
        page = Page(title="New contact", crumbs=self.crumbs(), submit="Make it", back=self.address("changelist"))

        def make(fields: dict) -> str:
            made = create_contact(actor=actor, organization=organization, **typed(fields))
            return self.address("change", made.pk)

        initial = {"contact_type": "customer", "enabled": True}
        return form_page(
            self.admin_site, request, page, ContactForm, make, initial=initial, done="The contact was made."
        )

    def merge(self, request, object_id):
        """Merge a contact that was kept twice into the one that stays."""
        actor, contact = self.require(request), self.find(request, object_id)
        back = self.address("change", contact.pk)
        page = Page(title=f"Merge {contact.name} into another", crumbs=[*self.crumbs(), (contact.name, back)])
        page.submit, page.back, page.danger = "Merge", back, True
        page.intro = (
            "This contact is disabled for good and points to the one that stays. Nothing that was posted is rewritten:"
            " what names this contact counts for the other one from now on."
        )

        def act(fields: dict) -> str:
            survivor = merge_contacts(
                actor=actor,
                organization=organization_of(request),
                survivor=fields["survivor"].pk,
                duplicate=contact.pk,
                reason=fields["reason"],
            )
            return self.address("change", survivor.pk)

        done = f"{contact.name} was merged."
        return form_page(self.admin_site, request, page, MergeForm, act, obj=contact, done=done)

    def remove(self, request, object_id):
        """Delete a contact that nothing names."""
        actor, contact = self.require(request, "delete"), self.find(request, object_id)
        back = self.address("change", contact.pk)
        if request.method != "POST":
            return HttpResponseRedirect(back)

        def delete() -> str:
            delete_contact(actor=actor, organization=organization_of(request), contact_id=contact.pk)
            return self.address("changelist")

        return self.act(request, delete, back, f"{contact} was deleted.")


def _facts(contact: Contact, answer: dict, base: str) -> list[tuple]:
    word = "We owe" if contact.contact_type in OWED else "Owes us"
    facts = [
        (word, f"{showing.money(answer['balance'], base)} {base}"),
        ("Credit to use", f"{showing.money(answer['available_credit'], base)} {base}"),
        ("Type", contact.contact_type),
        ("Id", contact.public_id),
        ("Made (UTC)", showing.moment(contact.created_at)),
    ]
    if contact.merged_into_id is not None:
        facts.insert(0, ("Merged into", showing.link_to(Contact, contact.merged_into_id, answer["merged_into_id"])))
    for text in answer["merged_ids"]:
        facts.append(("Merged into this", showing.link_to(Contact, ids.decode("CON", text), text)))
    return facts


def _balances(answer: dict, base: str) -> Table:
    names = ("outstanding", "overdue", "credit")
    rows = [
        [side.capitalize(), *(showing.figure(answer["balances"][side][name], base) for name in names)]
        for side in ("receivable", "payable")
    ]
    headers = [f"Open in {base}", "Outstanding", "Of it overdue", "Credit"]
    return Table(title="Balances", headers=headers, rows=rows, right=frozenset({1, 2, 3}))
