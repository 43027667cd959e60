"""Categories in the back office."""

from django import forms
from django.contrib.admin import register
from django.http import HttpResponseRedirect
from django.urls import reverse
from unfold.decorators import display

from ledger.categories.models import STATUSES, TYPES, Category
from ledger.categories.naming import create_category, delete_category, update_category
from organizations.backoffice import showing
from organizations.backoffice.forms import VerbForm
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Button, Page, form_page, show
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.backoffice.site import site
from organizations.backoffice.words import ByWord

#: What a button does, and the status that it gives.
ACTIONS = {"activate": "active", "archive": "archived"}


class ByType(ByWord):
    """Filter by type."""

    title = "type"
    parameter_name = "type"
    words = TYPES


class ByStatus(ByWord):
    """Filter by status."""

    title = "status"
    parameter_name = "status"
    words = STATUSES


class CategoryForm(VerbForm):
    """What may be changed of a category."""

    name = forms.CharField(max_length=100)
    description = forms.CharField(max_length=2000, required=False, widget=forms.Textarea)


class NewCategoryForm(CategoryForm):
    """A new category. Its type is fixed for life."""

    type = forms.ChoiceField(choices=[("", "choose")] + [(kind, kind) for kind in TYPES])
    field_order = ["name", "type", "description"]


@register(Category, site=site)
class CategoryDesk(TenantDesk):
    """What transactions are about."""

    resource = "categories"
    place = Place("Books", 15, "Categories", "sell")
    list_display = ["name", "type", "shown_status", "description"]
    list_filter = [ByType, ByStatus]
    search_fields = ["name", "description"]
    search_help_text = "Name or description contains this"
    ordering = ["name", "id"]
    sortable_by = []

    def has_add_permission(self, request):
        return self.has_change_permission(request)

    def page_urls(self):
        return [("status", self.set_status), ("delete_category", self.remove)]

    @display(description="Status")
    def shown_status(self, category):
        return showing.badge(category.status)

    def record(self, request, obj) -> Page:
        transactions = f"{reverse('admin:ledger_transaction_changelist')}?category_id={obj.pk}"
        page = Page(title=obj.name, crumbs=self.crumbs(), badge=showing.badge(obj.status))
        page.facts = [("Type", obj.type), ("Id", obj.public_id), ("Made (UTC)", showing.moment(obj.created_at))]
        page.buttons = [
            Button("Transactions", transactions, icon="receipt_long", variant="primary"),
            Button("History", self.address("history", obj.pk), icon="history"),
        ]
        if self.has_change_permission(request):
            act, remove = self.address("status", obj.pk), self.address("delete_category", obj.pk)
            if obj.status == "active":
                page.buttons.append(Button("Archive", f"{act}?to=archive", icon="archive", post=True))
            else:
                page.buttons.append(Button("Activate", f"{act}?to=activate", icon="play_arrow", post=True))
            ask = f"Delete {obj}?"
            page.buttons.append(Button("Delete", remove, icon="delete", post=True, variant="danger", confirm=ask))
        return page

    def change_view(self, request, object_id, form_url="", extra_context=None):
        category = self.find(request, object_id)
        page = self.record(request, category)
        if not self.has_change_permission(request):
            page.facts.append(("Description", category.description))
            return show(self.admin_site, request, page)

        def change(fields: dict) -> str:
            update_category(
                actor=self.require(request),
                organization=organization_of(request),
                category_id=category.pk,
                changes=fields,
            )
            return self.address("change", category.pk)

        initial = {"name": category.name, "description": category.description}
        return form_page(
            self.admin_site, request, page, CategoryForm, change, obj=category, initial=initial, done="Saved."
        )

    def add_view(self, request, form_url="", extra_context=None):
        actor, organization = self.require(request), organization_of(request)
        page = Page(title="New category", crumbs=self.crumbs(), submit="Make it", back=self.address("changelist"))

        def make(fields: dict) -> str:
            create_category(actor=actor, organization=organization, **fields)
            return self.address("changelist")

        return form_page(self.admin_site, request, page, NewCategoryForm, make, done="The category was made.")

    def set_status(self, request, object_id):
        """Archive a category, or bring it back."""
        actor, category = self.require(request), self.find(request, object_id)
        status, back = ACTIONS.get(request.GET.get("to", "")), self.address("change", category.pk)
        if request.method != "POST" or status is None:
            return HttpResponseRedirect(back)

        def change() -> None:
            update_category(
                actor=actor,
                organization=organization_of(request),
                category_id=category.pk,
                changes={"status": status},
            )

        return self.act(request, change, back, f"{category} is {status} now.")

    def remove(self, request, object_id):
        """Delete a category that no transaction has."""
        actor, category = self.require(request, "delete"), self.find(request, object_id)
        back = self.address("change", category.pk)
        if request.method != "POST":
            return HttpResponseRedirect(back)

        def delete() -> str:
            delete_category(actor=actor, organization=organization_of(request), category_id=category.pk)
            return self.address("changelist")

        return self.act(request, delete, back, f"{category} was deleted.")
