"""What runs in the background, as it tells of itself: beat says what it sent, workers what they ended and how.

It is told through Redis, which may forget it and may be away: nothing but the page of it and ``/system`` reads it.
"""

import datetime
import json
import time
from collections.abc import Callable
from dataclasses import dataclass

import redis
from celery import current_app, signals
from celery.schedules import maybe_schedule
from kombu.exceptions import OperationalError

from organizations import clock
from organizations.requests.limits import client

SENT, ENDED = "crane:pulse:sent", "crane:pulse:ended"
QUEUE, TAKEN = "celery", "unacked"  # Celery's own names
#: How long the workers are given to answer.
PATIENCE_SECONDS = 0.7
#: So much after its time a task may come before it is called late: a busy worker is no dead one.
GRACE = datetime.timedelta(minutes=3)
LONGEST_ERROR = 300
TROUBLE = ("late", "failed")

#: Rows that wait for a worker, by title: the chapters count theirs, in all organizations that may be read.
backlog: dict[str, Callable[[], int]] = {}
_begun: dict[str, float] = {}


@dataclass(frozen=True, slots=True)
class Beat:
    """A task that beat sends again and again. ``state`` is ``ok``, ``late``, ``failed`` or ``unknown``."""

    title: str
    task: str
    rhythm: str
    sent_at: datetime.datetime | None
    ended_at: datetime.datetime | None
    seconds: float | None
    error: str
    state: str


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker that answers now."""

    name: str
    processes: int
    at_work: list[str]
    done: int
    up_seconds: int


@dataclass(frozen=True, slots=True)
class Queue:
    """Messages that wait for a worker, and those that one has taken and not ended."""

    waiting: int
    taken: int


def listen() -> None:
    """Have this process tell; called once, where the Celery application is made."""
    for signal in (signals.beat_init, signals.beat_embedded_init):
        signal.connect(_be_beat, weak=False)
    signals.task_prerun.connect(_begin, weak=False)
    signals.task_postrun.connect(_end, weak=False)


def beats() -> list[Beat]:
    """Every task of the schedule, by name. Raises redis.RedisError."""
    sent, ended = client().hgetall(SENT), client().hgetall(ENDED)
    found = []
    for title, entry in sorted(current_app.conf.beat_schedule.items()):
        last = json.loads(ended.get(entry["task"].encode(), "{}"))
        sent_at, ended_at = _instant(sent.get(entry["task"].encode())), _instant(last.get("at"))
        found.append(
            Beat(
                title=title,
                task=entry["task"],
                rhythm=_in_words(entry["schedule"]),
                sent_at=sent_at,
                ended_at=ended_at,
                seconds=last.get("seconds"),
                error=last.get("error", ""),
                state=_state(entry["schedule"], ended_at, last),
            )
        )
    return found


def workers() -> list[Worker]:
    """The workers that answer within a moment; none where the broker is away."""
    try:
        asking = current_app.control.inspect(timeout=PATIENCE_SECONDS)
        stats, active = asking.stats() or {}, asking.active() or {}
    except (OperationalError, redis.RedisError, OSError):
        return []
    return [
        Worker(
            name=name,
            processes=told.get("pool", {}).get("max-concurrency", 0),
            at_work=sorted(task["name"] for task in active.get(name, [])),
            done=sum(told.get("total", {}).values()),
            up_seconds=told.get("uptime", 0),
        )
        for name, told in sorted(stats.items())
    ]


def queue() -> Queue:
    """How much waits. Raises redis.RedisError."""
    return Queue(waiting=client().llen(QUEUE), taken=client().hlen(TAKEN))


def summary() -> dict:
    """In short, for ``/system``: one look, no worker is asked. Raises redis.RedisError."""
    found = beats()
    sent = [beat.sent_at for beat in found if beat.sent_at]
    ended = [beat.ended_at for beat in found if beat.ended_at]
    troubled = sorted(beat.task for beat in found if beat.state in TROUBLE)
    return {
        "status": "degraded" if troubled else "ok" if ended else "unknown",
        "queued": queue().waiting,
        "beat_last_sent_at": max(sent, default=None),
        "worker_last_ended_at": max(ended, default=None),
        "troubled_tasks": troubled,
    }


# --- What is told -----------------------------------------------------------------------------------------------------


def _be_beat(**_) -> None:
    signals.before_task_publish.connect(_send, weak=False)


def _send(sender: str = "", **_) -> None:
    """Beat hands a task to the queue."""
    _tell(SENT, sender, clock.now().isoformat())


def _begin(task_id: str = "", **_) -> None:
    _begun[task_id] = time.monotonic()


def _end(task_id: str = "", task=None, state: str | None = None, retval=None, **_) -> None:
    """A worker has ended a task, well or not."""
    seconds = round(time.monotonic() - _begun.pop(task_id, time.monotonic()), 3)
    told = {"at": clock.now().isoformat(), "seconds": seconds}
    if state != "SUCCESS":
        told["error"] = f"{type(retval).__name__}: {retval}"[:LONGEST_ERROR]
    _tell(ENDED, task.name, json.dumps(told))


def _tell(where: str, name: str, what: str) -> None:
    try:
        client().hset(where, name, what)
    except redis.RedisError:
        return  # nobody watches, the work goes on


# --- What is read -----------------------------------------------------------------------------------------------------


def _state(schedule, ended_at: datetime.datetime | None, last: dict) -> str:
    if ended_at is None:
        return "unknown"
    if "error" in last:
        return "failed"
    return "late" if maybe_schedule(schedule).remaining_estimate(ended_at) < -GRACE else "ok"


def _in_words(schedule) -> str:
    if isinstance(schedule, int | float):
        for seconds, unit in ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
            if schedule % seconds == 0:
                count = int(schedule // seconds)
                return f"every {unit}" if count == 1 else f"every {count} {unit}s"
    return f"minute {schedule._orig_minute} of hours {schedule._orig_hour} (UTC)"


def _instant(text: bytes | str | None) -> datetime.datetime | None:
    if not text:
        return None
    return datetime.datetime.fromisoformat(text.decode() if isinstance(text, bytes) else text)
