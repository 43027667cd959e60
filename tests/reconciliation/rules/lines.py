"""Lines of a bank without an import: rows as one would leave them."""

import datetime
import hashlib
from decimal import Decimal
from itertools import count

from reconciliation.statements.models import Statement, StatementLine
from tests.cast import Books

FIRST = datetime.date(2026, 1, 5)
_numbers = count(1)


def put_lines(books: Books, *lines: dict, code: str = "1001") -> list[StatementLine]:
    """Lines on an account, a day apart unless they say; ``{"amount": "-12.50", "description": "Card fee"}``."""
    account = books.accounts[code]
    with books.acting():
        statement = Statement.objects.create(
            organization=books.organization,
            account=account,
            file_name="bank.csv",
            format="csv",
            file_hash=f"{next(_numbers):064x}",
        )
        rows = []
        for place, line in enumerate(lines):
            mark = hashlib.blake2b(str(next(_numbers)).encode(), digest_size=16).digest()
            fields = {"date": FIRST + datetime.timedelta(days=place), **line, "amount": Decimal(line["amount"])}
            rows.append(
                StatementLine(
                    organization=books.organization,
                    statement=statement,
                    account=account,
                    place=place,
                    fingerprint=mark,
                    content=mark,
                    **fields,
                )
            )
        StatementLine.objects.bulk_create(rows)
        return list(StatementLine.objects.of(books.organization).filter(statement=statement).order_by("place"))


def rule(books: Books, **more) -> dict:
    """The body of a rule: money out with "fee" in it goes to bank charges."""
    return {
        "name": "Fees",
        "conditions": [{"field": "text", "operator": "contains", "value": "fee"}],
        "actions": {"account_id": books.account("5201")},
        **more,
    }


def made(books: Books, **more) -> dict:
    """A rule made over HTTP."""
    answer = books.api.post("/bank-rules", rule(books, **more))
    assert answer.status == 201, answer.body
    return answer.body
