"""Close packages in the back office: sealed in the background, and what the next version has otherwise."""

from django import forms
from django.contrib.admin import register
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import display

from organizations.backoffice import showing
from organizations.backoffice.forms import VerbForm
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Button, Page, Table, form_page, show
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.backoffice.site import site
from organizations.errors import Invalid
from organizations.jobs.running import queue
from organizations.jobs.tasks import start
from reports.packages.comparing import differences, turned
from reports.packages.models import ClosePackage
from reports.packages.sealing import before, is_genuine, read
from reports.packages.tasks import KIND

DIFFERENCES_SHOWN = 500


class SealForm(VerbForm):
    """The period that is sealed."""

    start_date = forms.DateField()
    end_date = forms.DateField()
    note = forms.CharField(required=False, max_length=2000, widget=forms.Textarea)


@register(ClosePackage, site=site)
class ClosePackageDesk(TenantDesk):
    """Periods as they were closed."""

    resource = "reports"
    place = Place("Reports", 65, "Close packages", "inventory_2")
    list_display = ["shown_period", "version", "note", "shown_made"]
    search_fields = ["note"]
    ordering = ["-created_at", "-id"]
    sortable_by = []

    def has_add_permission(self, request):
        return self.has_change_permission(request)

    def get_queryset(self, request):
        return super().get_queryset(request).defer("content")

    @display(description="Period")
    def shown_period(self, package):
        return f"{package.start_date} to {package.end_date}"

    @display(description="Sealed (UTC)")
    def shown_made(self, package):
        return showing.moment(package.created_at)

    def record(self, request, obj) -> Page:
        page = Page(title=str(obj), crumbs=self.crumbs())
        page.badge = showing.badge("genuine" if is_genuine(obj) else "altered")
        held, base = read(obj), request.office.base
        page.facts = [
            ("Sealed (UTC)", showing.moment(obj.created_at)),
            ("Assets", showing.money(held["balance_sheet"]["total_assets"], base)),
            ("Net income", showing.money(held["income_statement"]["net_income"], base)),
            ("Digest", format_html('<span class="co-code">{}</span>', obj.digest)),
            ("Id", obj.public_id),
            ("Note", obj.note),
        ]
        file = f"/organizations/{organization_of(request).public_id}/close-packages/{obj.public_id}"
        page.buttons = [
            Button("PDF", f"{file}/pdf", icon="download", variant="primary"),
            Button("JSON", file, icon="data_object"),
            Button("History", self.address("history", obj.pk), icon="history"),
        ]
        page.tables = [_checklist(held), *_differences(obj, held, base)]
        return page

    def change_view(self, request, object_id, form_url="", extra_context=None):
        return show(self.admin_site, request, self.record(request, self.find(request, object_id)))

    def add_view(self, request, form_url="", extra_context=None):
        actor, organization = self.require(request), organization_of(request)
        page = Page(title="Seal a period", crumbs=self.crumbs(), submit="Seal it", back=self.address("changelist"))
        page.intro = "All statements, reconciliations and the checklist, of one moment; what was sealed before stays."

        def seal(fields: dict) -> str:
            if fields["start_date"] > fields["end_date"]:
                raise Invalid(fields={"end_date": "Lies before the start."})
            payload = {name: fields[name].isoformat() for name in ("start_date", "end_date")}
            payload["note"] = fields["note"]
            job = queue(actor=actor, organization_id=organization.pk, kind=KIND, payload=payload)
            start(job)
            return reverse("admin:organizations_job_change", args=[job.pk])

        return form_page(self.admin_site, request, page, SealForm, seal, done="It is sealed in the background.")


def _checklist(held: dict) -> Table:
    rows = [[showing.badge(_state(item)), item["message"]] for item in held["checklist"]]
    return Table("Checklist", ["", "What"], rows)


def _state(item: dict) -> str:
    """In the words of closing a year."""
    return "ok" if item["ok"] else "may stand" if item["acceptable"] else "missing"


def _differences(package: ClosePackage, held: dict, base: str) -> list[Table]:
    other = before(package)
    if other is None:
        return []
    old = read(other)
    rows = [
        [each["statement"].replace("_", " "), each["name"], *(showing.figure(each[name], base)
         for name in ("before", "after", "difference"))]
        for each in differences(old, held)[:DIFFERENCES_SHOWN]
    ]  # fmt: skip
    rows += [["checklist", each["name"].replace("_", " "), str(each["before"]), str(each["after"]), ""]
             for each in turned(old, held)]  # fmt: skip
    headers = ["Statement", "What", f"Version {other.version}", f"Version {package.version}", "Difference"]
    return [Table("What changed", headers, rows, right=frozenset({2, 3, 4}), empty="Nothing.")]
