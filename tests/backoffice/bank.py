"""The bank in the back office, for tests: a file on the page, the job behind it, a suggestion for a line."""

import datetime
import re
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from ledger.journal.models import Entry, Transaction
from organizations.jobs import running
from reconciliation.matching.models import Match
from reconciliation.statements.models import Statement, StatementLine
from tests.backoffice.desks import Person, Seen, recorded
from tests.cast import Books
from tests.reconciliation import banks

IMPORT = "/admin/import_statement/"
WORKBENCH = "/admin/workbench/"
COFFEE = (
    "Date,Description,Amount,Balance\n"
    "2026-02-01,Coffee,-3.50,996.50\n"
    "2026-02-01,Coffee,-3.50,993.00\n"
    "2026-02-03,Deposit,500.00,1493.00\n"
)


def send(person: Person, books: Books, text: str | bytes = COFFEE, *, name: str = "bank.csv", code="1001", **fields):
    """A file on the import page, checked unless ``_import`` is pressed."""
    content = text if isinstance(text, bytes) else text.encode()
    file = SimpleUploadedFile(name, content)
    return person.post(IMPORT, account=books.accounts[code].pk, file=file, **fields)


def work(books: Books, answer: Seen) -> int:
    """Do the job that a page went on to; its number."""
    assert answer.status == 302, answer.said
    number = int(re.fullmatch(r"/admin/import_statement/\?job=([0-9]+)", answer.goes_to)[1])
    running.run(books.organization.pk, number)
    return number


def imported(person: Person, books: Books, text: str | bytes = COFFEE, **fields) -> Seen:
    """The page with the result of an import."""
    answer = send(person, books, text, _import="1", **fields)
    work(books, answer)
    return person.get(answer.goes_to)


def lines(books: Books) -> list[StatementLine]:
    """All lines of the books, in the order of their days."""
    with books.acting():
        return list(StatementLine.objects.of(books.organization).order_by("date", "pk"))


def statement(books: Books) -> Statement:
    """The latest import."""
    with books.acting():
        return Statement.objects.of(books.organization).order_by("-pk").first()


def entry_of(books: Books, transaction: Transaction, code: str = "1001") -> Entry:
    """The entry of a transaction on the bank's account."""
    with books.acting():
        rows = Entry.objects.of(books.organization).filter(transaction=transaction, account=books.accounts[code])
        return rows.get()


def suggested(
    books: Books, amount: str = "100.00", *, booked: str | None = None, score: int = 640, **columns
) -> tuple[StatementLine, Match]:
    """A line with what is suggested for it: a cash sale of the same amount, or of ``booked`` less a fee."""
    line = banks.line(books, amount, **columns)
    sale = recorded(books, booked or amount, description=f"Sale for {amount}", date=datetime.date(2026, 2, 1))
    fee = Decimal(booked) - Decimal(amount) if booked else Decimal(0)
    entry = entry_of(books, sale)
    with books.acting():
        match = Match.objects.create(
            organization=books.organization,
            account=books.accounts["1001"],
            origin="automatic",
            line_ids=[line.pk],
            entry_ids=[entry.pk],
            fee=fee,
            score=score,
            margin=50,
            features={"amount": 200, "date": 80, "other_reference": -160},
            runner_up={"score": 590, "entry_ids": [entry.pk]},
            reason="close_call",
            scoring_version=1,
        )
        match.refresh_from_db()
        StatementLine.objects.of(books.organization).filter(pk=line.pk).update(status="suggested", match_id=match.pk)
        line.refresh_from_db()
    return line, match
