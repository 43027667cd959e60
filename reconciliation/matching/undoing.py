"""Taking back what became of a line: a match, a booking, a transfer, or that it was ignored."""

from django.db import transaction

from ledger.errors import BooksClosed, PeriodLocked, TransactionAlreadyReversed
from ledger.journal.models import Entry, Transaction
from ledger.journal.reversing import reverse_transaction
from ledger.payments.undoing import held_payment, reverse_payment
from organizations import clock
from organizations.actors import Actor
from organizations.errors import NotFound
from organizations.events.recording import event
from organizations.tenants.models import Organization
from reconciliation.errors import LineNotSettled, MatchUndone
from reconciliation.matching.booking import lesson_of
from reconciliation.matching.holding import Trail, held_lines, tie
from reconciliation.matching.models import Match, MatchedEntry
from reconciliation.rules.learning import unlearn
from reconciliation.statements.models import StatementLine

UNMATCHED = event("statement_line.unmatched")
RESTORED = event("statement_line.restored")
#: Why something was reversed, where nobody said.
UNDONE = "The bank line was undone."


@transaction.atomic
def undo_line(*, actor: Actor, organization: Organization, line_id: int, reason: str = "") -> StatementLine:
    """Make a settled line open again, whatever settled it; also after a reconciliation was completed.

    What was posted for it is reversed: on its own day where the books are open there, else today. All
    lines of the same match, and both sides of a transfer, are open again. Raises NotFound,
    LineNotSettled and what reversing raises.
    """
    line = StatementLine.objects.of(organization).filter(pk=line_id).first()
    if line is None:
        raise NotFound()
    if line.status == "ignored":
        return _restore(actor, organization, line)
    if line.status not in ("matched", "created"):
        raise LineNotSettled(details={"status": line.status})
    undo_match(actor=actor, organization=organization, match_id=line.match_id, reason=reason)
    return StatementLine.objects.of(organization).select_related("account").get(pk=line_id)


@transaction.atomic
def undo_match(*, actor: Actor, organization: Organization, match_id: int, reason: str = "") -> Match:
    """Undo an accepted match, and what was posted for it. Raises NotFound, MatchUndone and what reversing raises."""
    matches = _belonging(organization, match_id)
    lines = held_lines(organization, [number for match in matches for number in match.line_ids])
    numbers = [match.pk for match in matches]
    matches = list(Match.objects.of(organization).select_for_update(of=("self",)).filter(pk__in=numbers).order_by("pk"))
    if any(match.status != "accepted" for match in matches):
        raise MatchUndone()
    trail = Trail(lines)
    MatchedEntry.objects.of(organization).filter(match_id__in=numbers).delete()
    StatementLine.objects.of(organization).filter(match_id__in=numbers).update(status="unmatched", match_id=None)
    for match in matches:
        match.status, match.undone_at = "undone", clock.now()
        match.save(update_fields=["status", "undone_at"])
    for match in matches:
        if match.origin == "created":
            _forget(organization, match, lines)
    for match in matches:
        if match.payment_id:
            _reverse_payment(actor, organization, match.payment_id, reason)
    for posted in sorted({match.transaction_id for match in matches if match.transaction_id and not match.payment_id}):
        _reverse(actor, organization, posted, reason)
    tie()
    trail.record(UNMATCHED, actor=actor, organization=organization)
    return Match.objects.of(organization).get(pk=match_id)


def _forget(organization: Organization, match: Match, lines: list[StatementLine]) -> None:
    """What was learned from a booking that is taken back."""
    entries = Entry.objects.of(organization).filter(transaction_id=match.transaction_id)
    counters = list(entries.values_list("account_id", flat=True))
    for line in lines:
        if line.pk in match.line_ids:
            unlearn(**lesson_of(line, counters))


def _belonging(organization: Organization, match_id: int) -> list[Match]:
    """The match, and of a transfer the other side's."""
    rows = Match.objects.of(organization)
    match = rows.filter(pk=match_id).first()
    if match is None:
        raise NotFound()
    if match.status != "accepted":
        raise MatchUndone(details={"status": match.status})
    if match.origin != "transfer":
        return [match]
    return list(rows.filter(origin="transfer", transaction_id=match.transaction_id, status="accepted").order_by("pk"))


def _restore(actor: Actor, organization: Organization, line: StatementLine) -> StatementLine:
    lines = held_lines(organization, [line.pk])
    if lines[0].status != "ignored":
        raise LineNotSettled(details={"status": lines[0].status})
    trail = Trail(lines)
    StatementLine.objects.of(organization).filter(pk=line.pk).update(status="unmatched", ignore_reason="")
    return trail.record(RESTORED, actor=actor, organization=organization)[0]


def _reverse_payment(actor: Actor, organization: Organization, payment_id: int, reason: str) -> None:
    """Reverse a payment of documents that was booked for a line, unless somebody has done so already."""
    payment = held_payment(organization, payment_id)
    if payment.status == "reversed":
        return
    wish = {"payment": payment, "reason": reason or UNDONE}
    try:
        with transaction.atomic():
            reverse_payment(actor=actor, organization=organization, date=payment.payment_date, **wish)
    except (BooksClosed, PeriodLocked):
        reverse_payment(actor=actor, organization=organization, **wish)


def _reverse(actor: Actor, organization: Organization, transaction_id: int, reason: str) -> None:
    """Reverse what was posted for a match, unless somebody has done so already."""
    day = Transaction.objects.of(organization).get(pk=transaction_id).transaction_date
    wish = {"transaction_id": transaction_id, "reason": reason or UNDONE}
    try:
        with transaction.atomic():
            reverse_transaction(actor=actor, organization=organization, reversal_date=day, **wish)
    except TransactionAlreadyReversed:
        return
    except (BooksClosed, PeriodLocked):  # that day is no longer open, for all or for its area
        reverse_transaction(actor=actor, organization=organization, **wish)
