"""What is seen of the background: what beat sent, what workers ended and how, and what waits.

A real beat and a real worker tell it in ``tests/config/test_run.py``.
"""

import datetime
import json
import os

import pytest
from celery import current_app
from celery.schedules import crontab
from redis import RedisError

from organizations import clock
from organizations.drafts.tasks import expire_drafts
from organizations.jobs import running
from organizations.requests.limits import client
from organizations.status import pulse
from organizations.users.models import User
from tests.backoffice.desks import Person
from tests.cast import open_books

TASK = "organizations.drafts.tasks.expire_drafts"


@pytest.fixture
def told(monkeypatch):
    """Nothing was told yet; what workers of other tests tell goes elsewhere."""
    names = [f"test:pulse:{os.getpid()}:{name}" for name in ("sent", "ended")]
    monkeypatch.setattr(pulse, "SENT", names[0])
    monkeypatch.setattr(pulse, "ENDED", names[1])
    client().delete(*names)
    yield
    client().delete(*names)


def tell(ago: datetime.timedelta, **more) -> None:
    """A worker ended the task some time ago."""
    what = {"at": (clock.now() - ago).isoformat(), "seconds": 0.25} | more
    client().hset(pulse.ENDED, TASK, json.dumps(what))


def beat() -> pulse.Beat:
    return next(beat for beat in pulse.beats() if beat.task == TASK)


def test_every_task_of_the_schedule_is_there_and_in_words(told):
    found = {beat.task: beat for beat in pulse.beats()}
    assert found.keys() == {entry["task"] for entry in current_app.conf.beat_schedule.values()}
    assert {beat.state for beat in found.values()} == {"unknown"}
    assert found[TASK].rhythm == "every hour"
    assert found["ledger.recurring.tasks.run_due_recurring"].rhythm == "every minute"
    assert found["organizations.webhooks.tasks.deliver_webhooks"].rhythm == "every 10 seconds"
    assert found["ledger.health.tasks.examine_due_ledgers"].rhythm == "minute 7 of hours 1-5 (UTC)"


@pytest.mark.parametrize(
    ("ago", "more", "state"),
    [
        (datetime.timedelta(minutes=50), {}, "ok"),
        (datetime.timedelta(minutes=62), {}, "ok"),
        (datetime.timedelta(minutes=64), {}, "late"),
        (datetime.timedelta(minutes=1), {"error": "OSError: no"}, "failed"),
    ],
)
def test_what_is_late_and_what_failed(told, ago, more, state):
    tell(ago, **more)
    assert beat().state == state
    assert (TASK in pulse.summary()["troubled_tasks"]) == (state != "ok")


def test_a_task_at_certain_hours_is_late_after_its_next(told):
    at_four = crontab(minute=7, hour="1-5")
    assert pulse._state(at_four, clock.now() - datetime.timedelta(days=2), {}) == "late"
    assert pulse._state(at_four, clock.now() - datetime.timedelta(seconds=1), {}) == "ok"


def test_a_worker_tells_how_it_ended(told, db):
    expire_drafts.apply()
    assert (beat().state, beat().error) == ("ok", "") and beat().seconds >= 0
    pulse._end(task=expire_drafts, state="FAILURE", retval=OSError("no such host"))
    assert (beat().state, beat().error) == ("failed", "OSError: no such host")
    pulse._send(sender=TASK)
    assert clock.now() - beat().sent_at < datetime.timedelta(minutes=1)


def test_the_page_is_for_those_who_run_the_installation(told, db):
    books = open_books("Watched Ltd")
    tell(datetime.timedelta(minutes=64))
    with books.acting():
        running.queue(actor=books.actor, organization_id=books.organization.pk, kind="import_journal", payload={})
    assert Person(books.owner, books).get("/admin/background/").status == 403
    assert "/admin/background/" not in Person(books.owner, books).get("/admin/").text
    root = User.objects.create_superuser(email="root@example.com", password="a long enough word")
    page = Person(root, books).get("/admin/background/")
    assert page.status == 200 and "/admin/background/" in page.text
    assert "Jobs queued 1" in page and "Letters to send 0" in page
    assert "late expire drafts that nobody decided every hour" in page
    assert "What beat sends" in page and "Workers that answer" in page


def test_without_redis_the_page_and_the_system_say_so(told, db, monkeypatch):
    books = open_books("Blind Ltd")
    shown = books.api.get("//system")
    assert shown["background"]["status"] == "unknown" and shown["background"]["queued"] >= 0

    def away(*_):
        raise RedisError("away")

    monkeypatch.setattr(pulse, "queue", away)
    assert (books.api.get("//system")["status"], books.api.get("//system")["background"]) == ("degraded", None)
    root = User.objects.create_superuser(email="root@example.com", password="a long enough word")
    assert "Redis cannot be reached" in Person(root, books).get("/admin/background/")
