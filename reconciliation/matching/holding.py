"""Holding what a match is about: lines, entries and matches, locked in one order, and what they must be.

Lines are locked first, by id; then matches. Whoever changes them holds them until the end.
"""

from collections.abc import Collection, Iterable
from decimal import Decimal

from django.db import connection

from ledger.accounts.models import Account
from ledger.journal.models import Entry
from organizations import ids
from organizations.actors import Actor
from organizations.currencies.iso import decimals_of
from organizations.errors import NotFound
from organizations.events import recording
from organizations.money import add_up, exact
from organizations.tenants.models import Organization
from reconciliation.errors import EntryMatchedAlready, LineNotOpen, LinesOfOneAccount, MatchDoesNotTie
from reconciliation.matching.answers import line_answers
from reconciliation.matching.models import Match, MatchedEntry
from reconciliation.statements.models import StatementLine

OPEN = ("unmatched", "suggested")


def held_lines(organization: Organization, numbers: Collection[int]) -> list[StatementLine]:
    """Lines of the organization, locked, by id, each with its account. Raises NotFound where one is missing."""
    rows = StatementLine.objects.of(organization).filter(pk__in=numbers).order_by("pk")
    found = list(rows.select_for_update(of=("self",)))
    if len(found) != len(set(numbers)):
        raise NotFound()
    accounts = Account.objects.of(organization).in_bulk({line.account_id for line in found})
    for line in found:
        line.account = accounts[line.account_id]
    return found


def open_lines(organization: Organization, numbers: Collection[int]) -> list[StatementLine]:
    """Lines that nothing has become of yet, locked. Raises NotFound, LineNotOpen, LinesOfOneAccount."""
    found = held_lines(organization, numbers)
    for line in found:
        if line.status not in OPEN:
            raise LineNotOpen(details={"status": line.status, "line_id": line.public_id})
    if len({line.account_id for line in found}) > 1:
        raise LinesOfOneAccount()
    return found


def free_entries(organization: Organization, account: Account, numbers: Collection[int], *, path: str) -> list[Entry]:
    """Entries of the account that are in no match. Raises LinesOfOneAccount, EntryMatchedAlready."""
    found = list(Entry.objects.of(organization).filter(pk__in=numbers, account=account).order_by("pk"))
    if len(found) != len(set(numbers)):
        missing = sorted(set(numbers) - {entry.pk for entry in found})
        names = ", ".join(ids.encode("LED", number) for number in missing)
        raise LinesOfOneAccount(fields={path: f"Not entries of {account.code}: {names}."})
    taken = MatchedEntry.objects.of(organization).filter(entry_id__in=numbers).values_list("entry_id", flat=True)
    taken = sorted(taken)
    if taken:
        raise EntryMatchedAlready(details={"entry_ids": [ids.encode("LED", number) for number in taken]})
    return found


def difference(lines: Iterable[StatementLine], entries: Iterable[Entry]) -> Decimal:
    """By how much the entries exceed the lines: zero where they tie."""
    return add_up([*(entry.amount for entry in entries), *(-line.amount for line in lines)])


def refuse_difference(lines: list[StatementLine], entries: list[Entry]) -> None:
    """Raise MatchDoesNotTie unless both add up to the same."""
    left = difference(lines, entries)
    if left:
        decimals = decimals_of(lines[0].account.currency_id)
        raise MatchDoesNotTie(
            details={
                "lines": exact(add_up(line.amount for line in lines), decimals),
                "entries": exact(add_up(entry.amount for entry in entries), decimals),
                "difference": exact(left, decimals),
            }
        )


def drop_suggestions(organization: Organization, lines: Iterable[StatementLine]) -> None:
    """What was suggested for these lines is void; other lines of the same suggestions are open again."""
    numbers = {line.match_id for line in lines if line.status == "suggested"}
    if numbers:
        rows = StatementLine.objects.of(organization).filter(match_id__in=numbers)
        rows.update(status="unmatched", match_id=None)
        Match.objects.of(organization).filter(pk__in=numbers, status="suggested").delete()


def settle(lines: Iterable[StatementLine], match: Match, status: str) -> None:
    """Put lines into an accepted match."""
    for line in lines:
        line.status, line.match_id = status, match.pk
        line.save(update_fields=["status", "match_id"])


def tie() -> None:
    """Let the database compare lines and entries now, so that a refusal is an answer and no failed commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "set constraints match_checked, match_checked_at_once immediate;"
            " set constraints match_checked, match_checked_at_once deferred"
        )


class Trail:
    """One event for each line of an act: its state before, and after."""

    def __init__(self, lines: list[StatementLine]):
        self.lines = lines
        self.before = line_answers(lines)

    def record(self, event_type: str, *, actor: Actor, organization: Organization) -> list[StatementLine]:
        """Record the act for each line; gives the lines as they are now."""
        numbers = [line.pk for line in self.lines]
        rows = StatementLine.objects.of(organization).select_related("account").in_bulk(numbers)
        now = [rows[number] for number in numbers]
        facts = [
            (event_type, before["id"], before, after)
            for before, after in zip(self.before, line_answers(now), strict=True)
        ]
        with connection.cursor() as cursor:
            cursor.execute(*recording.statement(actor=actor, organization_id=organization.pk, facts=facts))
        return now
