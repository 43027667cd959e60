"""Long work in the back office: how far it is, and how it ended."""

from django.contrib.admin import register
from django.utils.html import format_html
from unfold.decorators import display

from organizations.backoffice import histories, showing
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Button, Page
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.backoffice.site import site
from organizations.backoffice.words import ByWord
from organizations.jobs import files, progress
from organizations.jobs.answers import expires_at
from organizations.jobs.cancelling import cancel
from organizations.jobs.models import FINISHED, STATUSES, Job
from organizations.status import pulse

pulse.backlog["Jobs queued"] = lambda: Job.objects.filter(status="queued").count()
pulse.backlog["Jobs at work"] = lambda: Job.objects.filter(status="running").count()


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

    def page_urls(self):
        return [("cancel", self.cancel), ("result", self.result)]

    def record(self, request, obj) -> Page:
        page = Page(title=f"{obj.kind} {obj.public_id}", crumbs=self.crumbs(), badge=showing.badge(obj.status))
        facts = [
            ("Progress", bar(obj)),
            ("Asked for (UTC)", showing.moment(obj.created_at)),
            ("Started (UTC)", showing.moment(obj.started_at)),
            ("Finished (UTC)", showing.moment(obj.finished_at)),
            ("Starts without coming further", obj.attempts if obj.attempts > 1 else ""),
            ("Result", folded(obj.result)),
            ("Result kept until (UTC)", showing.moment(expires_at(obj))),
            ("Error", (obj.error or {}).get("message", "")),
            ("All of the error", folded(obj.error)),
        ]
        page.facts = [(name, value) for name, value in facts if value not in ("", None)]
        page.buttons = self._buttons(request, obj)
        return page

    def _buttons(self, request, obj) -> list[Button]:
        found = [Button("History", self.address("history", obj.pk), icon="history")]
        if obj.status not in FINISHED:
            if request.office.may("write", self.resource):
                url, ask = self.address("cancel", obj.pk), "Stop it? What it has committed stands."
                title = "Cancelling …" if progress.is_cancelled(obj) else "Cancel"
                found.append(Button(title, url, icon="block", post=True, variant="danger", confirm=ask))
        elif obj.expired_at is None:
            result = self.address("result", obj.pk)
            if files.has_lines(obj):
                found.insert(0, Button("Results (CSV)", f"{result}?format=csv", icon="download"))
            found.insert(0, Button("Result (JSON)", result, icon="download"))
            if (obj.result or {}).get("download"):
                found.insert(0, Button("Download", obj.result["download"], icon="download", variant="primary"))
        return found

    def cancel(self, request, object_id):
        """Stop it, now or soon."""
        actor, found = self.require(request), self.find(request, object_id)
        if request.method != "POST":
            return self.go("change", found.pk)

        def stop() -> None:
            cancel(actor=actor, organization_id=found.organization_id, job_id=found.pk)

        return self.act(request, stop, self.address("change", found.pk), "It is told to stop.")

    def result(self, request, object_id):
        """The whole result as a file."""
        self.require(request, "read")
        found = self.find(request, object_id)
        if found.status not in FINISHED or found.expired_at is not None:
            return self.go("change", found.pk)
        wants_csv = request.GET.get("format") == "csv" and files.has_lines(found)
        return files.csv_file(organization_of(request), found) if wants_csv else files.json_file(found)


def folded(value) -> str:
    """A stored result behind its first words, to be opened; '' for none."""
    if not value:
        return ""
    text = histories.plain(value)
    if len(text) <= histories.LONGEST:
        return format_html('<span class="co-mono">{}</span>', text)
    return format_html(
        '<details><summary class="co-mono">{} …</summary><pre class="co-mono">{}</pre></details>',
        text[: histories.LONGEST // 2],
        histories.spread(value),
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
