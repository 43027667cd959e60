"""A practice year carried out in earnest: books posted, statements imported, matched, and compared with the truth.

Everything goes the way that a customer's data goes; afterwards it is rolled back, and nothing is left.
"""

import csv
import io
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import transaction

from ledger.accounts.models import Account
from ledger.accounts.opening import NewAccount, open_accounts
from ledger.journal.drafts import Draft, Line
from ledger.journal.posting import create_transactions
from organizations.actors import Actor, system
from organizations.currencies.models import Currency
from organizations.directory.creating import sign_up
from organizations.money import add_up
from organizations.scoping import acting_in
from organizations.tenants.models import Organization
from reconciliation.matching.models import Match
from reconciliation.matching.proposing import propose_matches
from reconciliation.practice.judging import Verdict, judge
from reconciliation.practice.years import Statement, Year, practice_year
from reconciliation.scoring.shapes import BankLine, BookEntry, Proposal
from reconciliation.statements.importing import import_statement
from reconciliation.statements.models import StatementLine
from reconciliation.statements.reading import Upload

ACTOR = system("match_report")
AT_ONCE = 500
COLUMNS = ("Date", "Description", "Counterparty", "Reference", "Amount")


@dataclass(frozen=True, slots=True)
class Enacted:
    """What a practice year came to."""

    lines: int
    entries: int
    verdict: Verdict
    seconds_to_import: Decimal
    seconds_to_match: Decimal


def enact(seed: int, *, lines: int = 6_000, entries: int = 8_000) -> Enacted:
    """Carry out the year of a seed, of so many lines and entries. It writes nothing that stays."""
    year = practice_year(seed, lines=lines, entries=entries)
    with transaction.atomic():
        found = _carry_out(year, seed)
        transaction.set_rollback(True)
    return found


def _carry_out(year: Year, seed: int) -> Enacted:
    signed = sign_up(
        actor=Actor(),
        email=f"practice-{seed}@example.com",
        name="Practice",
        base_currency=Currency.objects.get(pk="USD"),
        mode="test",
    )
    organization = signed.organization
    with acting_in(organization.pk):
        bank, entry_ids = post_year(organization, year)
        started = time.perf_counter()
        line_ids: dict[int, int] = {}
        for statement in year.statements:
            line_ids |= import_month(organization, bank, statement)
        imported = time.perf_counter()
        propose_matches(actor=ACTOR, organization=organization, account=bank)
        matched = time.perf_counter()
        lines = {number: mine for mine, number in line_ids.items()}
        entries = {number: mine for mine, number in entry_ids.items()}
        rows = Match.objects.of(organization).exclude(entry_ids=[])
        verdict = judge(year, [_proposal(match, lines, entries) for match in rows])
    return Enacted(
        lines=len(line_ids),
        entries=len(entry_ids),
        verdict=verdict,
        seconds_to_import=_seconds(imported - started),
        seconds_to_match=_seconds(matched - imported),
    )


def _seconds(measured) -> Decimal:
    return Decimal(f"{measured:.2f}")


def post_year(organization: Organization, year: Year) -> tuple[Account, dict[int, int]]:
    """Open the accounts and post a year's entries, those of one transaction together.

    Gives the bank's account, and the number in the books of each entry.
    """
    wanted = [
        NewAccount(code="1000", name="Bank", type="asset", currency="USD"),
        NewAccount(code="1900", name="Other side", type="asset", currency="USD"),
        NewAccount(code="5900", name="Bank fees", type="expense", currency="USD", role="bank_fees"),
    ]
    bank, other, _ = open_accounts(actor=ACTOR, organization=organization, accounts=wanted)
    together: dict[int, list[BookEntry]] = defaultdict(list)
    for entry in year.entries:
        together[entry.transaction_id].append(entry)
    groups, numbers = list(together.values()), {}
    for start in range(0, len(groups), AT_ONCE):
        some = groups[start : start + AT_ONCE]
        drafts = [_draft(bank, other, entries) for entries in some]
        plans = create_transactions(actor=ACTOR, organization=organization, drafts=drafts, auto_post=True)
        for plan, entries in zip(plans, some, strict=True):
            numbers |= {mine.id: posted.id for mine, posted in zip(entries, plan.entries, strict=False)}
    return bank, numbers


def _draft(bank: Account, other: Account, entries: list[BookEntry]) -> Draft:
    lines = [
        Line(
            bank.pk,
            "debit" if entry.amount > 0 else "credit",
            abs(entry.amount),
            description=entry.description,
            reference=entry.reference,
        )
        for entry in entries
    ]
    rest = add_up(entry.amount for entry in entries)
    if rest:
        lines.append(Line(other.pk, "credit" if rest > 0 else "debit", abs(rest)))
    return Draft(lines=lines, date=entries[0].date, description=entries[0].contact)


def import_month(organization: Organization, bank: Account, statement: Statement) -> dict[int, int]:
    """Import one month as the bank's CSV file; gives the number in the books of each line."""
    upload = Upload(file_name=f"{statement.number}.csv", data=_file(statement.lines))
    done = import_statement(actor=ACTOR, organization=organization, account=bank, upload=upload)
    rows = StatementLine.objects.of(organization).filter(statement=done.statement).order_by("place")
    return {mine.id: number for mine, number in zip(statement.lines, rows.values_list("pk", flat=True), strict=True)}


def _file(lines: Iterable[BankLine]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for line in lines:
        writer.writerow([line.date, line.description, line.counterparty, line.reference, line.amount])
    return text.getvalue().encode()


def _proposal(match: Match, lines: dict[int, int], entries: dict[int, int]) -> Proposal:
    """A match in the numbers of the practice year."""
    return replace(
        _BLANK,
        line_ids=tuple(sorted(lines[number] for number in match.line_ids)),
        entry_ids=tuple(sorted(entries[number] for number in match.entry_ids if number in entries)),  # less the fee's
        fee=match.fee,
        accepted=match.status == "accepted",
    )


_BLANK = Proposal(
    line_ids=(),
    entry_ids=(),
    fee=Decimal(0),
    score=0,
    features={},
    runner_up=None,
    margin=0,
    accepted=False,
    reason="clear",
)
