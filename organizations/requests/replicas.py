"""Reports from a replica, which never say less than the primary would.

A request is opened on the primary: the key, the organization, and how far the log is written. The replica answers
once it has replayed as far, within ``REPORTS_WAIT_MS``; else, and wherever anything is wrong with it, the primary does.
So whoever has just posted finds it in the report, and a replica that lags, pauses or is gone costs a little time and no
truth.

All code reads over the connection ``default``. While a replica answers, that name leads there in this thread: no query
has to know, and nothing can be written, for PostgreSQL refuses that on a replica.
"""

import dataclasses
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections, transaction
from django.http import HttpRequest

from organizations import scoping
from organizations.errors import Refusal
from organizations.requests.opening import Opening
from organizations.wire.database_rules import DATABASE_ERRORS, is_retryable, reported_by

REPLICA = "reports"
#: Says that the replica answered.
HEADER = "X-Crane-Read-From"
#: How long a process leaves a replica alone that lags, that cannot be reached, or that is none of this primary.
PAUSES = {"lags": 1, "is away": 5, "is no replica of the primary": 60}
#: A receipt lists transactions that its answer did not see; so many at most.
MOST_UNSEEN = 200
LOOK_AGAIN = 0.002

SAME = "current_user::text, current_database()::text, system_identifier, timeline_id"
CONTROL = "pg_control_system(), pg_control_checkpoint()"
MARK = f"""
    select pg_current_wal_flush_lsn()::text, {SAME}, {{}} from {CONTROL}
""".format(", ".join(["coalesce(current_setting(%s, true), '')"] * len(scoping.SETTINGS)))
STANDING = f"select pg_last_wal_replay_lsn() >= %s::pg_lsn, pg_is_in_recovery(), {SAME} from {CONTROL}"
SEEN = """
    select distinct recorded_xid::text::bigint from organizations_event
     where organization_id = any ((select crane_reach())::bigint[])
       and recorded_xid >= pg_snapshot_xmin(pg_current_snapshot())
     order by 1 limit %s
"""

log = structlog.get_logger(__name__)
_until = 0.0


@dataclass(frozen=True, slots=True)
class Mark:
    """How far the primary's log is written, as whom and where one is there, and the tenant's settings."""

    position: str
    cluster: tuple
    bound: dict[str, str]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request that was opened on the primary and is to be answered by the replica."""

    opened: Opening
    mark: Mark

    def open(self, *, names_snapshot: bool) -> Opening:
        """Bind the tenant's settings on the replica. Where the answer names its snapshot, it is the replica's.

        Raises Unnamed where that snapshot cannot be named.
        """
        scoping.bind(**{name.removeprefix("app."): value for name, value in self.mark.bound.items()})
        return dataclasses.replace(self.opened, snapshot=_snapshot()) if names_snapshot else self.opened


class Unnamed(DatabaseError):
    """Too many transactions are at work for the replica's snapshot to be named: the primary has to answer."""


def prepared(open_request: Callable, request: HttpRequest, organization: str | None) -> Prepared | None:
    """The request, opened on the primary for the replica; None where the primary has to answer.

    A refusal is left to the primary, which opens it again and says so. So is a scoped key: its part of the books is
    told to the database in more words than are carried over, and it sees no events.
    """
    if not is_used() or hasattr(request, "opening"):
        return None
    with suppress(Refusal):
        with transaction.atomic():
            opened, seen = open_request(request, organization), mark()
        if opened.organization is not None and opened.actor.scope is None and has_caught_up(seen):
            return Prepared(opened, seen)
    return None


def is_used() -> bool:
    """Whether there is a replica that is not left alone just now. After a pause the first who asks tries for all."""
    global _until
    now = time.monotonic()
    if REPLICA not in connections.settings or now < _until:
        return False
    if _until:
        _until = now + PAUSES["is away"]
    return True


def mark() -> Mark:
    """Of the primary, within the transaction that opened the request."""
    with connection.cursor() as cursor:
        cursor.execute(MARK, list(scoping.SETTINGS))
        position, *row = cursor.fetchone()
    return Mark(position, tuple(row[:4]), dict(zip(scoping.SETTINGS, row[4:], strict=True)))


def has_caught_up(mark: Mark) -> bool:
    """Wait until the replica has replayed what was committed before the mark, as long as that is worth it."""
    global _until
    deadline = time.monotonic() + settings.REPORTS_WAIT_MS / 1000
    try:
        with connections[REPLICA].cursor() as cursor:
            while True:
                cursor.execute(STANDING, [mark.position])
                has, replays, *cluster = cursor.fetchone()
                if not replays or tuple(cluster) != mark.cluster:
                    return leave_alone("is no replica of the primary")
                if has:
                    _until = 0.0
                    return True
                if time.monotonic() >= deadline:
                    return leave_alone("lags")
                time.sleep(LOOK_AGAIN)
    except DATABASE_ERRORS as problem:
        return leave_alone("is away", problem)


def leave_alone(why: str, problem: Exception | None = None) -> bool:
    """Use the replica no more for a while; False."""
    global _until
    _until = time.monotonic() + PAUSES[why]
    log.warning(f"the replica for reports {why}", problem=str(problem).strip() if problem else None)
    with suppress(*DATABASE_ERRORS):
        connections[REPLICA].close()
    return False


def is_lost(problem: Exception) -> bool:
    """Whether an error says nothing about the request, only that the replica cannot answer it now."""
    if not isinstance(problem, DATABASE_ERRORS):
        return False
    if isinstance(problem, Unnamed) or is_retryable(problem):  # it had to replay what the request was reading
        return True
    report = reported_by(problem)
    state = (report.sqlstate or "") if report is not None else ""
    if state and not state.startswith(("08", "57P")):
        return False
    leave_alone("is away", problem)
    return True


@contextmanager
def in_place() -> Iterator[None]:
    """``default`` leads to the replica, in this thread."""
    primary = connections[DEFAULT_DB_ALIAS]
    primary.close_if_unusable_or_obsolete()  # as at the end of a request: others may have it meanwhile
    connections[DEFAULT_DB_ALIAS] = connections[REPLICA]
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = primary


def is_in_place() -> bool:
    """Whether the replica answers just now."""
    return connection.alias == REPLICA


def there_again() -> AbstractContextManager:
    """For a body that is written after its request: the place where the request was answered."""
    return in_place() if is_in_place() else nullcontext()


def _snapshot() -> str:
    """What this transaction on the replica sees of the organization's books, as a snapshot of the primary's.

    ``pg_current_snapshot()`` leaves out on a replica which of the newer transactions are still at work. Whoever writes
    books records an event in the same transaction; so those whose events are not seen here are taken for at work.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        (oldest,) = cursor.fetchone()
        cursor.execute(SEEN, [MOST_UNSEEN + 1])
        seen = [number for (number,) in cursor.fetchall()]
    following = seen[-1] + 1 if seen else oldest
    if len(seen) > MOST_UNSEEN or following - oldest - len(seen) > MOST_UNSEEN:
        raise Unnamed("The replica's snapshot is too long to be named.")
    unseen = sorted(set(range(oldest, following)) - set(seen))
    return f"{oldest}:{following}:{','.join(map(str, unseen))}"
