"""Importing a journal file: checked whole, then posted whole or not at all.

Every problem is found before anything is written, each with its line. A transaction's
value in the file is its ``external_id``, so the same file twice posts nothing new, and
a longer version of a file posts only what is new in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction

from ledger.accounts.models import Account
from ledger.accounts.opening import NewAccount, open_accounts
from ledger.errors import JournalFileInvalid
from ledger.imports.csv_tables import Problem
from ledger.imports.journal_files import AccountRow, JournalTransaction, read_accounts, read_journal
from ledger.journal.drafts import Draft, Line
from ledger.journal.models import Entry, Transaction
from ledger.journal.posting import Plan, write
from ledger.journal.rating import rates_of
from ledger.journal.weighing import Rates, Weighed, obstacles, weigh
from organizations.actors import Actor
from organizations.currencies.iso import decimals_of
from organizations.errors import Refusal
from organizations.jobs.progress import Progress
from organizations.tenants.models import Organization

CHUNK = 1000


@dataclass(slots=True)
class Imported:
    """What an import did, or would do, or every reason why it cannot."""

    dry_run: bool = False
    transactions: int = 0
    entries: int = 0
    accounts_created: int = 0
    skipped: int = 0
    problems: list[Problem] = field(default_factory=list)


@transaction.atomic
def import_journal(
    *,
    actor: Actor,
    organization: Organization,
    journal: bytes,
    accounts: bytes | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Imported:
    """Import a journal file, and the accounts it needs from an accounts file.

    ``dry_run`` returns what would happen, with all problems, and changes nothing. Without
    it problems raise JournalFileInvalid, which lists them.
    """
    progress = progress or Progress()
    done = Imported(dry_run=dry_run)
    rows: list[AccountRow] = []
    if accounts is not None:
        rows, done.problems = read_accounts(accounts, decimals_of=decimals_of)
        if done.problems:
            done.problems = [_in_accounts_file(problem) for problem in done.problems]
    found, problems = read_journal(journal, decimals_of=decimals_of)
    done.problems += problems
    if not done.problems:
        with transaction.atomic():
            _import(actor, organization, rows, found, done, progress)
            if dry_run or done.problems:
                transaction.set_rollback(True)
    if done.problems and not dry_run:
        raise JournalFileInvalid(details={"problems": [problem_answer(problem) for problem in done.problems]})
    return done


def problem_answer(problem: Problem) -> dict:
    """A problem as the API shows it."""
    return {"line": problem.line, "column": problem.column, "code": problem.code, "message": problem.message}


def _in_accounts_file(problem: Problem) -> Problem:
    return Problem(problem.line, problem.column, problem.code, f"Accounts file: {problem.message}")


def _import(actor, organization, rows, found, done: Imported, progress: Progress) -> None:
    by_code = {account.code: account for account in Account.objects.of(organization)}
    done.accounts_created = len(_open_missing(actor, organization, rows, by_code, done.problems))
    # What the accounts file was to open is not missing from the books, only refused: that is said once.
    refused = {row.code for row in rows} - by_code.keys()
    new = _leave_out_known(organization, found, by_code, done)
    progress.start(len(new))
    accounts = {account.pk: account for account in by_code.values()}
    rates = rates_of(
        organization,
        {
            (by_code[entry.account_code].currency_id, each.date)
            for each in new
            for entry in each.entries
            if entry.currency_rate is None and entry.account_code in by_code
        },
    )
    plans = []
    for each in new:
        weighed = _weigh(each, by_code, refused, accounts, organization, rates, done.problems)
        if weighed is not None:
            plans.append(Plan(weighed, True))
    if done.problems:
        done.problems.sort()
        return
    done.transactions, done.entries = len(plans), sum(len(plan.weighed.lines) for plan in plans)
    for start in range(0, len(plans), CHUNK):
        chunk = plans[start : start + CHUNK]
        write(actor=actor, organization=organization, plans=chunk)
        plans[start : start + CHUNK] = [None] * len(chunk)  # what is written need not stay in memory
        progress.advance(len(chunk))


def _open_missing(actor, organization, rows: list[AccountRow], by_code, problems: list[Problem]) -> list[Account]:
    """Open the accounts of the accounts file that are not there; those that are must be the same."""
    missing = []
    for row in rows:
        account = by_code.get(row.code)
        if account is None:
            missing.append(row)
        elif (account.type, account.currency_id) != (row.type, row.currency):
            message = f"Accounts file: {row.code} exists as {account.type} in {account.currency_id}."
            problems.append(Problem(row.line, "code", "account_differs", message))
    if problems or not missing:
        return []
    wanted = [
        NewAccount(
            code=row.code, name=row.name, type=row.type, currency=row.currency, parent_code=row.parent_code or None
        )
        for row in missing
    ]
    try:
        opened = open_accounts(actor=actor, organization=organization, accounts=wanted)
    except Refusal as refusal:
        for path, messages in (refusal.details.get("fields") or {"": [refusal.message]}).items():
            place = int(path.partition("[")[2].partition("]")[0] or 0)
            problems.append(
                Problem(missing[place].line, path.partition(".")[2], refusal.code, f"Accounts file: {messages[0]}")
            )
        return []
    by_code.update({account.code: account for account in opened})
    return opened


def _leave_out_known(organization, found: list[JournalTransaction], by_code, done: Imported):
    """The transactions that are not in the books yet. A known id with other content is a problem."""
    new = []
    known = _known(organization, [each.external_id for each in found])
    for each in found:
        if each.external_id not in known:
            new.append(each)
        elif known[each.external_id] == _signature(each, by_code):
            done.skipped += 1
        else:
            message = f"The transaction {each.external_id} is in the books with other content."
            done.problems.append(Problem(each.line, "transaction", "external_id_taken", message))
    return new


def _known(organization: Organization, external_ids: list[str]) -> dict[str, tuple]:
    headers = {}
    for start in range(0, len(external_ids), 10_000):
        some = Transaction.objects.of(organization).filter(external_id__in=external_ids[start : start + 10_000])
        headers |= {each.pk: each for each in some}
    entries: dict[int, list] = {number: [] for number in headers}
    numbers = list(headers)
    for start in range(0, len(numbers), 10_000):
        some = Entry.objects.of(organization).filter(transaction_id__in=numbers[start : start + 10_000])
        for number, account_id, amount in some.values_list("transaction_id", "account_id", "amount"):
            entries[number].append((account_id, amount))
    return {
        header.external_id: (header.transaction_date, header.description, sorted(entries[number]))
        for number, header in headers.items()
    }


def _signature(each: JournalTransaction, by_code: dict[str, Account]) -> tuple:
    lines = (
        (by_code[entry.account_code].pk if entry.account_code in by_code else 0, entry.signed_amount)
        for entry in each.entries
    )
    return (each.date, each.description, sorted(lines))


def _weigh(
    each, by_code, refused: set[str], accounts, organization, rates: Rates, problems: list[Problem]
) -> Weighed | None:
    """One transaction of the file, weighed; None with problems where it cannot be posted."""
    unknown = [entry for entry in each.entries if entry.account_code not in by_code]
    if unknown:
        problems += [
            Problem(entry.line, "account_code", "account_not_found", f"There is no account {entry.account_code}.")
            for entry in unknown
            if entry.account_code not in refused
        ]
        return None
    draft = Draft(
        lines=[
            Line(
                account_id=by_code[entry.account_code].pk,
                entry_type=entry.entry_type,
                amount=entry.amount,
                currency=entry.currency,
                rate=entry.currency_rate,
                description=entry.memo,
                reference=entry.reference,
            )
            for entry in each.entries
        ],
        type=each.type,
        date=each.date,
        description=each.description,
        reference_number=each.reference,
        external_id=each.external_id,
        metadata={"contact": each.contact} if each.contact else {},
    )
    try:
        weighed = weigh(draft, accounts, organization, each.date, rates=rates)
    except Refusal as refusal:
        problems += _problems_of(refusal, each)
        return None
    in_the_way = obstacles(weighed, organization)
    for refusal in in_the_way:
        problems += _problems_of(refusal, each)
    return None if in_the_way else weighed


def _problems_of(refusal: Refusal, each: JournalTransaction) -> Iterable[Problem]:
    """A refusal as problems on the lines of the file."""
    fields = refusal.details.get("fields")
    if not fields:
        text = f"{refusal.message}: {refusal.details}" if refusal.details else refusal.message
        yield Problem(each.line, "", refusal.code, text)
        return
    for path, messages in fields.items():
        line, column = each.line, path
        if path.startswith("entries["):
            line = each.entries[int(path[8 : path.index("]")])].line
            column = path.partition(".")[2]
        yield Problem(line, column, refusal.code, messages[0])
