"""Long work in the back office: how far it is, and how it ended."""

from django.contrib.admin import register
from django.utils.html import format_html
from unfold.decorators import display

from organizations.backoffice import histories, showing
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Page
from organizations.backoffice.records import TenantDesk
from organizations.backoffice.site import site
from organizations.backoffice.words import ByWord
from organizations.jobs import progress
from organizations.jobs.models import STATUSES, Job


class ByStatus(ByWord):
    """Filter by how far the job is."""

    title = "status"
    parameter_name = "status"
    words = STATUSES


@register(Job, site=site)
class JobDesk(TenantDesk):
    """Imports and other work in the background."""

    resource = "jobs"
    place = Place("Audit", 20, "Jobs", "pending_actions")
    list_display = ["public_id", "kind", "shown_status", "shown_progress", "shown_created", "shown_finished"]
    list_filter = [ByStatus]
    ordering = ["-id"]
    sortable_by = []

    def has_change_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        return super().get_queryset(request).defer("file", "payload")

    @display(description="Status")
    def shown_status(self, job):
        return showing.badge(job.status)

    @display(description="Progress")
    def shown_progress(self, job):
        return bar(job)

    @display(description="Asked for (UTC)")
    def shown_created(self, job):
        return showing.moment(job.created_at)

    @display(description="Finished (UTC)")
    def shown_finished(self, job):
        return showing.moment(job.finished_at)

    def record(self, request, obj) -> Page:
        return Page(
            title=f"{obj.kind} {obj.public_id}",
            crumbs=self.crumbs(),
            badge=showing.badge(obj.status),
            facts=[
                ("Progress", bar(obj)),
                ("Asked for (UTC)", showing.moment(obj.created_at)),
                ("Started (UTC)", showing.moment(obj.started_at)),
                ("Finished (UTC)", showing.moment(obj.finished_at)),
                ("Result", format_html('<span class="co-mono">{}</span>', histories.plain(obj.result))),
                ("Error", format_html('<span class="co-mono">{}</span>', histories.plain(obj.error))),
            ],
        )


def bar(job: Job):
    """Steps done of steps in all, as a bar; the page looks again while the job runs."""
    done, total = progress.of(job)
    share = 100 if job.status == "succeeded" else 100 * done // total if total else 0
    return format_html(
        '<span class="co-bar" data-state="{}"><i style="width: {}%"></i></span><span class="co-muted">{}</span>',
        job.status,
        share,
        f"{done:,} of {total:,}" if total else "",
    )
