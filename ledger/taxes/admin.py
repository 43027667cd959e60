"""Taxes in the back office."""

from django import forms
from django.contrib.admin import register
from django.contrib.admin.widgets import AutocompleteSelect
from django.http import HttpResponseRedirect
from unfold.decorators import display

from ledger.accounts.models import Account
from ledger.taxes.enacting import create_tax, delete_tax, update_tax
from ledger.taxes.models import TAX_TYPES, TREATMENTS, Tax
from organizations.backoffice import showing
from organizations.backoffice.forms import VerbForm
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Button, Page, form_page, show
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.backoffice.site import site
from organizations.backoffice.words import ByWord
from organizations.money import plain_rate

TYPE_WORDS = {"sales_tax": "sales tax", "vat": "VAT", "excise": "excise", "other": "other"}
TREATMENT_WORDS = {name: name.replace("_", " ").replace("zero rated", "zero-rated") for name in TREATMENTS}
ACCOUNTS = {"account_id": "account", "purchase_account_id": "purchase_account"}


class ByType(ByWord):
    """Filter by type."""

    title = "type"
    parameter_name = "tax_type"
    words = TAX_TYPES

    def lookups(self, request, model_admin):
        return list(TYPE_WORDS.items())


class ByTreatment(ByWord):
    """Filter by treatment."""

    title = "treatment"
    parameter_name = "treatment"
    words = TREATMENTS

    def lookups(self, request, model_admin):
        return list(TREATMENT_WORDS.items())


class ByState(ByWord):
    """Filter by whether documents may take it."""

    title = "state"
    parameter_name = "is_active"
    words = ("active", "inactive")

    def queryset(self, request, queryset):
        return queryset.filter(is_active=self.value() == "active") if self.value() in self.words else queryset


class TaxForm(VerbForm):
    """What may be changed of a tax."""

    name = forms.CharField(max_length=100)
    account_id = forms.ModelChoiceField(
        queryset=None, required=False, label="Account", help_text="Of tax on sales. By default: tax payable."
    )
    purchase_account_id = forms.ModelChoiceField(
        queryset=None, required=False, label="Account of purchases", help_text="By default the one of sales."
    )
    effective_from = forms.DateField(required=False, label="First day")
    effective_to = forms.DateField(required=False, label="Last day")
    is_active = forms.BooleanField(required=False, label="Active", help_text="Documents may take it.", initial=True)

    def prepare(self):
        organization = self.office.organization
        rows = Account.objects.of(organization).filter(currency=organization.base_currency_id)
        for name, column in ACCOUNTS.items():
            field = self.fields[name]
            field.queryset = rows
            widget = AutocompleteSelect(Tax._meta.get_field(column), site)
            widget.choices = field.choices
            field.widget = widget


class NewTaxForm(TaxForm):
    """A new tax. What it is stays for life."""

    rate = forms.CharField(max_length=20, label="Rate in %", help_text="Such as 8.25; at most six decimals.")
    tax_type = forms.ChoiceField(choices=TYPE_WORDS.items(), label="Type")
    treatment = forms.ChoiceField(
        choices=TREATMENT_WORDS.items(), help_text="Under reverse charge it is worked out and not charged."
    )
    is_inclusive = forms.BooleanField(required=False, label="Contained in prices")
    is_compound = forms.BooleanField(
        required=False, label="Compound", help_text="Also counted on the taxes before it on the line."
    )
    is_recoverable = forms.BooleanField(
        required=False, label="Claimed back on purchases", help_text="Otherwise part of their cost.", initial=True
    )
    field_order = ["name", "rate", "tax_type", "treatment", "is_inclusive", "is_compound", "is_recoverable"]


def _typed(fields: dict) -> dict:
    """Fields of a form as the verb takes them."""
    keys = {name: fields[name].pk if fields[name] else None for name in ACCOUNTS}
    return fields | keys


