"""What ran, in the back office: the occurrences that were due, of all schedules."""

from django.contrib.admin import register
from unfold.decorators import display

from ledger.journal.models import Transaction
from ledger.openitems.links import link_to_id
from ledger.recurring.answers import execution_answers, reason_of
from ledger.recurring.executing import retry_execution
from ledger.recurring.models import OUTCOMES, Execution, Recurring
from organizations import ids
from organizations.backoffice import showing
from organizations.backoffice.days import DayRange
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Button, Page
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.backoffice.site import site
from organizations.backoffice.words import ByWord


class ByOutcome(ByWord):
    """Filter by what became of it."""

    title = "status"
    parameter_name = "status"
    words = OUTCOMES


class ByDueDay(DayRange):
    """Filter by the due date."""

    title = "due"
    parameter_name = "due_date"


@register(Execution, site=site)
class ExecutionDesk(TenantDesk):
    """Occurrences that were due, of all schedules."""

    resource = "recurring"
    place = Place("Books", 36, "Recurring: what ran", "history_toggle_off")
    list_display = ["shown_due", "shown_schedule", "number", "shown_made", "shown_reason", "shown_status"]
    list_filter = [ByOutcome, ByDueDay]
    list_select_related = ["recurring", "transaction"]
    ordering = ["-due_date", "-id"]
    sortable_by = []

    def page_urls(self):
        return [("retry", self.retry)]

    @display(description="Due")
    def shown_due(self, row):
        return f"{row.due_date}"

    @display(description="Schedule")
    def shown_schedule(self, row):
        return showing.link_to(Recurring, row.recurring_id, row.recurring.name or str(row.recurring))

    @display(description="Made")
    def shown_made(self, row):
        return made_of(self._answer(row))

    @display(description="Reason")
    def shown_reason(self, row):
        return (self._answer(row)["error_message"] or "")[:120]

    @display(description="Status")
    def shown_status(self, row):
        return showing.badge(self._answer(row)["status"])

    @staticmethod
    def _answer(row: Execution) -> dict:
        """As the API shows it, from what the list has read already."""
        mended = row.status == "failed" and row.transaction_id is not None and row.transaction.status == "posted"
        number = None if row.transaction_id is None else ids.encode("TXN", row.transaction_id)
        return {
            "status": "succeeded" if mended else row.status,
            "error_message": reason_of(row, mended=mended),
            "transaction_id": number,
            "document_id": row.document_id,
        }

    def record(self, request, obj) -> Page:
        (answer,) = execution_answers([obj])
        schedule = Recurring.objects.of(obj.organization_id).get(pk=obj.recurring_id)
        page = Page(title=f"No. {obj.number} of {obj.due_date}", crumbs=self.crumbs())
        page.badge = showing.badge(answer["status"])
        facts = [
            ("Schedule", showing.link_to(Recurring, schedule.pk, schedule.name or str(schedule))),
            ("Due", f"{obj.due_date}"),
            ("Made", made_of(answer)),
            ("Reason", answer["error_message"]),
            ("Error", answer["error_code"]),
            ("Attempts", obj.attempts),
            ("At (UTC)", showing.moment(obj.executed_at)),
            ("Id", obj.public_id),
        ]
        page.facts = [(name, value) for name, value in facts if value not in ("", None)]
        if answer["status"] == "failed" and self.has_change_permission(request):
            url = self.address("retry", obj.pk)
            page.buttons = [Button("Try again", url, icon="replay", post=True, variant="primary")]
        return page

    def retry(self, request, object_id):
        """Try a failed occurrence again."""
        actor, found = self.require(request), self.find(request, object_id)
        back = self.address("change", found.pk)
        if request.method != "POST":
            return self.go("change", found.pk)

        def again() -> None:
            retry_execution(
                actor=actor,
                organization=organization_of(request),
                recurring_id=found.recurring_id,
                execution_id=found.pk,
            )

        return self.act(request, again, back, "It is made now.")


def made_of(answer: dict):
    """A link to what an occurrence made."""
    if answer["document_id"]:
        return link_to_id(answer["document_id"])
    if answer["transaction_id"] is None:
        return ""
    return showing.link_to(Transaction, ids.decode("TXN", answer["transaction_id"]), answer["transaction_id"])
