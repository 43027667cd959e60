"""Schedules in the back office: what is repeated, what comes, what ran, and buttons to run, rest and end."""

from urllib.parse import urlencode

from django.contrib.admin import register
from django.http import HttpResponse
from django.urls import reverse
from unfold.decorators import display

from ledger.invoicing import desks
from ledger.invoicing.models import PREFIXES, Document
from ledger.journal.page_parts import adds_to_transactions
from ledger.recurring.answers import execution_answers
from ledger.recurring.coming_pages import coming_table, rhythm_in_words
from ledger.recurring.executing import run_now
from ledger.recurring.execution_desks import made_of
from ledger.recurring.forms import ChangeForm, NewForm, ReasonForm, ResumeForm, RuleForm
from ledger.recurring.models import STATUSES, TYPES, Execution, Recurring
from ledger.recurring.scheduling import (
    cancel_recurring,
    create_recurring,
    delete_recurring,
    pause_recurring,
    resume_recurring,
    update_recurring,
)
from ledger.recurring.templates import template_of
from organizations import ids
from organizations.backoffice import showing
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Button, Page, Table, form_page, show
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.backoffice.site import site
from organizations.backoffice.words import ByWord

COMING, RAN = 6, 20
#: Prefix of what is repeated → what it is.
KINDS = {"TXN": "transaction", "INV": "invoice", "BIL": "bill"}


class ByStatus(ByWord):
    """Filter by whether it runs."""

    title = "status"
    parameter_name = "status"
    words = STATUSES


class ByType(ByWord):
    """Filter by what is repeated."""

    title = "type"
    parameter_name = "recurable_type"
    words = TYPES


def _kind(public_id: str) -> str:
    """What an id names; the verb says what is wrong with it where it names nothing."""
    return KINDS.get(public_id[:3].upper(), "transaction")


