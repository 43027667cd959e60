"""Marking the entries that the bank's statement shows, and taking marks back, while a session is open."""

import datetime
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from ledger.journal.models import Entry, Transaction
from organizations import ids
from organizations.actors import Actor
from organizations.errors import Invalid
from organizations.events.recording import event, record
from reconciliation.errors import EntryCoveredByOpening, EntryNotOnAccount, EntryReconciledAlready
from reconciliation.matching.models import MatchedEntry
from reconciliation.sessions.adjusting import NewAdjustment, post_adjustments
from reconciliation.sessions.answers import reconciliation_answer
from reconciliation.sessions.holding import held_open, reread
from reconciliation.sessions.models import ReconciledEntry, Reconciliation
from reconciliation.sessions.standings import Standing, bank_entries
from reconciliation.statements.models import StatementLine

MARKED = event("reconciliation.entries_reconciled")
TAKEN_BACK = event("reconciliation.entries_unreconciled")


WRITE = """
    insert into reconciliation_reconciledentry (organization_id, reconciliation_id, entry_id)
    select %s, %s, unnest(%s::bigint[])
"""


class Named(NamedTuple):
    """An entry that somebody names, on whatever account."""

    id: int
    transaction_id: int
    account_id: int
    date: datetime.date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a session is to mark: entries, all entries of transactions on the account, what is matched
    with statement lines of the period, and what is to be posted for it."""

    transaction_ids: Collection[int] = ()
    entry_ids: Collection[int] = ()
    adjustments: Collection[NewAdjustment] = ()
    auto_match: bool = False


@transaction.atomic
def reconcile_entries(*, actor: Actor, session: Reconciliation, wishes: Wishes) -> Reconciliation:
    """Mark entries as shown by the bank. What the session has marked already stays as it is.

    Raises ReconciliationNotOpen, Invalid, EntryNotOnAccount, EntryCoveredByOpening, EntryReconciledAlready,
    and what posting an adjustment raises.
    """
    session = held_open(session)
    before = reconciliation_answer(session)
    numbers = mark(actor, session, wishes)
    return _recorded(MARKED, actor, session, before, numbers)


@transaction.atomic
def unreconcile_entries(
    *, actor: Actor, session: Reconciliation, transaction_ids: Collection[int] = (), entry_ids: Collection[int] = ()
) -> Reconciliation:
    """Take marks of the session back. What it has not marked stays as it is.

    Raises ReconciliationNotOpen, Invalid for what does not exist.
    """
    session = held_open(session)
    before = reconciliation_answer(session)
    found = _named(session, transaction_ids, entry_ids)
    marks = ReconciledEntry.objects.of(session.organization_id).filter(reconciliation=session)
    numbers = list(marks.filter(entry_id__in=[entry.id for entry in found]).values_list("entry_id", flat=True))
    marks.filter(entry_id__in=numbers).delete()
    return _recorded(TAKEN_BACK, actor, session, before, numbers)


def _recorded(kind: str, actor: Actor, session: Reconciliation, before: dict, numbers: list[int]) -> Reconciliation:
    if not numbers:
        return session
    Reconciliation.objects.of(session.organization_id).filter(pk=session.pk).update(updated_at=Now())
    session = reread(session)
    record(
        kind,
        actor=actor,
        organization_id=session.organization_id,
        entity_id=session.public_id,
        before=before,
        after=with_entries(reconciliation_answer(session), numbers),
    )
    return session


def with_entries(answer: dict, numbers: list[int]) -> dict:
    """The session's state with the entries that an act has marked or taken back."""
    return answer | ({"entry_ids": [ids.encode("LED", number) for number in sorted(numbers)]} if numbers else {})


# -- For verbs that hold the session already -----------------------------------------------------------------


def mark(actor: Actor, session: Reconciliation, wishes: Wishes) -> list[int]:
    """Mark what is wished for; the entries that were not marked before."""
    standing = Standing.of(session.account)
    numbers = _write(session, _markable(session, standing, wishes))
    if wishes.auto_match:
        numbers += mark_matched(session)
    if wishes.adjustments:
        posted = post_adjustments(actor=actor, session=session, adjustments=wishes.adjustments)
        numbers += _write(session, posted)
    return numbers


def _write(session: Reconciliation, numbers: list[int]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [session.organization_id, session.pk, numbers])
    return numbers


