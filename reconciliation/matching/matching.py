"""Saying that lines of the bank and entries of the books are the same money; and ignoring a line."""

from collections.abc import Collection
from decimal import Decimal

from django.db import transaction

from ledger.journal.models import Entry
from organizations import clock
from organizations.actors import Actor
from organizations.errors import Invalid, NotFound
from organizations.events.recording import event
from organizations.tenants.models import Organization
from reconciliation.errors import LineNotOpen, MatchNotSuggested
from reconciliation.matching import fees
from reconciliation.matching.documents import pay_suggested
from reconciliation.matching.holding import (
    Trail,
    difference,
    drop_suggestions,
    free_entries,
    held_lines,
    open_lines,
    refuse_difference,
    settle,
    tie,
)
from reconciliation.matching.models import Match, MatchedEntry
from reconciliation.matching.ruled_lines import RuledLines
from reconciliation.statements.models import StatementLine

MATCHED = event("statement_line.matched")
REJECTED = event("statement_line.suggestion_rejected")
IGNORED = event("statement_line.ignored")


@transaction.atomic
def match_lines(
    *,
    actor: Actor,
    organization: Organization,
    line_ids: Collection[int],
    entry_ids: Collection[int] = (),
    transaction_ids: Collection[int] = (),
    fee_account_id: int | None = None,
) -> Match:
    """Match lines with entries of the account, or with all entries of transactions on it.

    They must add up to the same, to the last unit; what the bank kept of it is posted to
    ``fee_account_id``, as an entry of the match. Raises NotFound, LineNotOpen, LinesOfOneAccount,
    EntryMatchedAlready, MatchDoesNotTie, and for a fee what posting raises.
    """
    lines = open_lines(organization, line_ids)
    account = lines[0].account
    wanted = set(entry_ids)
    if transaction_ids:
        wanted |= _entries_on(organization, account.pk, transaction_ids)
    entries = free_entries(organization, account, wanted, path="entry_ids")
    if not entries:
        raise Invalid(fields={"entry_ids": "At least one entry, or a transaction on this account."})
    trail = Trail(lines)
    match = Match(organization=organization, account=account, origin="manual")
    _accept(actor, organization, match, lines, entries, fee_account_id)
    trail.record(MATCHED, actor=actor, organization=organization)
    return match


@transaction.atomic
def accept_match(
    *, actor: Actor, organization: Organization, match_id: int, fee_account_id: int | None = None
) -> Match:
    """Accept a suggestion as it stands; the payment of documents is booked.

    What a bank rule suggests is booked, too, and matched by a match of its own.

    Raises NotFound, MatchNotSuggested and what ``match_lines`` or booking raises.
    """
    match = suggestion(organization, match_id)
    lines = open_lines(organization, match.line_ids)
    match = suggestion(organization, match_id)  # again, now that nobody can change it
    if match.document_ids:
        return pay_suggested(actor=actor, organization=organization, match=match, fee_account_id=fee_account_id)
    if not match.entry_ids:
        return RuledLines(organization, lines).book_suggested(actor, lines[0], match)
    entries = free_entries(organization, lines[0].account, match.entry_ids, path="entry_ids")
    trail = Trail(lines)
    _accept(actor, organization, match, lines, entries, fee_account_id)
    trail.record(MATCHED, actor=actor, organization=organization)
    return match


@transaction.atomic
def reject_match(*, actor: Actor, organization: Organization, match_id: int) -> Match:
    """Turn a suggestion down; the same is not suggested again. Raises NotFound, MatchNotSuggested."""
    match = suggestion(organization, match_id)
    trail = Trail(held_lines(organization, match.line_ids))
    match = suggestion(organization, match_id)
    StatementLine.objects.of(organization).filter(match_id=match.pk).update(status="unmatched", match_id=None)
    match.status, match.undone_at = "undone", clock.now()
    match.save(update_fields=["status", "undone_at"])
    trail.record(REJECTED, actor=actor, organization=organization)
    return match


@transaction.atomic
def ignore_line(*, actor: Actor, organization: Organization, line_id: int, reason: str) -> StatementLine:
    """Set a line aside for a reason: it is no money of these books. Raises NotFound, LineNotOpen."""
    lines = open_lines(organization, [line_id])
    trail = Trail(lines)
    drop_suggestions(organization, lines)
    line = lines[0]
    line.status, line.match_id, line.ignore_reason = "ignored", None, reason
    line.save(update_fields=["status", "match_id", "ignore_reason"])
    return trail.record(IGNORED, actor=actor, organization=organization)[0]


def suggestion(organization: Organization, match_id: int) -> Match:
    """A match that is a suggestion. Raises NotFound, MatchNotSuggested."""
    match = Match.objects.of(organization).filter(pk=match_id).first()
    if match is None:
        raise NotFound()
    if match.status != "suggested":
        raise MatchNotSuggested(details={"status": match.status})
    return match


def _entries_on(organization: Organization, account_id: int, transaction_ids: Collection[int]) -> set[int]:
    rows = Entry.objects.of(organization).filter(transaction_id__in=transaction_ids, account_id=account_id)
    found = dict(rows.values_list("pk", "transaction_id"))
    if set(found.values()) != set(transaction_ids):
        raise Invalid(fields={"transaction_ids": "Each must be posted, with an entry on this account."})
    return set(found)


def _accept(
    actor: Actor,
    organization: Organization,
    match: Match,
    lines: list[StatementLine],
    entries: list[Entry],
    fee_account_id: int | None,
) -> None:
    """Make a new match, or a suggestion, an accepted one."""
    if any(line.status not in ("unmatched", "suggested") for line in lines):
        raise LineNotOpen()
    drop_suggestions(organization, [line for line in lines if line.match_id != match.pk])
    fee = difference(lines, entries)
    numbers = [entry.pk for entry in entries]
    if fee_account_id is not None and fee:
        if fee_account_id == match.account_id:
            raise Invalid(fields={"fee_account_id": "Another account than the bank's own."})
        (booked,) = fees.book_fees(
            actor=actor,
            organization=organization,
            account=lines[0].account,
            fees=[fees.Fee(lines, fee)],
            account_id=fee_account_id,
        )
        numbers.append(booked.entry_id)
        match.transaction_id, match.fee = booked.transaction_id, max(fee, Decimal(0))
    else:
        refuse_difference(lines, entries)
    match.line_ids, match.entry_ids = [line.pk for line in lines], numbers
    match.status, match.accepted_at = "accepted", clock.now()
    if match.pk is None:
        match.save()
    else:
        match.save(update_fields=["status", "entry_ids", "fee", "transaction_id", "accepted_at"])
    MatchedEntry.objects.bulk_create(
        MatchedEntry(organization=organization, match=match, entry_id=number) for number in numbers
    )
    settle(lines, match, "matched")
    tie()
    match.refresh_from_db()
