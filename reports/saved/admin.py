"""Saved reports in the back office: what is made again and again, and who gets it."""

import json

from django import forms
from django.contrib.admin import register
from django.http import HttpResponseRedirect
from django.urls import reverse
from unfold.decorators import display

from organizations import clock
from organizations.backoffice import showing
from organizations.backoffice.forms import VerbForm
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Button, Page, form_page, show
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.backoffice.site import site
from organizations.backoffice.words import ByWord
from organizations.jobs.running import queue
from organizations.jobs.tasks import start
from reports.saved.keeping import delete_report, parameters_of, save_report, update_report
from reports.saved.models import FORMATS, FREQUENCIES, PERIODS, STATUSES, SavedReport
from reports.saved.running import REPORTS
from reports.saved.tasks import KIND


def _words(words) -> list[tuple[str, str]]:
    return [(word, word.replace("-", " ").replace("_", " ")) for word in words]


class ByStatus(ByWord):
    """Filter by status."""

    title = "status"
    parameter_name = "status"
    words = STATUSES


class SavedForm(VerbForm):
    """A saved report."""

    name = forms.CharField(max_length=100)
    report = forms.ChoiceField(choices=_words(REPORTS))
    period = forms.ChoiceField(choices=_words(PERIODS))
    format = forms.ChoiceField(choices=_words(FORMATS))
    parameters = forms.CharField(
        required=False, widget=forms.Textarea, help_text='Further ones as JSON texts, such as {"depth": "2"}.'
    )
    frequency = forms.ChoiceField(choices=_words(FREQUENCIES))
    recipients = forms.CharField(required=False, help_text="E-mail addresses, with commas between them.")
    status = forms.ChoiceField(choices=_words(STATUSES))

    def clean_parameters(self) -> dict[str, str]:
        text = self.cleaned_data["parameters"].strip() or "{}"
        try:
            found = json.loads(text)
        except ValueError as problem:
            raise forms.ValidationError("This is no JSON.") from problem
        if not isinstance(found, dict) or not all(isinstance(each, str) for each in found.values()):
            raise forms.ValidationError("Names with texts are needed.")
        return found

    def clean_recipients(self) -> list[str]:
        return [each.strip() for each in self.cleaned_data["recipients"].split(",") if each.strip()]


@register(SavedReport, site=site)
class SavedReportDesk(TenantDesk):
    """Reports that are made again and again."""

    resource = "reports"
    place = Place("Reports", 66, "Saved reports", "bookmark")
    list_display = ["name", "report", "frequency", "shown_next", "shown_status"]
    list_filter = [ByStatus]
    search_fields = ["name", "report"]
    ordering = ["name", "id"]
    sortable_by = []

    def has_add_permission(self, request):
        return self.has_change_permission(request)

    def page_urls(self):
        return [("delete_report", self.remove), ("run_report", self.run)]

    @display(description="Sent next")
    def shown_next(self, row):
        return "" if row.next_run is None else str(row.next_run)

    @display(description="Status")
    def shown_status(self, row):
        return showing.badge(row.status)

    def record(self, request, obj) -> Page:
        page = Page(title=obj.name, crumbs=self.crumbs(), badge=showing.badge(obj.status))
        last = "never" if obj.last_run_at is None else showing.moment(obj.last_run_at)
        page.facts = [("Sent last (UTC)", last), ("Sent next", self.shown_next(obj) or "never"), ("Id", obj.public_id)]
        page.buttons = [Button("History", self.address("history", obj.pk), icon="history")]
        if self.has_change_permission(request):
            run = Button("Run now", self.address("run_report", obj.pk), icon="play_arrow", post=True, variant="primary")
            page.buttons.insert(0, run)
            remove = self.address("delete_report", obj.pk)
            page.buttons.append(
                Button("Delete", remove, icon="delete", post=True, variant="danger", confirm=f"Delete {obj}?")
            )
        return page

    def change_view(self, request, object_id, form_url="", extra_context=None):
        row = self.find(request, object_id)
        page = self.record(request, row)
        if not self.has_change_permission(request):
            page.facts += [("Report", row.report), ("Sent to", ", ".join(row.recipients))]
            return show(self.admin_site, request, page)

        def change(fields: dict) -> str:
            if fields["frequency"] == row.frequency:
                del fields["frequency"]  # the next day stays
            update_report(**self._who(request), report_id=row.pk, changes=fields)
            return self.address("change", row.pk)

        initial = {name: getattr(row, name) for name in SavedForm.base_fields}
        initial |= {"parameters": json.dumps(row.parameters), "recipients": ", ".join(row.recipients)}
        return form_page(self.admin_site, request, page, SavedForm, change, obj=row, initial=initial, done="Saved.")

    def add_view(self, request, form_url="", extra_context=None):
        who = self._who(request)
        page = Page(title="Save a report", crumbs=self.crumbs(), submit="Save it", back=self.address("changelist"))

        def make(fields: dict) -> str:
            return self.address("change", save_report(**who, fields=fields).pk)

        return form_page(self.admin_site, request, page, SavedForm, make, done="The report was saved.")

    def run(self, request, object_id):
        """Make it now."""
        actor, row, organization = self.require(request), self.find(request, object_id), organization_of(request)
        back = self.address("change", row.pk)
        if request.method != "POST":
            return HttpResponseRedirect(back)

        def go() -> str:
            parameters = parameters_of(row, clock.today(organization.time_zone), as_file=False)
            payload = {"report": row.report, "parameters": parameters}
            job = queue(actor=actor, organization_id=organization.pk, kind=KIND, payload=payload)
            start(job)
            return reverse("admin:organizations_job_change", args=[job.pk])

        return self.act(request, go, back, "It is made in the background.")

    def remove(self, request, object_id):
        """Delete it."""
        actor, row = self.require(request, "delete"), self.find(request, object_id)
        back = self.address("change", row.pk)
        if request.method != "POST":
            return HttpResponseRedirect(back)

        def delete() -> str:
            delete_report(actor=actor, organization=organization_of(request), report_id=row.pk)
            return self.address("changelist")

        return self.act(request, delete, back, f"{row} was deleted.")

    def _who(self, request) -> dict:
        return {"actor": self.require(request), "organization": organization_of(request)}