@register(Tax, site=site)
class TaxDesk(TenantDesk):
    """Taxes that lines of documents are charged with."""

    resource = "taxes"
    place = Place("Sales & purchases", 60, "Taxes", "percent")
    list_display = ["name", "shown_rate", "shown_type", "shown_kind", "shown_days", "shown_status"]
    list_filter = [ByType, ByTreatment, ByState]
    search_fields = ["name"]
    search_help_text = "Name contains this"
    ordering = ["name", "id"]
    sortable_by = []

    @property
    def media(self):
        return super().media + AutocompleteSelect(Tax._meta.get_field("account"), site).media

    def has_add_permission(self, request):
        return self.has_change_permission(request)

    def page_urls(self):
        return [("delete_tax", self.remove)]

    def autocomplete_rows(self, rows):
        return rows.filter(is_active=True)

    def autocomplete_extra(self, tax) -> dict:
        return {"text": f"{tax} ({plain_rate(tax.rate):f} %)"}

    @display(description="Rate")
    def shown_rate(self, tax):
        return f"{plain_rate(tax.rate):f} %"

    @display(description="Type")
    def shown_type(self, tax):
        return TYPE_WORDS[tax.tax_type]

    @display(description="Kind")
    def shown_kind(self, tax):
        words = [] if tax.treatment == "standard" else [TREATMENT_WORDS[tax.treatment]]
        words += ["contained in prices"] if tax.is_inclusive else []
        words += ["compound"] if tax.is_compound else []
        words += [] if tax.is_recoverable else ["part of the cost"]
        return ", ".join(words)

    @display(description="In force")
    def shown_days(self, tax):
        if tax.effective_from is None and tax.effective_to is None:
            return "always"
        return f"{tax.effective_from or ''} – {tax.effective_to or ''}".strip()

    @display(description="Status")
    def shown_status(self, tax):
        return showing.badge("active" if tax.is_active else "inactive")

    def record(self, request, obj) -> Page:
        page = Page(title=obj.name, crumbs=self.crumbs(), badge=self.shown_status(obj))
        page.facts = [
            ("Rate", self.shown_rate(obj)),
            ("Type", self.shown_type(obj)),
            ("Kind", self.shown_kind(obj) or "charged on top, claimed back on purchases"),
            ("In force", self.shown_days(obj)),
            ("Id", obj.public_id),
            ("Made (UTC)", showing.moment(obj.created_at)),
        ]
        page.buttons = [Button("History", self.address("history", obj.pk), icon="history")]
        if request.office.may("delete", self.resource):
            url, ask = self.address("delete_tax", obj.pk), f"Delete {obj}?"
            page.buttons.append(Button("Delete", url, icon="delete", post=True, variant="danger", confirm=ask))
        return page

    def change_view(self, request, object_id, form_url="", extra_context=None):
        tax = self.find(request, object_id)
        page = self.record(request, tax)
        if not self.has_change_permission(request):
            for title, account in (("Account", tax.account), ("Account of purchases", tax.purchase_account)):
                page.facts.append((title, "by default" if account is None else str(account)))
            return show(self.admin_site, request, page)
        page.intro = "Rate and kind stay for life. When a rate changes, end this tax and make another."

        def change(fields: dict) -> str:
            update_tax(
                actor=self.require(request),
                organization=organization_of(request),
                tax_id=tax.pk,
                changes=_typed(fields),
            )
            return self.address("change", tax.pk)

        initial = {name: getattr(tax, name) for name in ("name", "effective_from", "effective_to", "is_active")}
        initial |= {name: getattr(tax, name) for name in ACCOUNTS}
        return form_page(self.admin_site, request, page, TaxForm, change, obj=tax, initial=initial, done="Saved.")

    def add_view(self, request, form_url="", extra_context=None):
        actor, organization = self.require(request), organization_of(request)
        page = Page(title="New tax", crumbs=self.crumbs(), submit="Make it", back=self.address("changelist"))
        page.intro = "Rate and kind are fixed for life: documents rest on them."

        def make(fields: dict) -> str:
            create_tax(actor=actor, organization=organization, **_typed(fields))
            return self.address("changelist")

        return form_page(self.admin_site, request, page, NewTaxForm, make, done="The tax was made.")

    def remove(self, request, object_id):
        """Delete a tax that nothing names."""
        actor, tax = self.require(request, "delete"), self.find(request, object_id)
        back = self.address("change", tax.pk)
        if request.method != "POST":
            return HttpResponseRedirect(back)

        def delete() -> str:
            delete_tax(actor=actor, organization=organization_of(request), tax_id=tax.pk)
            return self.address("changelist")

        return self.act(request, delete, back, f"{tax} was deleted.")
