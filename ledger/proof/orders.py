"""In which order records are sealed, and which belong where.

A database transaction that writes has a number (xid). Numbers are given in order but commits come in any, so "after
the last number seen" would miss what commits late. Below ``pg_snapshot_xmin(pg_current_snapshot())`` everything is
settled: nothing is added there any more. Hence the order (xid, kind, id), read only as far as it is settled.
"""

import datetime
from dataclasses import dataclass

from django.db import connection

from ledger.proof.leaves import EVENT, TRANSACTION, Key
from ledger.proof.models import Checkpoint

BEGINNING: Key = (0, 0, 0)
FIRST_ID, LAST_ID = -1, 2**63 - 1

#: By kind: table, column of the xid, column of the moment, rows that count, how heavy a row is.
SOURCES = {
    TRANSACTION: (
        "ledger_transaction",
        "posted_xid",
        "posting_date",
        "status = 'posted' and posted_xid is not null",
        "entry_count",
    ),
    EVENT: ("organizations_event", "recorded_xid", '"timestamp"', "true", "1"),
}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the order within one epoch: after ``after``, up to ``through``; ``since`` and ``until`` bound the
    epoch by the moment of writing; ``settled`` stops where something may still be added."""

    after: Key = BEGINNING
    through: Key | None = None
    since: datetime.datetime | None = None
    until: datetime.datetime | None = None
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Epoch:
    """The life of one cluster: its number, and when it began and ended (None: since ever, until now)."""

    number: int
    since: datetime.datetime | None
    until: datetime.datetime | None = None


def position(checkpoint: Checkpoint) -> Key:
    """The last key that a checkpoint covers."""
    return checkpoint.last_xid, checkpoint.last_kind, checkpoint.last_id


def epochs(organization_id: int) -> list[Epoch]:
    """All epochs, as the checkpoints tell; there is always one."""
    begun = Checkpoint.objects.of(organization_id).filter(epoch__gt=1).order_by("epoch", "seq")
    starts = dict(begun.distinct("epoch").values_list("epoch", "epoch_began_at"))
    numbers = [1, *sorted(starts)]
    ends = [starts[number] for number in numbers[1:]]
    return [Epoch(number, starts.get(number), until) for number, until in zip(numbers, [*ends, None], strict=True)]


def epoch_at(known: list[Epoch], moment: datetime.datetime) -> Epoch:
    """The epoch in which a record of that moment was written."""
    return next(epoch for epoch in known if epoch.until is None or moment < epoch.until)


def keys_in(organization_id: int, span: Span, *, limit: int) -> list[tuple[Key, int]]:
    """The first keys of a span with their weight (entries), in order."""
    parts, values = [], []
    for kind in SOURCES:
        sql, parameters = _part(kind, organization_id, span, limit)
        parts.append(f"({sql})")
        values += parameters
    query = f"select xid, kind, id, weight from ({' union all '.join(parts)}) k order by xid, kind, id limit %s"
    with connection.cursor() as cursor:
        cursor.execute(query, [*values, limit])
        return [((xid, kind, number), weight) for xid, kind, number, weight in cursor.fetchall()]


def _part(kind: int, organization_id: int, span: Span, limit: int) -> tuple[str, list]:
    table, xid, moment, counted, weight = SOURCES[kind]
    conditions = ["organization_id = %s", counted, f"({xid}, id) > (%s::text::xid8, %s)"]
    values: list = [organization_id, *_edge(kind, span.after)]
    if span.through is not None:
        conditions.append(f"({xid}, id) <= (%s::text::xid8, %s)")
        values += _edge(kind, span.through)
    if span.since is not None:
        conditions.append(f"{moment} >= %s")
        values.append(span.since)
    if span.until is not None:
        conditions.append(f"{moment} < %s")
        values.append(span.until)
    if span.settled:
        conditions.append(f"{xid} < pg_snapshot_xmin(pg_current_snapshot())")
    sql = (
        f"select {xid}::text::bigint as xid, {kind} as kind, id, {weight} as weight from {table}"
        f" where {' and '.join(conditions)} order by {xid}, id limit %s"
    )
    return sql, [*values, limit]


def _edge(kind: int, key: Key) -> tuple[str, int]:
    """Where a kind's own order (xid, id) stands beside a key of all kinds."""
    xid, other, number = key
    return str(xid), number if other == kind else (FIRST_ID if kind > other else LAST_ID)


def unnumbered(organization_id: int, *, limit: int) -> list[Key]:
    """Posted transactions without a number, which nothing but a hand can make: they come before all others."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id from ledger_transaction where organization_id = %s and status = 'posted'"
            " and posted_xid is null order by id limit %s",
            [organization_id, limit],
        )
        return [(0, TRANSACTION, number) for (number,) in cursor.fetchall()]


def newest_from_elsewhere(organization_id: int, since: datetime.datetime | None) -> datetime.datetime | None:
    """The moment of the newest record whose number this cluster has not given yet: it was restored from another."""
    newest = []
    for kind in SOURCES:
        table, xid, moment, counted, _ = SOURCES[kind]
        begun = "" if since is None else f" and {moment} >= %s"
        query = (
            f"select max({moment}) from {table} where organization_id = %s and {counted}"
            f" and {xid} >= pg_snapshot_xmax(pg_current_snapshot())"
            f" and {xid} is distinct from pg_current_xact_id_if_assigned(){begun}"
        )
        with connection.cursor() as cursor:
            cursor.execute(query, [organization_id, *([] if since is None else [since])])
            newest.append(cursor.fetchone()[0])
    return max((moment for moment in newest if moment is not None), default=None)
