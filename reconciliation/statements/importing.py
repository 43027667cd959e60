"""Importing a bank's file into an account: every line judged, what is new kept, nothing taken twice, nothing lost.

Imports into one account go one after the other, under a lock of the database: of two at the same
instant, the second sees what the first has taken. The whole file is one database transaction.
"""

import datetime
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice

import msgspec
from django.db import connection, transaction
from django.db.models import Max, Min

from ledger.accounts.models import Account
from ledger.journal.saved import new_ids
from organizations import ids
from organizations.actors import Actor
from organizations.currencies.iso import decimals_of
from organizations.events.recording import event, record
from organizations.jobs.progress import Progress
from organizations.money import InexactAmount, exact
from organizations.tenants.models import Organization
from reconciliation.parsers.items import Balance, Item, Line, Problem, Section
from reconciliation.statements.answers import statement_answer
from reconciliation.statements.fingerprints import Marker
from reconciliation.statements.following import followed
from reconciliation.statements.judging import LONGEST_WORD, NEW, Judge, Judged
from reconciliation.statements.large_writes import plan_anew_while_small
from reconciliation.statements.models import Remark, Statement, StatementLine
from reconciliation.statements.reading import Reading, Upload, items_for
from reconciliation.statements.usefulness import refuse_useless

IMPORTED = event("statement.imported")

CHUNK = 2_000
#: So many lines the result shows; of a larger file those that were not simply new.
SHOWN = 1_000
#: What is kept of a text; fingerprints are of the whole.
LONGEST_TEXT = 4_000
LARGEST_AMOUNT = Decimal(10) ** 19
FIRST_DAY, LAST_DAY = datetime.date(1900, 1, 1), datetime.date(2200, 12, 31)

ADD = """
    insert into reconciliation_statementline (
        id, organization_id, statement_id, account_id, place, date, value_date, amount, balance, description,
        counterparty, counterparty_account, reference, bank_id, kind, fingerprint, content, occurrence, verdict, status,
        ignore_reason, metadata)
    select n.id, %s, %s, %s, n.place, n.date, n.value_date, n.amount, n.balance, n.description, n.counterparty,
           n.counterparty_account, n.reference, n.bank_id, n.kind, decode(n.fingerprint, 'hex'),
           decode(n.content, 'hex'), n.occurrence, n.verdict,
           case when n.amount = 0 then 'ignored' else 'unmatched' end,
           case when n.amount = 0 then 'The amount is zero.' else '' end, '{}'
      from json_to_recordset(%s::json) as n (
           id bigint, place int, date date, value_date date, amount numeric, balance numeric, description text,
           counterparty text, counterparty_account text, reference text, bank_id text, kind text, fingerprint text,
           content text, occurrence int, verdict text)
"""


@dataclass(slots=True)
class Told:
    """What the result says of one line of the file."""

    place: int
    judged: Judged
    line: Line | None = None
    line_id: int | None = None


@dataclass(slots=True)
class Imported:
    """What an import did, or would do. ``first`` is the earlier import of the very same file, if there is one."""

    statement: Statement
    dry_run: bool = False
    first: Statement | None = None
    total: int = 0
    told: list[Told] = field(default_factory=list)
    mapping: dict | None = None


