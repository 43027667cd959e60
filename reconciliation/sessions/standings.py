"""Where the entries of an account stand: reconciled, outstanding, or not reconciled; marked or open in a session.

An entry is *reconciled* once a session marks it, or where the first session's opening balance, taken
from the books, covers it. It is *outstanding* if the account is reconciled through its day and the
bank has not shown it. Entries without an amount (an exchange difference is in base currency alone) are none
of the bank's, and are left out; an entry that was corrected on its own day is nothing that a bank could show.
"""

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Case, CharField, Exists, Max, OuterRef, Q, QuerySet, Value, When

from ledger.accounts.models import Account
from ledger.journal.models import Entry
from organizations import ids
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
OWN = {"organization_id": OuterRef("organization_id"), "entry_id": OuterRef("pk")}


@dataclass(frozen=True, slots=True)
class Standing:
    """What the sessions of an account say of all its entries at once.

    ``first`` is the session that the account began with, None where there is none yet;
    ``through`` the last day of the last completed one.
    """

    account: Account
    first: Reconciliation | None
    through: datetime.date | None

    @classmethod
    def of(cls, account: Account) -> "Standing":
        rows = Reconciliation.objects.of(account.organization_id).filter(account=account).exclude(status="cancelled")
        through = rows.filter(status="completed").aggregate(found=Max("end_date"))["found"]
        return cls(account, rows.order_by("start_date").first(), through)

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

    @property
    def corrected(self) -> Q:
        """What was corrected on its own day, unless the opening balance may have one of the two in it."""
        return corrected() if self.first is None else corrected() & Q(transaction_date__gte=self.first.start_date)

    def had(self, entry: Entry) -> bool:
        """Whether an entry is one of ``before_opening``."""
        first = self.first
        return first is not None and entry.transaction_date < first.start_date and entry.pk <= first.covers_through

    def covers(self, entry: Entry) -> bool:
        """Whether an entry is one of ``covered``."""
        return self.had(entry) and self.first.opening_from == "books"


def bank_entries(account: Account) -> QuerySet[Entry]:
    """The entries on an account that a bank could show."""
    return Entry.objects.of(account.organization_id).filter(~Q(amount=0), account_id=account.pk)


def marks_on(**more) -> Exists:
    """Whether an entry is marked, by a session with these properties."""
    return Exists(ReconciledEntry.objects.filter(**OWN, **more))


def corrected() -> Q:
    """An entry and the reversal that undid it whole on its own day, while neither is marked or matched.

    Together they are nothing, so the bank knows of neither. A reversal that was reversed itself is not meant.
    """
    unseen = ~Q(marks_on()) & ~Q(Exists(MatchedEntry.objects.filter(**OWN)))
    last = ~Q(Exists(Entry.objects.filter(organization_id=OWN["organization_id"], reverses_entry_id=OuterRef("pk"))))
    opposite = Entry.objects.filter(
        unseen,
        organization_id=OuterRef("organization_id"),
        account_id=OuterRef("account_id"),
        transaction_date=OuterRef("transaction_date"),
        amount=-OuterRef("amount"),
    )
    first = Q(reverses_entry_id__isnull=True)
    undone = first & Q(Exists(opposite.filter(last, reverses_entry_id=OuterRef("pk"))))
    undoing = last & Q(Exists(opposite.filter(first, pk=OuterRef("reverses_entry_id"))))
    return unseen & (undone | undoing)


def with_status(rows: QuerySet[Entry], standing: Standing) -> QuerySet[Entry]:
    """Entries of the account, each with its ``status`` and its transaction."""
    outstanding = NONE if standing.through is None else Q(transaction_date__lte=standing.through)
    return rows.select_related("transaction").annotate(
        status=Case(
            When(Q(marks_on()) | standing.covered, then=Value("reconciled")),
            When(outstanding & ~standing.before_opening & ~standing.corrected, then=Value("outstanding")),
            default=Value("not_reconciled"),
            output_field=CharField(),
        )
    )


def open_entries(session: Reconciliation, standing: Standing) -> QuerySet[Entry]:
    """What the books had by the end of a session and no session until then has marked."""
    return bank_entries(session.account).filter(_is_open(session, standing))


def marked_entries(session: Reconciliation) -> QuerySet[Entry]:
    """What a session has marked."""
    return bank_entries(session.account).filter(marks_on(reconciliation_id=session.pk))


def session_entries(session: Reconciliation, standing: Standing) -> QuerySet[Entry]:
    """What a session has marked or could mark, each with its ``state`` and ``status``."""
    marked = marks_on(reconciliation_id=session.pk)
    rows = bank_entries(session.account).filter(Q(marked) | _is_open(session, standing))
    state = Case(When(marked, then=Value("marked")), default=Value("open"), output_field=CharField())
    return with_status(rows, standing).annotate(state=state)


def marked_until(session: Reconciliation) -> Q:
    """The entries that the account's sessions have marked, this one and those before."""
    return Q(marks_on(reconciliation__account_id=session.account_id, reconciliation__end_date__lte=session.end_date))


def _is_open(session: Reconciliation, standing: Standing) -> Q:
    until = Q(transaction_date__lte=session.end_date)
    return until & ~standing.covered & ~marked_until(session) & ~standing.corrected


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
    covered = mark is None and standing.covers(entry)
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
    """Whether transactions, named by themselves or by entries, are reconciled on the session's account."""
    wanted = list(transaction_ids)
    wanted += (
        Entry.objects.of(session.organization_id).filter(pk__in=entry_ids).values_list("transaction_id", flat=True)
    )
    standing = Standing.of(session.account)
    entries = list(with_status(bank_entries(session.account).filter(transaction_id__in=wanted), standing))
    found: dict[int, list[dict]] = {number: [] for number in wanted}
    for entry, answer in zip(entries, standing_answers(entries, standing), strict=True):
        found[entry.transaction_id].append(answer)
    return [_transaction_standing(number, answers) for number, answers in found.items()]


def _transaction_standing(number: int, answers: list[dict]) -> dict:
    """Reconciled when the last of its entries was."""
    reconciled = bool(answers) and all(answer["reconciled"] for answer in answers)
    last = max(answers, key=lambda answer: answer["reconciled_at"]) if reconciled else None
    return {
        "transaction_id": ids.encode("TXN", number),
        "reconciled": reconciled,
        "reconciled_at": last and last["reconciled_at"],
        "reconciliation_id": last and last["reconciliation_id"],
    }
