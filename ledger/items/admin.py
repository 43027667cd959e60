"""Products and services in the back office."""

from decimal import Decimal

from django import forms
from django.contrib.admin import SimpleListFilter, register
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.db.models import Q
from django.http import HttpResponseRedirect
from unfold.decorators import display

from ledger.accounts.models import Account
from ledger.items.answers import price_answer
from ledger.items.models import Item, ItemTax
from ledger.items.offering import create_item, delete_item, update_item
from ledger.taxes.models import Tax
from organizations.backoffice import showing
from organizations.backoffice.forms import VerbForm, plain_amount
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Button, Page, form_page, show
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.backoffice.site import site
from organizations.backoffice.words import ByWord
from organizations.currencies.models import Currency

ACCOUNTS = {"revenue_account_id": "revenue_account", "expense_account_id": "expense_account"}
TAXES = {"sales_tax_ids": True, "purchase_tax_ids": False}
PRICES = ("sale_price", "purchase_price")


class ByState(ByWord):
    """Filter by whether it is offered."""

    title = "state"
    parameter_name = "is_active"
    words = ("active", "inactive")

    def queryset(self, request, queryset):
        return queryset.filter(is_active=self.value() == "active") if self.value() in self.words else queryset


class ByTax(SimpleListFilter):
    """Filter by a tax of its sales or purchases."""

    title = "tax"
    parameter_name = "tax"

    def lookups(self, request, model_admin):
        organization = request.office.organization
        rows = [] if organization is None else Tax.objects.of(organization).order_by("name", "pk")[:50]
        return [(str(tax.pk), str(tax)) for tax in rows]

    def queryset(self, request, queryset):
        text = self.value() or ""
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            return queryset
        having = ItemTax.objects.of(request.office.organization).filter(tax=int(text)).values("item")
        return queryset.filter(pk__in=having)


class ItemForm(VerbForm):
    """What an item says, and what it brings to lines."""

    name = forms.CharField(max_length=200)
    code = forms.CharField(max_length=50, required=False, help_text="A number or SKU, unique where given.")
    description = forms.CharField(max_length=2000, required=False, widget=forms.Textarea)
    unit = forms.CharField(max_length=20, required=False, help_text="Such as hour, kg or piece.")
    currency_id = forms.ChoiceField(choices=(), label="Currency")
    sale_price = forms.CharField(max_length=40, required=False, help_text="For one unit; up to eight decimals.")
    purchase_price = forms.CharField(max_length=40, required=False)
    revenue_account_id = forms.ModelChoiceField(queryset=None, required=False, label="Account of sales")
    expense_account_id = forms.ModelChoiceField(queryset=None, required=False, label="Account of purchases")
    sales_tax_ids = forms.ModelMultipleChoiceField(queryset=None, required=False, label="Taxes of sales")
    purchase_tax_ids = forms.ModelMultipleChoiceField(queryset=None, required=False, label="Taxes of purchases")
    is_active = forms.BooleanField(required=False, label="Active", initial=True)

    def prepare(self):
        organization = self.office.organization
        self.fields["currency_id"].choices = [
            (row.code, f"{row.code} {row.name}") for row in Currency.objects.order_by("code")
        ]
        for name, column in ACCOUNTS.items():
            self._choose(name, Account, AutocompleteSelect(Item._meta.get_field(column), site), organization)
        for name in TAXES:
            widget = AutocompleteSelectMultiple(ItemTax._meta.get_field("tax"), site)
            self._choose(name, Tax, widget, organization)

    def _choose(self, name, model, widget, organization) -> None:
        field = self.fields[name]
        field.queryset = model.objects.of(organization)
        widget.choices = field.choices
        field.widget = widget


def _in_order(taxes, had: list[int]) -> list[int]:
    """Taxes as chosen, in an order in which they can be charged: as before, then simple ones, then compound ones."""
    rows = sorted(taxes, key=lambda tax: (tax.is_compound, tax.name, tax.pk))
    kept = [number for number in had if number in {tax.pk for tax in rows}]
    return kept + [tax.pk for tax in rows if tax.pk not in kept]


def _typed(fields: dict, had: dict[str, list[int]]) -> dict:
    """Fields of a form as the verbs take them."""
    found = dict(fields)
    found["currency"] = found.pop("currency_id")
    for name in ACCOUNTS:
        found[name] = fields[name].pk if fields[name] else None
    for name in PRICES:
        found[name] = plain_amount(fields[name]) if fields[name].strip() else None
    for name in TAXES:
        found[name] = _in_order(fields[name], had.get(name, []))
    return found


