"""Workers, queue and beat in the back office, for those who run the installation."""

from django.http import HttpResponse
from redis import RedisError

from organizations import scoping
from organizations.backoffice import showing
from organizations.backoffice.menus import OwnPage, Place
from organizations.backoffice.pages import Page, Table, show
from organizations.backoffice.site import site
from organizations.status import pulse


def background_page(request) -> HttpResponse:
    """Who is at work, what waits, and when each task of the schedule last ended."""
    page = Page(title="Background work")
    page.tables = [_backlog()]
    try:
        queue, beats = pulse.queue(), pulse.beats()
    except RedisError:
        page.intro = (
            "Redis cannot be reached: nothing is sent to a worker. What waits is in the database, and is not lost."
        )
        return show(site, request, page)
    found = pulse.workers()
    page.facts = [
        ("Workers that answer", f"{len(found)}"),
        ("Beat last sent (UTC)", showing.moment(max((beat.sent_at for beat in beats if beat.sent_at), default=None))),
        ("Messages that wait", f"{queue.waiting:,}"),
        ("Messages being worked on", f"{queue.taken:,}"),
    ]
    page.badge = showing.badge("ok" if found and not any(beat.state in pulse.TROUBLE for beat in beats) else "error")
    page.tables = [_workers(found), *page.tables, _beats(beats)]
    return show(site, request, page)


def _workers(found: list[pulse.Worker]) -> Table:
    rows = [
        [worker.name, f"{worker.processes}", ", ".join(worker.at_work) or "nothing", f"{worker.done:,}",
         _hours(worker.up_seconds)]
        for worker in found
    ]  # fmt: skip
    headers = ["Worker", "Processes", "At work on", "Tasks since start", "Up"]
    empty = "No worker answers. One is started by: celery --app config.celery worker"
    return Table("Workers", headers, rows, right=frozenset({1, 3, 4}), empty=empty)


def _backlog() -> Table:
    with scoping.reading(scoping.every_organization()):
        rows = [[title, f"{count():,}"] for title, count in sorted(pulse.backlog.items())]
    return Table("In the database, of all organizations", ["What waits", "How many"], rows, right=frozenset({1}))


def _beats(beats: list[pulse.Beat]) -> Table:
    rows = [
        [
            showing.badge(beat.state),
            beat.title,
            beat.rhythm,
            showing.moment(beat.sent_at),
            showing.moment(beat.ended_at),
            "" if beat.seconds is None else f"{beat.seconds:.2f}",
            beat.error,
        ]
        for beat in beats
    ]
    headers = ["State", "Task", "Rhythm", "Last sent (UTC)", "Last ended (UTC)", "Seconds", "It said"]
    return Table("What beat sends", headers, rows, right=frozenset({5}))


def _hours(seconds: int) -> str:
    return f"{seconds // 3600} h {seconds % 3600 // 60:02} min"


site.pages.append(
    OwnPage(
        "background", Place("Installation", 30, "Background work", "monitor_heart"), "system", background_page,
        superusers=True,
    )
)  # fmt: skip
