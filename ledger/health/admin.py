"""The health of the books in the back office: what each examination found, and a button that examines now."""

from django.contrib.admin import register
from unfold.decorators import display

from ledger.balances.totals import totals
from ledger.health.api import SMALL
from ledger.health.examining import examine_and_keep
from ledger.health.models import STATUSES, Examination
from ledger.health.tasks import KIND
from organizations.backoffice import showing
from organizations.backoffice.forms import VerbForm
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Button, Page, Table, form_page
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.backoffice.site import site
from organizations.backoffice.words import ByWord
from organizations.jobs.models import Job
from organizations.jobs.running import queue
from organizations.jobs.tasks import start


class ByStatus(ByWord):
    """Filter by what an examination came to."""

    title = "status"
    parameter_name = "status"
    words = STATUSES


class Nothing(VerbForm):
    """There is nothing to fill in."""


@register(Examination, site=site)
class ExaminationDesk(TenantDesk):
    """Examinations of the books."""

    resource = "health"
    place = Place("Audit", 30, "Health", "monitor_heart")
    list_display = ["shown_moment", "shown_status", "occasion", "rules", "broken", "shown_duration"]
    list_filter = [ByStatus]
    ordering = ["-id"]
    sortable_by = []

    def has_change_permission(self, request, obj=None):
        return False

    def has_add_permission(self, request):
        return request.office.may("write", self.resource)

    def get_queryset(self, request):
        return super().get_queryset(request).defer("metadata")

    @display(description="Examined (UTC)")
    def shown_moment(self, examination):
        return showing.moment(examination.created_at)

    @display(description="Status")
    def shown_status(self, examination):
        return showing.badge(examination.status)

    @display(description="Took")
    def shown_duration(self, examination):
        return f"{examination.duration_ms:,} ms"

    def add_view(self, request, form_url="", extra_context=None):
        """Examine the books: at once where they are small, else as a job whose progress can be watched."""
        actor, organization = self.require(request), organization_of(request)
        small = sum(total.entries for total in totals(organization.pk).values()) <= SMALL
        page = Page(
            title="Examine the books",
            crumbs=self.crumbs(),
            intro="Every invariant is asked of the rows themselves. Nothing is changed."
            + ("" if small else " These books are large: it becomes a job."),
            submit="Examine now",
            back=self.address("changelist"),
        )

        def act(_):
            if small:
                kept = examine_and_keep(actor=actor, organization_id=organization.pk, occasion="request")
                return self.address("change", kept.pk)
            job = queue(actor=actor, organization_id=organization.pk, kind=KIND, payload={})
            start(job)
            return showing.address(Job, "change", job.pk)

        return form_page(self.admin_site, request, page, Nothing, act)

    def record(self, request, obj) -> Page:
        order = {"broken": 0, "unknown": 1, "healthy": 2}
        again = Button("Examine again", self.address("add"), "refresh")
        return Page(
            title=f"Examination of {showing.moment(obj.created_at)}",
            crumbs=self.crumbs(),
            badge=showing.badge(obj.status),
            buttons=[again] if self.has_add_permission(request) else [],
            facts=[
                ("Examined (UTC)", showing.moment(obj.created_at)),
                ("Occasion", obj.occasion),
                ("Took", self.shown_duration(obj)),
                ("Rules", obj.rules),
                ("Broken", obj.broken),
            ],
            tables=[
                Table(
                    title="Invariants",
                    headers=["State", "Invariant", "Meaning", "Checked", "Broken", "First offender", "What to do"],
                    rows=[
                        [
                            showing.badge(found["status"]),
                            found["name"],
                            found["meaning"],
                            "" if found["checked"] is None else f"{found['checked']:,}",
                            f"{found['broken']:,}" if found["broken"] else "",
                            found["first_offender"] or "",
                            "" if found["status"] == "healthy" else found["hint"],
                        ]
                        for found in sorted(obj.findings, key=lambda each: order[each["status"]])
                    ],
                    right=frozenset({3, 4}),
                )
            ],
        )
