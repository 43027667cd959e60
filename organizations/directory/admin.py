"""Organizations in the back office: the record, its policies, and new children."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from zoneinfo import available_timezones

from django import forms
from django.contrib.admin import SimpleListFilter, register
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import reverse
from unfold.decorators import display

from organizations.actors import Actor
from organizations.backoffice import showing
from organizations.backoffice.forms import VerbForm
from organizations.backoffice.histories import history_of
from organizations.backoffice.menus import Place
from organizations.backoffice.offices import CHOSEN, reachable
from organizations.backoffice.pages import Button, Page, form_page, show
from organizations.backoffice.records import Desk, organization_of
from organizations.backoffice.site import site
from organizations.currencies.models import Currency
from organizations.directory.archiving import set_status
from organizations.directory.creating import create_child, currency_of
from organizations.directory.furnishing import choices_of
from organizations.directory.updating import update_organization
from organizations.tenants.models import BILLING_TYPES, OLDEST_RATE, RELATIONSHIP_TYPES, Organization

MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October"]
MONTH_CHOICES = list(enumerate([*MONTHS, "November", "December"], start=1))
CHANGEABLE = (
    "name",
    "domain",
    "tax_number",
    "fiscal_year_start",
    "time_zone",
    "books_closed_through",
    "require_draft_approval",
    "strict_account_codes",
    "tax_rounding",
    "require_contact_on_control_accounts",
    "exchange_rate_max_age_days",
    "cors_origins",
)


@dataclass(frozen=True, slots=True)
class Act:
    """What another chapter does with an organization: a button of its page, and the verb or the page behind it.

    ``verb`` gives the address to go on to.
    """

    name: str
    title: str
    icon: str
    resource: str
    verb: Callable[[Actor, Organization], str] | None = None
    done: str = ""
    page: str = ""


#: Named by the chapters that do it.
ACTS: list[Act] = []


def _same(names) -> list[tuple[str, str]]:
    return [(name, name) for name in names]


def _month(value: str) -> int:
    return int(value)


class OrganizationForm(VerbForm):
    """The record and its policies."""

    name = forms.CharField(max_length=200)
    domain = forms.CharField(max_length=253, required=False)
    tax_number = forms.CharField(max_length=50, required=False)
    fiscal_year_start = forms.TypedChoiceField(choices=MONTH_CHOICES, coerce=_month, label="Fiscal year begins in")
    time_zone = forms.ChoiceField(choices=())
    books_closed_through = forms.DateField(
        required=False, help_text="Nothing is posted on or before this day. Closing waits for postings in flight."
    )
    require_draft_approval = forms.BooleanField(required=False, label="Drafts need approval")
    strict_account_codes = forms.BooleanField(
        required=False,
        label="Account codes must fit their type",
        help_text="1 assets, 2 liabilities, 3 equity, 4 revenue, 5 expenses.",
    )
    tax_rounding = forms.ChoiceField(
        choices=[("line", "line by line"), ("document", "once per document and tax")], label="Taxes are rounded"
    )
    require_contact_on_control_accounts = forms.BooleanField(
        required=False, label="Entries on receivable and payable accounts need a contact"
    )
    exchange_rate_max_age_days = forms.IntegerField(
        min_value=0,
        max_value=OLDEST_RATE,
        label="Exchange rates serve for days",
        help_text="How many days old a rate may be when the books use it.",
    )

    cors_origins = forms.CharField(
        required=False,
        label="Web pages that may call the API",
        widget=forms.Textarea,
        help_text="Their origins, such as https://portal.example.com, one on a line. Of a test organization also "
        "http://localhost:3000, or http://localhost:* for every port.",
    )

    def clean_cors_origins(self) -> list[str]:
        return self.cleaned_data["cors_origins"].split()

    def prepare(self):
        self.fields["time_zone"].choices = _same(sorted(available_timezones()))


class StatusForm(VerbForm):
    """Why an organization is archived or restored."""

    reason = forms.CharField(required=False, max_length=2000, widget=forms.Textarea, help_text="For the history.")


class ChildForm(VerbForm):
    """A new organization below this one."""

    name = forms.CharField(max_length=200)
    base_currency = forms.ChoiceField(choices=())
    relationship_type = forms.ChoiceField(
        choices=[("owned", "owned: consolidated, fully reached"), ("linked", "linked: isolated, only overseen")],
        label="Relationship",
    )
    billing_type = forms.ChoiceField(choices=_same(BILLING_TYPES), label="Billing")
    fiscal_year_start = forms.TypedChoiceField(choices=MONTH_CHOICES, coerce=_month, label="Fiscal year begins in")
    chart_template = forms.ChoiceField(choices=(), required=False, label="Chart of accounts")

    def prepare(self):
        self.fields["base_currency"].choices = [
            (row.code, f"{row.code} {row.name}") for row in Currency.objects.order_by("code")
        ]
        self.fields["chart_template"].choices = [("", "none"), *choices_of("chart_template")]


class ByRelationship(SimpleListFilter):
    """Filter by the relationship to the parent."""

    title = "relationship"
    parameter_name = "relationship_type"

    def lookups(self, request, model_admin):
        return [("root", "master"), *_same(RELATIONSHIP_TYPES)]

    def queryset(self, request, queryset):
        match self.value():
            case None:
                return queryset
            case "root":
                return queryset.filter(parent=None)
            case other:
                return queryset.filter(relationship_type=other)


def _owned(organization: Organization) -> str:
    """How much of it is the parent's, and since when where days are said."""
    if not organization.ownership:
        return "" if organization.ownership_percentage is None else f"{organization.ownership_percentage.normalize():f}"
    return ", ".join(f"{row['percentage']} from {row['effective_date']}" for row in organization.ownership)


