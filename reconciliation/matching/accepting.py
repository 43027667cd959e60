"""Accepting many suggestions at once, set by set: what matching is sure of, and what a person accepts in bulk."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction

from ledger.errors import BatchFailed
from ledger.journal.models import Entry
from organizations import clock, ids
from organizations.actors import Actor
from organizations.errors import Invalid, NotFound, Refusal
from organizations.money import add_up
from organizations.tenants.models import Organization
from organizations.wire.batches import (
    Item,
    batch_answer,
    client_ref_of,
    skip_after_failure,
    skip_all_but_failed,
)
from reconciliation.errors import (
    EntryMatchedAlready,
    LineNotOpen,
    MatchDoesNotTie,
    MatchNotSuggested,
)
from reconciliation.matching.answers import match_answer
from reconciliation.matching.documents import pay_suggested
from reconciliation.matching.holding import OPEN, Trail, held_lines, tie
from reconciliation.matching.matching import MATCHED
from reconciliation.matching.models import Match, MatchedEntry
from reconciliation.statements.large_writes import plan_anew_while_small
from reconciliation.statements.models import StatementLine

HOLD = """
    insert into reconciliation_matchedentry (organization_id, entry_id, match_id)
    select %s, n.entry_id, n.match_id from unnest(%s::bigint[], %s::bigint[]) as n (entry_id, match_id)
"""
SETTLE = """
    update reconciliation_statementline l set status = 'matched', match_id = n.match_id
      from unnest(%s::bigint[], %s::bigint[]) as n (line_id, match_id)
     where l.organization_id = %s and l.id = n.line_id
"""


def accept_held(
    *, actor: Actor, organization: Organization, matches: Sequence[Match], lines: Iterable[StatementLine]
) -> None:
    """Accept saved suggestions whose lines are held, open and in no other match, and whose entries are free.

    The database compares their sums.
    """
    if not matches:
        return
    plan_anew_while_small("reconciliation_match")
    now, numbers = clock.now(), [match.pk for match in matches]
    taken = {number for match in matches for number in match.line_ids}
    trail = Trail([line for line in lines if line.pk in taken])
    Match.objects.of(organization).filter(pk__in=numbers).update(status="accepted", accepted_at=now)
    held = [(entry_id, match.pk) for match in matches for entry_id in match.entry_ids]
    pairs = [(line_id, match.pk) for match in matches for line_id in match.line_ids]
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [organization.pk, [pair[0] for pair in held], [pair[1] for pair in held]])
        cursor.execute(SETTLE, [[pair[0] for pair in pairs], [pair[1] for pair in pairs], organization.pk])
    tie()
    trail.record(MATCHED, actor=actor, organization=organization)


def accept_batch(
    *, actor: Actor, organization: Organization, wanted: list[Any], mode: str, dry_run: bool, start: int = 0
) -> dict:
    """Accept suggestions, by the contract of every batch. Raises BatchFailed if atomic and one fails."""
    items = [Item(index, client_ref_of(each)) for index, each in enumerate(wanted, start)]
    with transaction.atomic():
        numbers = [_number(each, item) for each, item in zip(wanted, items, strict=True)]
        rows = Match.objects.of(organization).filter(pk__in=[number for number in numbers if number])
        found = rows.select_related("account").in_bulk()
        lines = {line.pk: line for line in held_lines(organization, _existing(organization, found.values()))}
        found = rows.select_related("account").in_bulk()  # again, now that nobody can change them
        fit = _fit(organization, items, numbers, found, lines)
        _pay_documents(actor, organization, items, fit, stop=mode == "stop_on_error")
        if mode == "stop_on_error":
            skip_after_failure(items)
        failed = [item for item in items if item.refusal is not None]
        if mode == "atomic" and failed:
            skip_all_but_failed(items)
        fitting = [fit[item.index] for item in items if item.index in fit and not item.skipped]
        chosen = [match for match in fitting if not match.document_ids]
        accept_held(actor=actor, organization=organization, matches=chosen, lines=lines.values())
        now = rows.select_related("account").in_bulk()
        for item, number in zip(items, numbers, strict=True):
            if item.index in fit and not item.skipped:
                item.made = match_answer(now[number], now[number].account.currency_id)
        if dry_run or (mode == "atomic" and failed):
            transaction.set_rollback(True)
    answer = batch_answer(items, noun="match", mode=mode, dry_run=dry_run)
    if mode == "atomic" and failed:
        raise BatchFailed(failed[0].refusal, results=answer["results"])
    return answer


def _pay_documents(
    actor: Actor, organization: Organization, items: list[Item], fit: dict[int, Match], *, stop: bool
) -> None:
    """Book what pays documents, one by one; what the books refuse fits no more."""
    for item in items:
        if stop and item.refusal is not None:
            return
        match = fit.get(item.index)
        if match is None or not match.document_ids:
            continue
        try:
            with transaction.atomic():
                fit[item.index] = pay_suggested(actor=actor, organization=organization, match=match)
        except Refusal as refusal:
            item.refusal = refusal
            del fit[item.index]


def _number(wanted: Any, item: Item) -> int | None:
    text = wanted.get("match_id") if isinstance(wanted, dict) else wanted
    try:
        return ids.decode("MAT", text)
    except ValueError as problem:
        item.refusal = Invalid(fields={f"match_ids[{item.index}]": str(problem)})
    return None


def _existing(organization: Organization, matches: Iterable[Match]) -> list[int]:
    """The lines of suggestions that are still there: an import may have been undone."""
    wanted = {number for match in matches if match.status == "suggested" for number in match.line_ids}
    return list(StatementLine.objects.of(organization).filter(pk__in=wanted).values_list("pk", flat=True))


def _fit(
    organization: Organization,
    items: list[Item],
    numbers: list[int | None],
    found: dict[int, Match],
    lines: dict[int, StatementLine],
) -> dict[int, Match]:
    """The suggestions that can be accepted, by the place of their item; the others' items get their refusal."""
    wanted = {number for match in found.values() for number in match.entry_ids}
    amounts = dict(Entry.objects.of(organization).filter(pk__in=wanted).values_list("pk", "amount"))
    taken = set(MatchedEntry.objects.of(organization).filter(entry_id__in=wanted).values_list("entry_id", flat=True))
    fit: dict[int, Match] = {}
    for item, number in zip(items, numbers, strict=True):
        if item.refusal is not None:
            continue
        match = found.get(number)
        item.refusal = _obstacle(match, lines, amounts, taken)
        if item.refusal is None:
            fit[item.index] = match
            taken.update(match.entry_ids)
            for line_id in match.line_ids:
                lines[line_id].status = "matched"  # of what follows, nobody gets it again
    for line in lines.values():
        line.status = "suggested" if line.match_id else line.status
    return fit


def _obstacle(match: Match | None, lines: dict[int, StatementLine], amounts: dict, taken: set[int]) -> Refusal | None:
    if match is None:
        return NotFound()
    if match.status != "suggested" or not (match.entry_ids or match.document_ids):
        return MatchNotSuggested(details={"status": match.status})
    mine = [lines.get(number) for number in match.line_ids]
    if any(line is None or line.status not in OPEN or line.match_id != match.pk for line in mine):
        return LineNotOpen()
    if taken & set(match.entry_ids):
        return EntryMatchedAlready()
    if match.document_ids:
        return None
    if add_up(line.amount for line in mine) != add_up(amounts[number] for number in match.entry_ids):
        return MatchDoesNotTie()  # a fee is to be posted first: one by one, with its account
    return None