def mark_matched(session: Reconciliation) -> list[int]:
    """Mark the entries of accepted matches whose lines are dated in the period, one at least, and none after it."""
    organization_id, standing = session.organization_id, Standing.of(session.account)
    lines = StatementLine.objects.of(organization_id).filter(match_id=OuterRef("match_id"))
    matched = MatchedEntry.objects.of(organization_id).filter(
        Exists(lines.filter(date__range=(session.start_date, session.end_date))),
        ~Exists(lines.filter(date__gt=session.end_date)),
        match__account_id=session.account_id,
        match__status="accepted",
    )
    rows = bank_entries(session.account).filter(pk__in=matched.values("entry_id"))
    rows = rows.exclude(standing.covered).filter(~standing.marked)
    return _write(session, list(rows.values_list("pk", flat=True)))


def _markable(session: Reconciliation, standing: Standing, wishes: Wishes) -> list[int]:
    """The entries that are wished for and not marked yet, if all that is wished for can be marked."""
    found = _named(session, wishes.transaction_ids, wishes.entry_ids)
    own = {entry.id: entry for entry in found if entry.account_id == session.account_id and entry.amount}
    _refuse_others(own, wishes)
    covered = [ids.encode("LED", number) for number, entry in own.items() if standing.covers(number, entry.date)]
    if covered:
        raise EntryCoveredByOpening(
            details={
                "entry_ids": covered,
                "reason": f"The opening balance of {standing.first.start_date} was taken from the books"
                " and has what they had before.",
            }
        )
    marks = dict(
        ReconciledEntry.objects.of(session.organization_id)
        .filter(entry_id__in=own)
        .values_list("entry_id", "reconciliation_id")
    )
    _refuse_marked_elsewhere(session, own, marks, wishes)
    return [number for number in own if number not in marks]


def _named(session: Reconciliation, transaction_ids: Collection[int], entry_ids: Collection[int]) -> list[Named]:
    """The entries that are meant, on whatever account. Raises Invalid for ids that lead nowhere."""
    organization_id = session.organization_id
    rows = Entry.objects.of(organization_id).filter(Q(transaction_id__in=transaction_ids) | Q(pk__in=entry_ids))
    named = rows.values_list("pk", "transaction_id", "account_id", "transaction_date", "amount")
    found = [Named(*row) for row in named] if transaction_ids or entry_ids else []
    missing = set(transaction_ids) - {entry.transaction_id for entry in found}
    if missing:
        rows = Transaction.objects.of(organization_id).filter(pk__in=missing)
        missing -= set(rows.values_list("pk", flat=True))
    problems = {}
    if missing:
        problems["transaction_ids"] = [f"There is no {ids.encode('TXN', number)}." for number in sorted(missing)]
    lost = set(entry_ids) - {entry.id for entry in found}
    if lost:
        problems["entry_ids"] = [f"There is no {ids.encode('LED', number)}." for number in sorted(lost)]
    if problems:
        raise Invalid(fields=problems)
    return found


def _refuse_others(own: dict[int, Named], wishes: Wishes) -> None:
    """What has nothing on the account, also a draft, which has no entries yet."""
    touched = {entry.transaction_id for entry in own.values()}
    details = {
        "transaction_ids": [ids.encode("TXN", each) for each in wishes.transaction_ids if each not in touched],
        "entry_ids": [ids.encode("LED", each) for each in wishes.entry_ids if each not in own],
    }
    if any(details.values()):
        raise EntryNotOnAccount(details={name: found for name, found in details.items() if found})


def _refuse_marked_elsewhere(
    session: Reconciliation, own: dict[int, Named], marks: dict[int, int], wishes: Wishes
) -> None:
    """An entry that is named must be free; of a transaction that is named, one entry at least."""
    elsewhere = {number for number, other in marks.items() if other != session.pk}
    entries_of: dict[int, set[int]] = defaultdict(set)
    for entry in own.values():
        entries_of[entry.transaction_id].add(entry.id)
    taken = elsewhere & set(wishes.entry_ids)
    for number in wishes.transaction_ids:
        if entries_of[number] <= elsewhere:
            taken |= entries_of[number]
    if taken:
        raise EntryReconciledAlready(
            details={
                "entry_ids": [ids.encode("LED", number) for number in sorted(taken)],
                "reconciliation_ids": sorted({ids.encode("REC", marks[number]) for number in taken}),
            }
        )