@register(Organization, site=site)
class OrganizationDesk(Desk):
    """The organizations that the user may enter. One is changed while it is the chosen one."""

    resource = "organizations"
    place = Place("Organization", 10, "Organizations", "domain")
    list_display = ["name", "shown_parent", "shown_relationship", "shown_currency", "shown_mode", "shown_status"]
    list_filter = [ByRelationship]
    search_fields = ["name", "domain", "tax_number"]
    ordering = ["name", "id"]
    sortable_by = ["name"]

    def get_queryset(self, request):
        return reachable().order_by(*self.get_ordering(request))

    def has_add_permission(self, request):
        return self.has_change_permission(request)

    def get_changelist_instance(self, request):
        """The parents' names of one page in one query; a parent out of reach stays unnamed."""
        changes = super().get_changelist_instance(request)
        changes.result_list = list(changes.result_list)
        parents = reachable().in_bulk({row.parent_id for row in changes.result_list} - {None})
        for row in changes.result_list:
            row.parent_name = parents[row.parent_id].name if row.parent_id in parents else ""
        return changes

    @display(description="Parent")
    def shown_parent(self, organization):
        return organization.parent_name

    @display(description="Relationship")
    def shown_relationship(self, organization):
        return organization.relationship_type or "master"

    @display(description="Base currency")
    def shown_currency(self, organization):
        return organization.base_currency_id

    @display(description="Mode")
    def shown_mode(self, organization):
        return showing.badge(organization.mode)

    @display(description="Status")
    def shown_status(self, organization):
        return showing.badge(organization.status)

    def record(self, request, obj) -> Page:
        page = Page(
            title=obj.name,
            crumbs=self.crumbs(),
            badge=showing.badge(obj.status),
            facts=[
                ("Id", obj.public_id),
                ("Base currency", obj.base_currency_id),
                ("Mode", obj.mode),
                ("Relationship", obj.relationship_type or "master"),
                ("Billing", obj.billing_type),
                ("Owned by the parent, %", _owned(obj)),
                ("Made (UTC)", showing.moment(obj.created_at)),
                ("Changed (UTC)", showing.moment(obj.updated_at)),
            ],
            buttons=[Button("History", self.address("history", obj.pk), icon="history")],
        )
        if self.has_change_permission(request):
            page.buttons.append(Button("New child", self.address("add"), icon="add"))
        if self.may_set_status(request):
            title = "Archive" if obj.status == "active" else "Restore"
            page.buttons.append(Button(title, self.address("status", obj.pk), icon="inventory_2"))
        page.buttons += [
            Button(
                act.title,
                reverse(f"admin:{act.page}") if act.page else self.address(act.name, obj.pk),
                icon=act.icon,
                post=not act.page,
            )
            for act in ACTS
            if request.office.may("write", act.resource)
        ]
        return page

    def may_set_status(self, request) -> bool:
        """Whether the user archives and restores: the one change of what is archived."""
        return request.office.may("write", self.resource, resting=True)

    def page_urls(self):
        acts = [(act.name, partial(self.further, act)) for act in ACTS if act.verb is not None]
        return [("status", self.status), *acts]

    def status(self, request, object_id):
        """Archives the chosen organization, or restores it."""
        found = self.find(request, object_id)
        back = self.address("change", found.pk)
        if not self.may_set_status(request):
            raise PermissionDenied("Your role does not allow this.")
        if found != request.office.organization:
            return HttpResponseRedirect(back)
        archiving = found.status == "active"
        page = Page(
            title=f"{'Archive' if archiving else 'Restore'} {found.name}",
            crumbs=[*self.crumbs(), (found.name, back)],
            intro="It can be read and exported; nothing is written in it, and nothing runs there by itself."
            if archiving
            else "It is written in again, and its schedules catch up as each of them says.",
            submit="Archive" if archiving else "Restore",
            back=back,
        )

        def become(fields: dict) -> str:
            status = "archived" if archiving else "active"
            set_status(actor=request.office.actor, organization=found, status=status, **fields)
            return back

        done = f"{found.name} is {'archived' if archiving else 'active again'}."
        return form_page(self.admin_site, request, page, StatusForm, become, obj=found, done=done)

    def further(self, act: Act, request, object_id):
        """What another chapter does with the chosen organization."""
        if not request.office.may("write", act.resource):
            raise PermissionDenied("Your role does not allow this.")
        found = self.find(request, object_id)
        back = self.address("change", found.pk)
        if request.method != "POST" or found != request.office.organization:
            return HttpResponseRedirect(back)
        return self.act(request, partial(act.verb, request.office.actor, found), back, act.done)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        found = self.find(request, object_id)
        if found != request.office.organization:
            return self._enter(request, found)
        page = self.record(request, found)
        if not self.has_change_permission(request):
            page.facts += [(name.replace("_", " ").capitalize(), getattr(found, name)) for name in CHANGEABLE]
            return show(self.admin_site, request, page)
        page.form_title = "Record and policies"

        def change(fields: dict) -> str:
            changes = {name: value for name, value in fields.items() if value != getattr(found, name)}
            update_organization(actor=self.require(request), organization=found, changes=changes)
            return self.address("change", found.pk)

        initial = {name: getattr(found, name) for name in CHANGEABLE}
        initial["cors_origins"] = "\n".join(found.cors_origins)
        return form_page(
            self.admin_site, request, page, OrganizationForm, change, obj=found, initial=initial, done="Saved."
        )

    def _enter(self, request, found: Organization):
        """A page that offers to enter another organization; entering is a POST of the header's own form."""
        page = Page(
            title=found.name,
            crumbs=self.crumbs(),
            intro="Another organization is chosen at the moment. Enter this one in the header, or by its button here.",
            facts=[("Id", found.public_id), ("Base currency", found.base_currency_id), ("Status", found.status)],
            extra={"enter": found},
            template="admin/backoffice/enter.html",
        )
        return show(self.admin_site, request, page)

    def add_view(self, request, form_url="", extra_context=None):
        actor, parent = self.require(request), organization_of(request)
        page = Page(
            title="New organization",
            crumbs=self.crumbs(),
            intro=f"It will stand below {parent.name}, and you will be its owner.",
            submit="Make it",
            back=self.address("changelist"),
        )

        def make(fields: dict) -> str:
            child = create_child(
                actor=actor,
                parent=parent,
                wishes={"chart_template": fields.pop("chart_template") or None},
                **{**fields, "base_currency": currency_of(fields["base_currency"])},
            )
            request.session[CHOSEN] = child.pk
            return self.address("change", child.pk)

        initial = {
            "base_currency": parent.base_currency_id,
            "relationship_type": "owned",
            "billing_type": "shared",
            "fiscal_year_start": parent.fiscal_year_start,
        }
        return form_page(
            self.admin_site, request, page, ChildForm, make, initial=initial, done="The organization was made."
        )

    def history_view(self, request, object_id, extra_context=None):
        found = self.find(request, object_id)
        if found != request.office.organization:
            return HttpResponseRedirect(self.address("change", found.pk))
        return show(self.admin_site, request, history_of(request, found, self))
