"""Cloning in the back office: a new organization that is set up like the chosen one."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from ledger.onboarding.cloning import FROM_THE_START, clone
from organizations.backoffice.forms import VerbForm
from organizations.backoffice.menus import OwnPage, Place
from organizations.backoffice.offices import CHOSEN, reachable
from organizations.backoffice.pages import Page, form_page
from organizations.backoffice.records import organization_of
from organizations.backoffice.site import site
from organizations.directory.admin import ACTS, Act
from organizations.directory.creating import create_child, may_make_children
from organizations.tenants.models import BILLING_TYPES, Organization


class CloneForm(VerbForm):
    """What the new organization has of its own."""

    name = forms.CharField(max_length=200)
    parent = forms.TypedChoiceField(choices=(), coerce=int, label="Stands below")
    relationship_type = forms.ChoiceField(
        choices=[("owned", "owned: consolidated, fully reached"), ("linked", "linked: isolated, only overseen")],
        label="Relationship",
    )
    billing_type = forms.ChoiceField(choices=[(each, each) for each in BILLING_TYPES], label="Billing")
    domain = forms.CharField(max_length=253, required=False)
    tax_number = forms.CharField(max_length=50, required=False)

    def prepare(self):
        self.fields["parent"].choices = [(each.pk, each.name) for each in self.obj]


def clone_page(request: HttpRequest) -> HttpResponse:
    """Make an organization with the chosen one's policies, chart, categories, taxes and papers."""
    source = organization_of(request)
    if not request.office.may("write", "organizations"):
        raise PermissionDenied("Your role does not allow this.")
    above = _above(request, source)
    page = Page(
        title=f"Set up another like {source.name}",
        crumbs=[(source.name, reverse("admin:organizations_organization_change", args=[source.pk]))],
        intro="It gets the same policies, chart of accounts, categories, taxes and looks of papers, and the same base "
        "currency; none of the books, contacts, people and keys.",
        submit="Make it",
        back=reverse("admin:organizations_organization_change", args=[source.pk]),
    )

    def make(fields: dict) -> str:
        parent = next(each for each in above if each.pk == fields.pop("parent"))
        fields |= {name: getattr(source, name) for name in FROM_THE_START}
        child = create_child(
            actor=request.office.actor, parent=parent, base_currency=source.base_currency, wishes={}, **fields
        )
        clone(actor=request.office.actor, source=source, child=child, key=None)
        request.session[CHOSEN] = child.pk
        return reverse("admin:organizations_organization_change", args=[child.pk])

    initial = {"relationship_type": source.relationship_type or "owned", "billing_type": source.billing_type}
    done = "The organization was made, and is the chosen one now."
    return form_page(site, request, page, CloneForm, make, obj=above, initial=initial, done=done)


def _above(request: HttpRequest, source: Organization) -> list[Organization]:
    """Where the new one may stand: beside the chosen one, or below it."""
    beside = reachable().filter(pk=source.parent_id).first()
    standing = (each for each in (beside, source) if each is not None and each.status == "active")
    return [each for each in standing if may_make_children(request.user, each)]


site.pages.append(
    OwnPage("clone", Place("Organization", 80, "Clone", "content_copy"), "organizations", clone_page, "write")
)
ACTS.append(Act(name="clone", title="Clone", icon="content_copy", resource="organizations", page="clone"))
