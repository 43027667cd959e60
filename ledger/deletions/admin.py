"""Deletion in the back office: asked for by typing the name, called off by a button; and what is left of those gone."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html

from ledger.deletions.answers import due_at
from ledger.deletions.asking import ask_deletion, cancel_deletion, deletion_of
from ledger.deletions.models import DeletionCertificate
from organizations.backoffice import showing
from organizations.backoffice.forms import VerbForm
from organizations.backoffice.menus import OwnPage, Place
from organizations.backoffice.pages import Page, Table, form_page, show
from organizations.backoffice.records import organization_of
from organizations.backoffice.site import site
from organizations.directory.admin import ACTS, Act

CERTIFICATES_SHOWN = 50


class AskForm(VerbForm):
    """What is typed before an organization is deleted."""

    confirm_name = forms.CharField(max_length=200, label="Its name, letter by letter")
    reason = forms.CharField(required=False, max_length=2000, widget=forms.Textarea)


class CancelForm(VerbForm):
    """Nothing is typed to call it off."""


def deletion_page(request: HttpRequest) -> HttpResponse:
    """The deletion of the chosen organization, and the certificates of those that stood below it."""
    organization, deletion = organization_of(request), deletion_of(organization_of(request))
    page = Page(title="Deletion", crumbs=[(organization.name, _address(organization))], back=_address(organization))
    page.tables = [_certificates()]
    if deletion is None:
        page.intro = "Nobody has asked for the deletion of this organization."
    else:
        page.badge = showing.badge("pending")
        page.facts = [
            ("Asked for (UTC)", showing.moment(deletion.created_at)),
            ("Deleted for good (UTC)", showing.moment(due_at(deletion))),
            ("Reason", deletion.reason),
        ]
    if not request.office.may("write", "deletion"):
        return show(site, request, page)
    if deletion is not None:
        page.form_title, page.submit = "Call it off", "Keep the organization"

        def cancel(fields: dict) -> str:
            cancel_deletion(actor=request.office.actor, organization=organization)
            return _address(organization)

        done = "It is not deleted. It stays archived until its status is changed."
        return form_page(site, request, page, CancelForm, cancel, done=done)
    page.form_title, page.submit, page.danger = "Delete this organization", "Archive now, delete later", True
    page.intro = (
        "It is archived at once, and some days later all that is its own is deleted for good. Export it before."
    )

    def ask(fields: dict) -> str:
        ask_deletion(actor=request.office.actor, organization=organization, **fields)
        return reverse("admin:deletion")

    return form_page(site, request, page, AskForm, ask, done="It will be deleted. Until then you can call it off.")


def _address(organization) -> str:
    return reverse("admin:organizations_organization_change", args=[organization.pk])


def _certificates() -> Table:
    rows = [
        [
            showing.moment(each.deleted_at),
            each.name,
            each.public_id,
            f"{sum(each.counts.values()):,}",
            format_html('<span class="co-code">{}</span>', each.digest),
        ]
        for each in DeletionCertificate.objects.all()[:CERTIFICATES_SHOWN]
    ]
    headers = ["Deleted (UTC)", "Organization", "Certificate", "Rows", "SHA-256"]
    return Table("Certificates of deleted organizations", headers, rows, right=frozenset({3}), empty="None.")


site.pages.append(
    OwnPage("deletion", Place("Organization", 90, "Deletion", "delete_forever"), "deletion", deletion_page)
)
ACTS.append(Act(name="deletion", title="Deletion", icon="delete_forever", resource="deletion", page="deletion"))
