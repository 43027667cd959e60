"""The second clock: what the books knew at a moment, whatever was posted later, under whatever date.

A transaction's date says when something happened; this clock says when the books learned of it.

A moment is one of two things, and neither ever changes its meaning:

*A snapshot.* PostgreSQL's own list of which database transactions were committed when an answer
was read (``pg_current_snapshot()``). Each posted transaction keeps the number of the database
transaction that posted it (``posted_xid``), so what that answer saw can be told for ever, to the
entry, also among postings that were being committed at that very time.

*An instant.* Everything that was posted by database transactions that began at or before it. The
instant must be settled: no transaction that began so early may still be at work, or it could join
later. ``settled`` moves an instant that is too recent back to the last that is. It sees the
transactions of its own login (PostgreSQL hides those of others), and all that posts is that login.
"""

import datetime
import re
from dataclasses import dataclass

from django.db import connection
from django.db.models import BooleanField, F, Func

#: The begin of a transaction is published a moment after it; this is far more than that takes.
MARGIN = "interval '1 second'"

HORIZON = f"""
    select least(min(xact_start), statement_timestamp() - {MARGIN}) - interval '1 microsecond' from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid()
"""

_SNAPSHOT = re.compile(r"([0-9]{1,20}):[0-9]{1,20}:[0-9,]*")


@dataclass(frozen=True, slots=True)
class Moment:
    """``known_at``, and where the moment is the reading of an answer, the exact ``snapshot`` of that reading."""

    known_at: datetime.datetime
    snapshot: str | None = None

    def __post_init__(self):
        if self.snapshot is not None and not _SNAPSHOT.fullmatch(self.snapshot):
            raise ValueError(f"{self.snapshot!r} is no snapshot.")
        if self.known_at.tzinfo is None:
            raise ValueError("A moment has a time zone.")

    @property
    def next_number(self) -> int:
        """The number of the first database transaction that had not begun to write; 0 for an instant."""
        return int(self.snapshot.split(":")[1]) if self.snapshot else 0

    def answers(self, asked: "Moment") -> bool:
        """Whether a list of this moment is what ``asked`` asks for; an instant may have been moved back."""
        if self.snapshot is None and asked.snapshot is None:
            return self.known_at <= asked.known_at
        return self == asked

    @property
    def later(self) -> str:
        """SQL: whether the posted transaction ``t`` was not known then. An index leads to those that were not."""
        if self.snapshot is None:
            return f"t.status = 'posted' and t.posting_date > '{self.known_at.isoformat()}'::timestamptz"
        oldest = _SNAPSHOT.fullmatch(self.snapshot)[1]
        return (
            f"t.status = 'posted' and t.posted_xid >= '{oldest}'::xid8"
            f" and not pg_visible_in_snapshot(t.posted_xid, '{self.snapshot}'::pg_snapshot)"
        )

    @property
    def recorded(self) -> str:
        """SQL: whether the version ``v`` of an account was known then."""
        if self.snapshot is None:
            return f"v.recorded_at <= '{self.known_at.isoformat()}'::timestamptz"
        return f"pg_visible_in_snapshot(v.recorded_xid, '{self.snapshot}'::pg_snapshot)"


def reading() -> Moment:
    """The moment of this very statement: what it sees, and nothing that is committed later."""
    with connection.cursor() as cursor:
        cursor.execute("select statement_timestamp(), pg_current_snapshot()::text")
        return Moment(*cursor.fetchone())


def settled(instant: datetime.datetime) -> Moment:
    """The moment of an instant, or of the last settled one before it. Ask before the books are read."""
    with connection.cursor() as cursor:
        cursor.execute(HORIZON)
        (horizon,) = cursor.fetchone()
    return Moment(min(instant, horizon))


def known(moment: Moment) -> Func:
    """A condition on entries: those that were in the books at the moment."""
    template = (
        "not exists (select from ledger_transaction t"
        f" where (t.organization_id, t.id) = (%(expressions)s) and {moment.later})"
    )
    return Func(F("organization_id"), F("transaction_id"), template=template, output_field=BooleanField())
