"""What the bank wrote, for tests: lines put beside the books without a file."""

import datetime
import hashlib
from decimal import Decimal

from reconciliation.statements.models import Statement, StatementLine
from tests.cast import Books

DAY = datetime.date(2026, 2, 1)


def statement(books: Books, code: str = "1001", **columns) -> Statement:
    """A statement without lines, in the scope of the caller."""
    digest = hashlib.sha256(f"{books.organization.pk} {code} {columns}".encode()).hexdigest()
    row = {"file_name": "bank.csv", "format": "csv", "file_hash": digest} | columns
    return Statement.objects.create(organization=books.organization, account=books.accounts[code], **row)


def line(books: Books, amount: str, *, code: str = "1001", of: Statement | None = None, **columns) -> StatementLine:
    """One line on an account's statement; each call is a line of its own."""
    with books.acting():
        within = of or statement(books, code, file_name=f"{len(_made)}.csv")
        _made.append(within)
        mark = hashlib.blake2b(f"{len(_made)} {amount}".encode(), digest_size=16).digest()
        row = {"date": DAY, "place": 1, "fingerprint": mark, "content": mark, "description": "A movement"} | columns
        made = StatementLine.objects.create(
            organization=books.organization,
            statement=within,
            account=books.accounts[code],
            amount=Decimal(amount),
            **row,
        )
        made.refresh_from_db()
        return made


_made: list[Statement] = []