@register(Item, site=site)
class ItemDesk(TenantDesk):
    """Products and services that lines of documents name."""

    resource = "items"
    place = Place("Sales & purchases", 50, "Items", "inventory_2")
    list_display = ["name", "code", "unit", "shown_sale", "shown_purchase", "shown_taxes", "shown_status"]
    list_filter = [ByState, ByTax]
    search_fields = ["name", "code", "description"]
    search_help_text = "Name, code or description contains this"
    ordering = ["name", "id"]
    sortable_by = []

    @property
    def media(self):
        return super().media + AutocompleteSelect(Item._meta.get_field("revenue_account"), site).media

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("taxes__tax")

    def has_add_permission(self, request):
        return self.has_change_permission(request)

    def page_urls(self):
        return [("delete_item", self.remove)]

    def search_everywhere(self, request, term: str) -> list[dict]:
        found = self.get_queryset(request).filter(Q(code__istartswith=term) | Q(name__icontains=term))[:8]
        return [{"title": str(each), "description": "Item", "link": self.address("change", each.pk)} for each in found]

    @display(description="Sold for")
    def shown_sale(self, item):
        return _priced(item.sale_price, item.currency_id)

    @display(description="Bought for")
    def shown_purchase(self, item):
        return _priced(item.purchase_price, item.currency_id)

    @display(description="Taxes of sales")
    def shown_taxes(self, item):
        return _names(item, True)

    @display(description="Status")
    def shown_status(self, item):
        return showing.badge("active" if item.is_active else "inactive")

    def record(self, request, obj) -> Page:
        page = Page(title=obj.name, crumbs=self.crumbs(), badge=self.shown_status(obj))
        page.facts = [("Id", obj.public_id), ("Made (UTC)", showing.moment(obj.created_at))]
        page.buttons = [Button("History", self.address("history", obj.pk), icon="history")]
        if request.office.may("delete", self.resource):
            url, ask = self.address("delete_item", obj.pk), f"Delete {obj}? Documents keep what it said."
            page.buttons.append(Button("Delete", url, icon="delete", post=True, variant="danger", confirm=ask))
        return page

    def change_view(self, request, object_id, form_url="", extra_context=None):
        item = self.find(request, object_id)
        page = self.record(request, item)
        if not self.has_change_permission(request):
            page.facts += [
                ("Code", item.code),
                ("Description", item.description),
                ("Unit", item.unit),
                ("Sold for", _priced(item.sale_price, item.currency_id)),
                ("Bought for", _priced(item.purchase_price, item.currency_id)),
                ("Account of sales", str(item.revenue_account or "")),
                ("Account of purchases", str(item.expense_account or "")),
                ("Taxes of sales", _names(item, True)),
                ("Taxes of purchases", _names(item, False)),
            ]
            return show(self.admin_site, request, page)
        had = {name: [row.tax_id for row in item.taxes.all() if row.is_sale is sale] for name, sale in TAXES.items()}

        def change(fields: dict) -> str:
            update_item(
                actor=self.require(request),
                organization=organization_of(request),
                item_id=item.pk,
                changes=_typed(fields, had),
            )
            return self.address("change", item.pk)

        names = ("name", "code", "description", "unit", "currency_id", "is_active", *ACCOUNTS)
        initial = {name: getattr(item, name) for name in names} | had
        initial |= {name: price_answer(getattr(item, name), item.currency_id) for name in PRICES}
        return form_page(self.admin_site, request, page, ItemForm, change, obj=item, initial=initial, done="Saved.")

    def add_view(self, request, form_url="", extra_context=None):
        actor, organization = self.require(request), organization_of(request)
        page = Page(title="New item", crumbs=self.crumbs(), submit="Make it", back=self.address("changelist"))

        def make(fields: dict) -> str:
            create_item(actor=actor, organization=organization, **_typed(fields, {}))
            return self.address("changelist")

        initial = {"currency_id": organization.base_currency_id, "is_active": True}
        return form_page(self.admin_site, request, page, ItemForm, make, initial=initial, done="The item was made.")

    def remove(self, request, object_id):
        """Delete an item."""
        actor, item = self.require(request, "delete"), self.find(request, object_id)
        back = self.address("change", item.pk)
        if request.method != "POST":
            return HttpResponseRedirect(back)

        def delete() -> str:
            delete_item(actor=actor, organization=organization_of(request), item_id=item.pk)
            return self.address("changelist")

        return self.act(request, delete, back, f"{item} was deleted.")


def _priced(price: Decimal | None, currency: str) -> str:
    return "" if price is None else f"{price_answer(price, currency):,} {currency}"


def _names(item: Item, is_sale: bool) -> str:
    return ", ".join(str(row.tax) for row in item.taxes.all() if row.is_sale is is_sale)