@register(Recurring, site=site)
class RecurringDesk(TenantDesk):
    """What is posted again and again."""

    resource = "recurring"
    place = Place("Books", 35, "Recurring", "event_repeat")
    list_display = ["shown_name", "recurable_type", "shown_rhythm", "shown_next", "shown_last", "executions_count",
                    "shown_status"]  # fmt: skip
    list_filter = [ByStatus, ByType]
    search_fields = ["name"]
    search_help_text = "Name contains this"
    ordering = ["-created_at", "-id"]
    sortable_by = []

    def has_add_permission(self, request):
        return self.has_change_permission(request)

    def page_urls(self):
        return [
            ("run", self.run),
            ("pause", self.pause),
            ("resume", self.resume),
            ("cancel", self.cancel),
            ("delete_schedule", self.remove),
        ]

    @display(description="Name")
    def shown_name(self, row):
        return row.name or row.revisions[-1]["template"].get("description", "")[:60] or str(row)

    @display(description="When")
    def shown_rhythm(self, row):
        return rhythm_in_words(row)

    @display(description="Next")
    def shown_next(self, row):
        return f"{row.next_execution or ''}"

    @display(description="Last run (UTC)")
    def shown_last(self, row):
        return showing.moment(row.last_execution)

    @display(description="Status")
    def shown_status(self, row):
        return showing.badge(row.status)

    def record(self, request, obj) -> Page:
        page = Page(title=self.shown_name(obj), crumbs=self.crumbs(), badge=showing.badge(obj.status))
        facts = [
            ("Repeats", obj.recurable_type),
            ("When", rhythm_in_words(obj)),
            ("First day", f"{obj.started_at}"),
            ("Next", f"{obj.next_execution or ''}"),
            ("Last day", f"{obj.ended_at or ''}"),
            ("Times", f"{obj.executions_count} of {obj.max_executions}" if obj.max_executions else ""),
            ("Ran", obj.executions_count),
            ("Last run (UTC)", showing.moment(obj.last_execution)),
            ("On weekends", obj.business_day if obj.business_day != "none" else ""),
            ("Missed days", obj.catch_up),
            ("Resting because", obj.pause_reason),
            ("Id", obj.public_id),
        ]
        page.facts = [(name, value) for name, value in facts if value not in ("", None)]
        page.tables = [coming_table("Coming", [obj] if obj.next_execution else [], COMING), self._ran(request, obj)]
        page.buttons = self._buttons(request, obj)
        return page

    def _ran(self, request, obj) -> Table:
        rows = list(Execution.objects.of(obj.organization_id).filter(recurring=obj).order_by("-number")[:RAN])
        cells = [
            [
                showing.link_to(Execution, row.pk, f"{row.number}"),
                f"{row.due_date}",
                showing.badge(answer["status"]),
                made_of(answer),
                answer["error_message"] or "",
            ]
            for row, answer in zip(rows, execution_answers(rows), strict=True)
        ]
        headers = ["No.", "Due", "Status", "Made", "Reason"]
        return Table("Ran", headers, cells, right=frozenset({0}), empty="It has not run yet.")

    def _buttons(self, request, obj) -> list[Button]:
        found = [Button("History", self.address("history", obj.pk), icon="history")]
        if not self.has_change_permission(request) or obj.status in ("completed", "cancelled"):
            return found
        if obj.status == "active":
            ask = "Make the next occurrence now?"
            url = self.address("run", obj.pk)
            found.insert(0, Button("Run now", url, icon="play_arrow", post=True, variant="primary", confirm=ask))
            found.append(Button("Pause", self.address("pause", obj.pk), icon="pause"))
        else:
            found.insert(0, Button("Resume", self.address("resume", obj.pk), icon="resume", variant="primary"))
        found.append(Button("Cancel", self.address("cancel", obj.pk), icon="block", variant="danger"))
        if not obj.executions_count and request.office.may("delete", self.resource):
            url, ask = self.address("delete_schedule", obj.pk), "Delete this schedule?"
            found.append(Button("Delete", url, icon="delete", post=True, variant="danger", confirm=ask))
        return found

    # -- Verbs -------------------------------------------------------------------------------------

    def _who(self, request, action: str = "write") -> dict:
        return {"actor": self.require(request, action), "organization": organization_of(request)}

    def add_view(self, request, form_url="", extra_context=None):
        who = self._who(request)
        page = Page(title="New schedule", crumbs=self.crumbs(), submit="Make it", back=self.address("changelist"))
        page.intro = "In texts of what is repeated, {period}, {month}, {year}, {date} and {n} tell the occurrence."

        def make(fields: dict) -> str:
            repeated = fields.pop("repeated").strip()
            row = create_recurring(**who, kind=_kind(repeated), fields=fields, repeated=repeated)
            return self.address("change", row.pk)

        initial = {"repeated": request.GET.get("repeat", "")[:20], "started_at": request.office.today}
        return form_page(self.admin_site, request, page, NewForm, make, initial=initial, done="The schedule is made.")

    def change_view(self, request, object_id, form_url="", extra_context=None):
        found = self.find(request, object_id)
        page = self.record(request, found)
        if not self.has_change_permission(request) or found.status in ("completed", "cancelled"):
            return show(self.admin_site, request, page)
        who = self._who(request)

        def change(fields: dict) -> str:
            repeated, first = fields.pop("repeated").strip(), fields.pop("effective_from")
            changes = {name: value for name, value in fields.items() if value != getattr(found, name)}
            if repeated:
                changes["template"] = template_of(who["organization"], found.recurable_type, repeated)
            if first:
                changes["effective_from"] = first
            update_recurring(**who, recurring_id=found.pk, changes=changes)
            return self.address("change", found.pk)

        initial = {name: getattr(found, name) for name in RuleForm.base_fields}
        return form_page(self.admin_site, request, page, ChangeForm, change, obj=found, initial=initial, done="Saved.")

    def run(self, request, object_id):
        """Run what is due, or the next occurrence."""
        who, found = self._who(request), self.find(request, object_id)
        back = self.address("change", found.pk)
        if request.method != "POST":
            return self.go("change", found.pk)

        def run() -> None:
            run_now(**who, recurring_id=found.pk)

        return self.act(request, run, back, "It ran: see what became of it below.")

    def pause(self, request, object_id):
        """Let it rest."""
        return self._ask(request, object_id, "Pause", ReasonForm, pause_recurring, "It rests.")

    def resume(self, request, object_id):
        """Go on."""
        return self._ask(request, object_id, "Resume", ResumeForm, resume_recurring, "It goes on.")

    def cancel(self, request, object_id):
        """End it for good."""
        return self._ask(request, object_id, "Cancel", ReasonForm, cancel_recurring, "It is over.", danger=True)

    def _ask(self, request, object_id, title: str, form, verb, done: str, *, danger: bool = False) -> HttpResponse:
        who, found = self._who(request), self.find(request, object_id)
        back = self.address("change", found.pk)
        crumbs = [*self.crumbs(), (self.shown_name(found), back)]
        page = Page(title=title, crumbs=crumbs, submit=title, back=back, danger=danger)

        def act(fields: dict) -> str:
            verb(**who, recurring_id=found.pk, **fields)
            return back

        return form_page(self.admin_site, request, page, form, act, obj=found, done=done)

    def remove(self, request, object_id):
        """Delete a schedule that never ran."""
        who, found = self._who(request, "delete"), self.find(request, object_id)
        if request.method != "POST":
            return self.go("change", found.pk)

        def delete() -> str:
            delete_recurring(**who, recurring_id=found.pk)
            return self.address("changelist")

        return self.act(request, delete, self.address("change", found.pk), "The schedule is deleted.")


def _repeat(public_id: str) -> Button:
    """A button that leads to a new schedule of something."""
    url = f"{reverse('admin:ledger_recurring_add')}?{urlencode({'repeat': public_id})}"
    return Button("Repeat", url, icon="event_repeat")


def _repeat_document(request, document: Document) -> list[Button]:
    may = request.office.may("write", "recurring")
    return [_repeat(document.public_id)] if may and PREFIXES[document.kind] in KINDS else []


adds_to_transactions(button=lambda transaction: _repeat(ids.encode("TXN", transaction.pk)))
desks.further_buttons.append(_repeat_document)
