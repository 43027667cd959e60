"""Where the entries of an account stand: reconciled, outstanding, or not reconciled; marked or open in a session.

An entry is *reconciled* once a session marks it, or where the first session's opening balance, taken
from the books, covers it. It is *outstanding* if the account is reconciled through its day and the
bank has not shown it. Entries without an amount (an exchange difference is in base currency alone) are none
of the bank's, and are left out; an entry that was corrected on its own day is nothing that a bank could show.
"""

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection
from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When

from ledger.accounts.models import Account
from ledger.journal.models import Entry
from organizations import ids
from organizations.clock import FIRST_DAY
from organizations.currencies.iso import decimals_of
from organizations.money import exact
from organizations.tenants.answers import public
from reconciliation.matching.models import MatchedEntry
from reconciliation.sessions.models import ReconciledEntry, Reconciliation
from reconciliation.statements.models import StatementLine

ENTRY_STATUSES = ("not_reconciled", "reconciled", "outstanding")
MARK_STATES = ("marked", "open")
#: What a line of the bank is as long as nobody has said what it is.
UNBOOKED = ("unmatched", "suggested")
NONE = Q(pk__in=[])


# An entry and the reversal that undid it whole on its own day, while neither is marked or matched: together they are
# nothing, so the bank knows of neither. A reversal that was reversed itself is not meant. What the first opening
# balance may have in it is left alone.
CORRECTED = """
    select r.id, o.id
      from ledger_entry r
      join ledger_entry o on o.organization_id = r.organization_id and o.id = r.reverses_entry_id
     where r.organization_id = %(organization)s and r.account_id = %(account)s and r.transaction_date >= %(since)s
       and r.reverses_entry_id is not null and o.reverses_entry_id is null
       and o.account_id = r.account_id and o.transaction_date = r.transaction_date and o.amount = -r.amount
       and not exists (select from ledger_entry a
                        where a.organization_id = r.organization_id and a.reverses_entry_id = r.id)
       and not exists (select from reconciliation_reconciledentry m
                        where m.organization_id = r.organization_id and m.entry_id in (r.id, o.id))
       and not exists (select from reconciliation_matchedentry m
                        where m.organization_id = r.organization_id and m.entry_id in (r.id, o.id))
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the sessions of an account, and corrections, say of all its entries at once.

    ``sessions`` are those that were not cancelled, the first one first; ``corrected`` the entries that
    were corrected on their own day, and their corrections.
    """

    account: Account
    sessions: list[Reconciliation]
    corrected: list[int]

    @classmethod
    def of(cls, account: Account) -> "Standing":
        rows = Reconciliation.objects.of(account.organization_id).filter(account=account).exclude(status="cancelled")
        sessions = list(rows.order_by("start_date"))
        asked = {
            "organization": account.organization_id,
            "account": account.pk,
            "since": sessions[0].start_date if sessions else FIRST_DAY,
        }
        with connection.cursor() as cursor:
            cursor.execute(CORRECTED, asked)
            corrected = [number for pair in cursor.fetchall() for number in pair]
        return cls(account, sessions, corrected)

    @property
    def first(self) -> Reconciliation | None:
        """The session that the account began with."""
        return self.sessions[0] if self.sessions else None

    @property
    def outstanding(self) -> Q:
        """The entries until the last day that is reconciled, but for those that came before the first session."""
        through = max((each.end_date for each in self.sessions if each.status == "completed"), default=None)
        if through is None:
            return NONE
        return Q(transaction_date__lte=through) & ~self.before_opening & ~Q(pk__in=self.corrected)

    @property
    def before_opening(self) -> Q:
        """The entries that the books had before the first day of the first session."""
        if self.first is None:
            return NONE
        return Q(transaction_date__lt=self.first.start_date, pk__lte=self.first.covers_through)

    @property
    def covered(self) -> Q:
        """Those of them that the opening balance has in it, because it was taken from the books."""
        return self.before_opening if self.first is not None and self.first.opening_from == "books" else NONE

    def covers(self, entry_id: int, date: datetime.date) -> bool:
        """Whether an entry of that day is one of ``covered``."""
        first = self.first
        return (
            first is not None
            and first.opening_from == "books"
            and date < first.start_date
            and entry_id <= first.covers_through
        )

    @property
    def marked(self) -> Q:
        """The entries that are marked."""
        return Q(self._marks([each.pk for each in self.sessions]))

    def marked_in(self, session: Reconciliation) -> Q:
        """The entries that a session has marked."""
        return Q(self._marks([session.pk]))

    def marked_until(self, session: Reconciliation) -> Q:
        """The entries that a session or one before it has marked."""
        return Q(self._marks([each.pk for each in self.sessions if each.end_date <= session.end_date]))

    def open_in(self, session: Reconciliation) -> Q:
        """What the books had by the end of a session and no session until then has marked."""
        until = Q(transaction_date__lte=session.end_date) & ~Q(pk__in=self.corrected)
        return until & ~self.covered & ~self.marked_until(session)

    def _marks(self, sessions: list[int]) -> Exists:
        """Marks of some sessions; the organization as a constant, so that no other's rows are looked at."""
        rows = ReconciledEntry.objects.of(self.account.organization_id)
        return Exists(rows.filter(reconciliation_id__in=sessions, entry_id=OuterRef("pk")))