@transaction.atomic
def import_statement(
    *,
    actor: Actor,
    organization: Organization,
    account: Account,
    upload: Upload,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Imported:
    """Import a file; ``dry_run`` says what would become of each line and changes nothing.

    The same file again adds nothing, for all of its lines are known; but a line that went with the undoing of
    another file, which had it first, comes back. Raises StatementUnreadable, StatementOfAnotherAccount,
    StatementCurrencyDiffers, AccountNotReconcilable.
    """
    plan_anew_while_small("reconciliation_statementline")
    with connection.cursor() as cursor:
        keys = [organization.pk, account.pk]
        cursor.execute("select pg_advisory_xact_lock(reconciliation_account_key(%s, %s))", keys)
    file_hash = hashlib.sha256(upload.data).hexdigest()
    known = Statement.objects.of(organization).filter(account=account, file_hash=file_hash, undone_at=None).first()
    wanted = (actor, organization, account, upload, progress or Progress())
    with transaction.atomic():
        done = _Import(*wanted).run(file_hash, again=known)
        done.dry_run, done.first = dry_run, known
        if dry_run or known is not None:  # the same file is judged for the answer, and leaves nothing
            transaction.set_rollback(True)
            for one in done.told:
                one.line_id = None
    if known is not None and not dry_run and done.statement.new + done.statement.conflicts:
        done.told = _Import(*wanted).restore(known).told
    return done


class _Import:
    """One file on its way in."""

    def __init__(self, actor: Actor, organization: Organization, account: Account, upload: Upload, progress: Progress):
        self.actor, self.organization, self.account = actor, organization, account
        self.upload, self.progress = upload, progress
        self.decimals = decimals_of(account.currency_id)
        self.marker = Marker()
        self.remarks: list[Remark] = []
        self.restoring, self.before = False, None

    def run(self, file_hash: str, *, again: Statement | None) -> Imported:
        reading = items_for(self.organization, self.account, self.upload)
        self.statement = Statement(
            organization=self.organization,
            account=self.account,
            file_name=self.upload.file_name[:255],
            format=reading.format,
            file_hash=f"again {again.pk}" if again else file_hash,
            mapping=reading.mapping,
        )
        self.statement.save()
        self.judge = self._judge(reading.format, again)
        return self._read(reading)

    def restore(self, known: Statement) -> Imported:
        """Give a file back the lines that went with another one; what was said of the rest stands."""
        reading = items_for(self.organization, self.account, self.upload)
        self.statement, self.restoring = known, True
        self.before = statement_answer(known, self.account)
        self.judge = self._judge(reading.format, known)
        self.judge.statement_id = None  # its own lines are known
        return self._read(reading)

    def _read(self, reading: Reading) -> Imported:
        self.done = Imported(self.statement, mapping=reading.mapping)
        self.progress.start(reading.records)
        lines = self._lines(reading.items)
        while chunk := list(islice(lines, CHUNK)):
            self._take(chunk)
            self.progress.advance(max(0, min(chunk[-1].place, reading.records) - self.progress.done))
        self._finish()
        return self.done

    def _judge(self, format: str, again: Statement | None) -> Judge:
        others = StatementLine.objects.of(self.organization).filter(account=self.account)
        span = others.aggregate(first=Min("date"), last=Max("date"))
        return Judge(
            organization_id=self.organization.pk,
            account_id=self.account.pk,
            statement_id=self.statement.pk,
            format=again.format if again else format,
            span=(span["first"], span["last"]) if span["first"] else None,
        )

    def _lines(self, items: Iterator[Item]) -> Iterator[Line]:
        """The lines that can be kept; all else is noted on the way."""
        for item in followed(items):
            match item:
                case Line():
                    problem = self._unfit(item)
                    if problem:
                        self._remark(item.place, Judged("error", *problem), item)
                    else:
                        yield item
                case Problem():
                    self._remark(item.place, Judged("error", item.code, item.message))
                case Balance():
                    self._balance(item)
                case Section():
                    self.statement.account_number = item.account[:64] or self.statement.account_number
                    self.statement.currency = item.currency or self.statement.currency

    def _unfit(self, line: Line) -> tuple[str, str] | None:
        """Why the books could not hold a line."""
        if not FIRST_DAY <= line.date <= LAST_DAY:
            return "date_out_of_range", f"{line.date} is not a day of any books."
        if abs(line.amount) >= LARGEST_AMOUNT:
            return "amount_too_large", "The amount has too many digits."
        try:
            exact(line.amount, self.decimals)
        except InexactAmount:
            return "too_many_decimals", f"{line.amount} has more decimals than {self.account.currency_id} has."
        return None

    def _balance(self, balance: Balance) -> None:
        if abs(balance.amount) >= LARGEST_AMOUNT:
            return
        if balance.kind == "opening" and self.statement.opening_balance is None:
            self.statement.opening_balance = balance.amount
        if balance.kind == "closing":
            self.statement.closing_balance = balance.amount

    def _take(self, chunk: list[Line]) -> None:
        marked = [self.marker.mark(line) for line in chunk]
        self.judge.begin(marked)
        _, numbers = new_ids(len(marked))
        rows, told = [], []
        for number, one in zip(numbers, marked, strict=True):
            judged = self.judge.judge(one)
            if judged.verdict == "duplicate_of":
                self._remark(one.line.place, judged, one.line)
                continue
            if judged.verdict == "conflict":
                self._remark(one.line.place, judged, one.line, told=False)
            rows.append(_row(number, one, judged))
            told.append(Told(one.line.place, judged, one.line, number))
            self._tell(told[-1])
        if not rows:
            return
        with connection.cursor() as cursor:
            text = msgspec.json.encode(rows).decode()
            cursor.execute(ADD, [self.organization.pk, self.statement.pk, self.account.pk, text])
        if self.restoring:
            self.judge.own.extend(one.line_id for one in told)
            self.statement.duplicates = max(0, self.statement.duplicates - len(told))
        self.statement.new += sum(one.judged is NEW for one in told)
        self.statement.conflicts += sum(one.judged is not NEW for one in told)
        days = [one.line.date for one in told]
        self.statement.start_date = min([*days, *filter(None, [self.statement.start_date])])
        self.statement.end_date = max([*days, *filter(None, [self.statement.end_date])])

    def _remark(self, place: int, judged: Judged, line: Line | None = None, *, told: bool = True) -> None:
        if self.restoring and judged.verdict != "conflict":  # it stands there already
            self._tell(Told(place, judged, line))
            return
        self.remarks.append(
            Remark(
                organization=self.organization,
                statement=self.statement,
                place=place,
                verdict=judged.verdict,
                code=judged.code,
                reason=judged.reason[:2000],
                line_id=judged.known,
                date=line.date if line and FIRST_DAY <= line.date <= LAST_DAY else None,
                amount=line.amount if line and abs(line.amount) < LARGEST_AMOUNT else None,
                description=line.description[:LONGEST_TEXT] if line else "",
                bank_id=line.bank_id[:LONGEST_WORD] if line and judged.code == "known_content" else "",
            )
        )
        self.statement.duplicates += judged.verdict == "duplicate_of"
        self.statement.errors += judged.verdict == "error"
        if told:
            self._tell(Told(place, judged, line))
        if len(self.remarks) >= CHUNK:
            self._keep_remarks()

    def _keep_remarks(self) -> None:
        Remark.objects.bulk_create(self.remarks)
        self.remarks = []

    def _tell(self, one: Told) -> None:
        """For the result: all lines of a short file, of a long one those that are not simply new."""
        self.done.total += 1
        if one.judged is not NEW or self.done.total <= SHOWN:
            self.done.told.append(one)

    def _finish(self) -> None:
        statement = self.statement
        if not self.restoring and not statement.new + statement.duplicates + statement.conflicts:
            problems = [(one.place, one.judged.code, one.judged.reason) for one in self.done.told]
            refuse_useless(self.account, problems)
        self._keep_remarks()
        columns = ["new", "duplicates", "conflicts", "errors", "start_date", "end_date", "opening_balance"]
        columns += ["closing_balance", "account_number", "currency"]
        statement.save(update_fields=columns)
        statement.refresh_from_db()
        record(
            IMPORTED,
            actor=self.actor,
            organization_id=self.organization.pk,
            entity_id=statement.public_id,
            before=self.before,
            after=statement_answer(statement, self.account),
        )
        self.done.told.sort(key=lambda one: one.place)


def _row(number: int, marked, judged: Judged) -> dict:
    line = marked.line
    return {
        "id": number,
        "place": line.place,
        "date": line.date,
        "value_date": line.value_date,
        "amount": line.amount,
        "balance": line.balance if line.balance is None or abs(line.balance) < LARGEST_AMOUNT else None,
        "description": line.description[:LONGEST_TEXT],
        "counterparty": line.counterparty[:LONGEST_TEXT],
        "counterparty_account": line.counterparty_account[:LONGEST_WORD],
        "reference": line.reference[:LONGEST_WORD],
        "bank_id": line.bank_id[:LONGEST_WORD],
        "kind": line.kind[:LONGEST_WORD],
        "fingerprint": marked.identity.hex(),
        "content": marked.content.hex(),
        "occurrence": marked.occurrence,
        "verdict": judged.verdict,
    }


def told_answer(one: Told, decimals: int) -> dict:
    """One line of the result."""
    line = one.line
    return {
        "place": one.place,
        "verdict": one.judged.verdict,
        "code": one.judged.code or None,
        "reason": one.judged.reason or None,
        "line_id": ids.encode("LIN", one.line_id) if one.line_id else None,
        "known_line_id": ids.encode("LIN", one.judged.known) if one.judged.known else None,
        "date": line.date if line else None,
        "amount": _shown(line.amount, decimals) if line else None,
        "description": line.description if line else None,
    }


def _shown(amount: Decimal, decimals: int) -> Decimal:
    try:
        return exact(amount, decimals)
    except InexactAmount:
        return amount
