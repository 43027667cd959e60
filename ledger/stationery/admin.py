"""Stationery in the back office: one page to change it, and a sample to look at."""

import base64

from django import forms
from django.contrib.admin import register
from django.http import HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import filesizeformat
from django.urls import path
from django.utils.html import format_html

from ledger.stationery.answers import FIELDS, TEXTS, seller_of, stationery_answer, stationery_of
from ledger.stationery.branding import branding_of, look_of
from ledger.stationery.designing import remove_logo, set_logo, update_stationery
from ledger.stationery.models import Stationery
from ledger.stationery.papers import paper_pdf
from ledger.stationery.placeholders import PLACEHOLDERS, fill
from ledger.stationery.samples import sample_paper
from organizations.backoffice.forms import VerbForm
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Button, Page, form_page, show
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.backoffice.site import site
from organizations.letters.dressing import dressed
from organizations.tenants.models import Organization

HELP = {
    "legal_name": "Empty: the organization's name.",
    "tax_number": "Empty: the organization's own.",
    "locale": "Language, dates and separators: en_US, en_GB, de_DE, fr_FR, es_ES, it_IT, nl_NL …",
    "accent_color": "Such as #1f4e79.",
    "payment_terms_days": "Days until a document is due.",
    "brand_name": "On letters and reports. Empty: what is above says.",
    "footer": "Up to three lines at the foot of each page.",
    "email_body": "Gaps: " + ", ".join(f"{{{name}}}" for name in PLACEHOLDERS),
}


class StationeryForm(VerbForm):
    """All of the stationery, and a file for the logo."""

    logo = forms.FileField(required=False, allow_empty_file=True, help_text="PNG or JPEG of at most 1 MiB.")

    def prepare(self):
        for name in FIELDS:
            column = Stationery._meta.get_field(name)
            options = {"required": not column.blank, "help_text": HELP.get(name, "")}
            if name == "payment_terms_days":
                field = forms.IntegerField(**options)
            elif name in (*TEXTS, "email_body"):
                field = forms.CharField(max_length=10_000, widget=forms.Textarea, **options)
            else:
                field = forms.CharField(max_length=column.max_length, **options)
            self.fields[name] = field

    def place(self, refusal):
        fields = refusal.details.get("fields", {})
        if "file" in fields:  # as the API calls it
            fields["logo"] = fields.pop("file")
        super().place(refusal)


def _taken_over(organization: Organization) -> list[tuple[str, str]]:
    """What of the branding comes from above."""
    branding = branding_of(organization)
    shown = {"name": branding.name, "color": branding.color, "logo": "a picture"}
    above = [name for name, whose in branding.sources.items() if whose not in (None, organization.pk)]
    return [(f"{name.capitalize()} from above", shown[name]) for name in above]


@register(Stationery, site=site)
class StationeryDesk(TenantDesk):
    """How documents look."""

    resource = "stationery"
    place = Place("Sales & purchases", 90, "Stationery", "brand_family")

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        own = [
            path("preview/", self.admin_site.admin_view(self.preview), name=f"{name}_preview"),
            path("letter/", self.admin_site.admin_view(self.letter), name=f"{name}_letter"),
            path("remove_logo/", self.admin_site.admin_view(self.take_logo_off), name=f"{name}_remove_logo"),
        ]
        return own + super().get_urls()

    def changelist_view(self, request, extra_context=None):
        """The one row there is, to change."""
        organization = organization_of(request)
        if not self.has_view_permission(request):
            self.require(request, "read")
        found = stationery_of(organization)
        page = self.record(request, found)
        if not self.has_change_permission(request):
            page.facts += [(Stationery._meta.get_field(name).verbose_name, getattr(found, name)) for name in FIELDS]
            return show(self.admin_site, request, page)
        back = self.address("changelist")
        page.form_title, page.back = "What documents say", ""

        def change(fields: dict) -> str:
            actor, file = self.require(request), fields.pop("logo")
            if file is not None:
                set_logo(actor=actor, organization=organization, content=file.read())
            update_stationery(actor=actor, organization=organization, changes=fields)
            return back

        initial = {name: getattr(found, name) for name in FIELDS}
        return form_page(self.admin_site, request, page, StationeryForm, change, initial=initial, done="Saved.")

    def change_view(self, request, object_id, form_url="", extra_context=None):
        self.find(request, object_id)
        return self.go("changelist")

    def record(self, request, obj) -> Page:
        logo, saved = stationery_answer(obj)["logo"], isinstance(obj.pk, int)
        page = Page(title="Stationery")
        page.buttons = [
            Button("PDF preview", self.address("preview"), icon="picture_as_pdf", variant="primary"),
            Button("Letter preview", self.address("letter"), icon="mail"),
        ]
        if logo:
            shown = format_html(
                '<img src="{}" alt="" style="max-width: min(240px, 100%); max-height: 90px"> {}',
                logo["url"],
                filesizeformat(logo["size"]),
            )
            page.facts = [("Logo", shown)]
            if self.has_change_permission(request):
                where = self.address("remove_logo")
                page.buttons.append(Button("Remove the logo", where, icon="hide_image", post=True))
        else:
            page.facts = [("Logo", "None yet.")]
        page.facts += _taken_over(obj.organization)
        if saved:
            page.buttons.append(Button("History", self.address("history", obj.pk), icon="history"))
        return page

    def preview(self, request):
        """A sample invoice on this stationery."""
        self.require(request, "read")
        organization = organization_of(request)
        paper = sample_paper(organization, stationery_of(organization), request.office.today)
        headers = {"Content-Disposition": 'inline; filename="sample.pdf"', "Cache-Control": "private, no-store"}
        return HttpResponse(paper_pdf(paper), content_type="application/pdf", headers=headers)

    def letter(self, request):
        """A sample letter as it looks in a mailbox."""
        self.require(request, "read")
        organization = organization_of(request)
        look, stationery = look_of(organization), stationery_of(organization)
        sender = seller_of(organization, stationery).name
        sample = {name: f"({name.replace('_', ' ')})" for name in PLACEHOLDERS} | {"organization": sender}
        subject, body = (fill(text, sample) for text in (stationery.email_subject, stationery.email_body))
        if look is None:
            return HttpResponse(body, content_type="text/plain; charset=utf-8")
        logo = f"data:{look.logo_type};base64,{base64.b64encode(look.logo).decode()}" if look.logo else ""
        policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'"
        page = dressed(look, subject=subject, body=body, sender=sender, logo_url=logo)
        return HttpResponse(page, headers={"Content-Security-Policy": policy, "Cache-Control": "private, no-store"})

    def take_logo_off(self, request):
        """Remove the logo."""
        actor, back = self.require(request), self.address("changelist")
        if request.method != "POST":
            return HttpResponseRedirect(back)

        def remove() -> None:
            remove_logo(actor=actor, organization=organization_of(request))

        return self.act(request, remove, back, "The logo was removed.")
