"""What becomes of each line of a file: new, a duplicate of a known line, or in conflict with one.

Three lanes, in this order. The file itself: the same file adds nothing (``importing``). The bank's id,
with amount and date. The content: date, amount and text, counted, where one of the two has no id.
What looks like a known line but is not surely the same is kept and flagged as a conflict: nothing is
dropped in silence, and nothing that may be double is matched by itself.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from django.db import connection

from reconciliation.statements.fingerprints import Marked

#: A bank's id with another amount or date within so many days is a correction; later, the id was used again.
RESTATED_DAYS = 10
#: What is kept of a bank's id.
LONGEST_WORD = 255

Verdict = Literal["new", "duplicate_of", "conflict", "error"]

KNOWN = """
    select l.id, l.fingerprint, l.content, l.bank_id, l.occurrence, l.date, l.amount, s.format,
           s.undone_at is not null
      from reconciliation_statementline l
      join reconciliation_statement s on s.organization_id = l.organization_id and s.id = l.statement_id
     where l.organization_id = %(organization)s and l.account_id = %(account)s
       and l.statement_id is distinct from %(statement)s and l.id <> all (%(own)s)
       and l.date between %(first)s and %(last)s
     order by l.id
"""
NAMES = """
    select r.line_id, r.bank_id from reconciliation_remark r
     where r.organization_id = %s and r.line_id = any(%s) and r.bank_id <> ''
"""
#: How far a line's day may lie from one it is compared with: content and id lanes ask for the same day, the
#: conflict lanes for less than this.
AROUND = datetime.timedelta(days=RESTATED_DAYS)


@dataclass(frozen=True, slots=True)
class Judged:
    """One line's verdict. ``known`` is the line that it repeats or contradicts."""

    verdict: Verdict
    code: str = ""
    reason: str = ""
    known: int | None = None


NEW = Judged("new")


@dataclass(slots=True)
class KnownLine:
    """A line that is there already, as far as judging needs it."""

    id: int
    identity: bytes
    content: bytes
    bank_id: str
    occurrence: int
    date: datetime.date
    amount: Decimal
    format: str
    #: Its import was undone, and it stayed because something had become of it: its number counts no more.
    left_over: bool


@dataclass(slots=True)
class Judge:
    """Judges the lines of one file against those of earlier ones on the same account.

    A known line answers for one line of the file only: of three equal coffees, two known ones
    leave one new. ``begin`` reads what is known around some lines.
    """

    organization_id: int
    account_id: int
    #: What this file has added itself is not known: all of a statement, or of one that is known the lines in ``own``.
    statement_id: int | None
    format: str
    #: The days that the account has lines of, before this file; None where it has none.
    span: tuple[datetime.date, datetime.date] | None
    own: list[int] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)
    by_identity: dict[tuple[bytes, int], KnownLine] = field(default_factory=dict)
    by_content: dict[bytes, list[KnownLine]] = field(default_factory=dict)
    by_bank_id: dict[str, list[KnownLine]] = field(default_factory=dict)
    by_day: dict[tuple[datetime.date, Decimal], list[KnownLine]] = field(default_factory=dict)
    #: What other files called known lines that have no id of their own.
    names: dict[int, set[str]] = field(default_factory=dict)

    def begin(self, marked: Iterable[Marked]) -> None:
        """Read the known lines around the days of some lines. Those that are surely among them answer for no other."""
        marked = list(marked)
        days = [one.line.date for one in marked]
        self.by_identity, self.by_content = {}, defaultdict(list)
        self.by_bank_id, self.by_day = defaultdict(list), defaultdict(list)
        if not days or self.span is None:
            return
        first, last = min(days) - AROUND, max(days) + AROUND
        if first > self.span[1] or last < self.span[0]:
            return
        asked = {"organization": self.organization_id, "account": self.account_id, "statement": self.statement_id}
        asked["own"] = self.own
        with connection.cursor() as cursor:
            cursor.execute(KNOWN, asked | {"first": first, "last": last})
            for row in cursor:
                known = KnownLine(row[0], bytes(row[1]), bytes(row[2]), *row[3:])
                self.by_identity[known.identity, known.occurrence] = known
                self.by_content[known.content].append(known)
                self.by_day[known.date, known.amount].append(known)
                if known.bank_id:
                    self.by_bank_id[known.bank_id].append(known)
        same = [self.by_identity.get((one.identity, one.occurrence)) for one in marked]
        self.taken.update(known.id for known in same if known is not None)
        if any(one.line.bank_id for one in marked):
            self._read_names()

    def _read_names(self) -> None:
        self.names = defaultdict(set)
        nameless = [known.id for known in self.by_identity.values() if not known.bank_id]
        if not nameless:
            return
        with connection.cursor() as cursor:
            cursor.execute(NAMES, [self.organization_id, nameless])
            for number, bank_id in cursor:
                self.names[number].add(bank_id)

    def judge(self, marked: Marked) -> Judged:
        """The verdict on one line."""
        same = self.by_identity.get((marked.identity, marked.occurrence))
        if same is not None:
            self.taken.add(same.id)
            how = "the bank's id, date and amount" if marked.line.bank_id else "date, amount and text"
            return Judged("duplicate_of", "known_line", f"Known already by {how}.", same.id)
        return self._by_content(marked) or self._conflict(marked) or NEW

    def _by_content(self, marked: Marked) -> Judged | None:
        """A line with an id and one without, of the same date, amount and text: one export gives ids, one does not."""
        for known in self.by_content.get(marked.content, ()):
            if known.id not in self.taken and not (known.bank_id and marked.line.bank_id):
                if not known.bank_id and not marked.line.bank_id and not known.left_over:
                    continue  # the identity lane has counted these
                if self._named_otherwise(known, marked):
                    continue
                self.taken.add(known.id)
                return Judged("duplicate_of", "known_content", "Known already by date, amount and text.", known.id)
        return None

    def _named_otherwise(self, known: KnownLine, marked: Marked) -> bool:
        """Whether the bank has called a known line by another id than this one."""
        bank_id = marked.line.bank_id[:LONGEST_WORD]
        names = {known.bank_id} if known.bank_id else self.names.get(known.id, set())
        return bool(bank_id and names) and bank_id not in names

    def _conflict(self, marked: Marked) -> Judged | None:
        line = marked.line
        if marked.again:
            reason = "The file has this bank id with the same date and amount more than once; kept, please look."
            return Judged("conflict", "id_repeated_in_file", reason)
        restated = [known for known in self.by_bank_id.get(line.bank_id, ()) if abs(known.date - line.date) < AROUND]
        if len(restated) == 1 and restated[0].id not in self.taken:
            known = restated[0]
            reason = f"The bank's id is known with {known.amount.normalize():f} on {known.date}; kept, please look."
            return Judged("conflict", "id_with_other_facts", reason, known.id)
        for known in self.by_content.get(marked.content, ()):
            if known.id not in self.taken and self._named_otherwise(known, marked):
                self.taken.add(known.id)
                reason = "A line of this date, amount and text is known under another bank id; kept, please look."
                return Judged("conflict", "known_under_other_id", reason, known.id)
        for known in self.by_day.get((line.date, line.amount), ()):
            if known.format != self.format and known.id not in self.taken:
                self.taken.add(known.id)
                reason = "A file of another format has a line of this date and amount with other words; please look."
                return Judged("conflict", "similar_line_elsewhere", reason, known.id)
        return None