def bank_entries(account: Account) -> QuerySet[Entry]:
    """The entries on an account that a bank could show."""
    return Entry.objects.of(account.organization_id).filter(~Q(amount=0), account_id=account.pk)


def with_status(rows: QuerySet[Entry], standing: Standing) -> QuerySet[Entry]:
    """Entries of the account, each with its ``status`` and its transaction."""
    return rows.select_related("transaction").annotate(
        status=Case(
            When(standing.marked | standing.covered, then=Value("reconciled")),
            When(standing.outstanding, then=Value("outstanding")),
            default=Value("not_reconciled"),
            output_field=CharField(),
        )
    )


def session_entries(session: Reconciliation, standing: Standing) -> QuerySet[Entry]:
    """What a session has marked or could mark, each with its ``state`` and ``status``."""
    marked = standing.marked_in(session)
    rows = bank_entries(session.account).filter(marked | standing.open_in(session))
    state = Case(When(marked, then=Value("marked")), default=Value("open"), output_field=CharField())
    return with_status(rows, standing).annotate(state=state)


def unbooked_lines(session: Reconciliation) -> QuerySet[StatementLine]:
    """The bank's lines of the period that are in no match and were not ignored."""
    rows = StatementLine.objects.of(session.organization_id).filter(account_id=session.account_id)
    return rows.filter(status__in=UNBOOKED, date__range=(session.start_date, session.end_date))


def standing_answers(entries: list[Entry], standing: Standing) -> list[dict]:
    """Entries of one account, from ``with_status``, with what sessions and matches say of them."""
    if not entries:
        return []
    organization_id = standing.account.organization_id
    numbers = [entry.pk for entry in entries]
    marks = ReconciledEntry.objects.of(organization_id).filter(entry_id__in=numbers).select_related("reconciliation")
    marked = {mark.entry_id: mark for mark in marks}
    matches = MatchedEntry.objects.of(organization_id).filter(entry_id__in=numbers)
    matched = dict(matches.values_list("entry_id", "match_id"))
    return [_answer(entry, standing, marked.get(entry.pk), matched.get(entry.pk)) for entry in entries]


def _answer(entry: Entry, standing: Standing, mark: ReconciledEntry | None, match_id: int | None) -> dict:
    covered = mark is None and standing.covers(entry.pk, entry.transaction_date)
    session = standing.first if covered else mark and mark.reconciliation
    return {
        "object": "entry_reconciliation",
        "organization_id": ids.encode("ORG", entry.organization_id),
        "account_id": ids.encode("ACT", entry.account_id),
        "entry_id": ids.encode("LED", entry.pk),
        "transaction_id": ids.encode("TXN", entry.transaction_id),
        "transaction_date": entry.transaction_date,
        "description": entry.description or entry.transaction.description,
        "reference": entry.reference or entry.transaction.reference_number,
        "amount": exact(entry.amount, decimals_of(entry.currency_id)),
        "currency_id": f"CUR_{entry.currency_id}",
        "status": entry.status,
        "reconciled": session is not None,
        "reconciled_at": session.created_at if covered else mark and mark.created_at,
        "reconciliation_id": public("REC", session and session.pk),
        "covered_by_opening": covered,
        "match_id": public("MAT", match_id),
    }


def transaction_standings(
    session: Reconciliation, transaction_ids: Collection[int], entry_ids: Collection[int]
) -> list[dict]:
    """Whether transactions, named by themselves or by entries, are reconciled on the session's account.

    They are if all of their entries there are; it was when the last of these was marked.
    """
    own, standing = Entry.objects.of(session.organization_id), Standing.of(session.account)
    wanted = [*transaction_ids, *own.filter(pk__in=entry_ids).values_list("transaction_id", flat=True)]
    entries = bank_entries(session.account).filter(transaction_id__in=wanted)
    named = list(entries.values_list("pk", "transaction_id", "transaction_date"))
    marks = ReconciledEntry.objects.of(session.organization_id).filter(entry_id__in=[number for number, _, _ in named])
    marked = {
        number: (at, other) for number, at, other in marks.values_list("entry_id", "created_at", "reconciliation_id")
    }
    found: dict[int, list[tuple | None]] = {number: [] for number in wanted}
    for number, transaction_id, date in named:
        covered = (standing.first.created_at, standing.first.pk) if standing.covers(number, date) else None
        found[transaction_id].append(marked.get(number, covered))
    return [_transaction_standing(number, each) for number, each in found.items()]


def _transaction_standing(number: int, marks: list[tuple | None]) -> dict:
    at, session_id = max(marks) if marks and None not in marks else (None, None)
    return {
        "transaction_id": ids.encode("TXN", number),
        "reconciled": at is not None,
        "reconciled_at": at,
        "reconciliation_id": public("REC", session_id),
    }
