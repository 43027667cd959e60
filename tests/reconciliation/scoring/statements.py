"""Lines and entries written as a bookkeeper would write them, one to a row, fields between bars.

Lines: ``id | date | amount | description | counterparty | reference``.
Entries: ``id | date | amount | description | contact | reference | transaction``.
What is left out at the end is empty; the transaction is the entry's own id.
"""

import datetime
from decimal import Decimal

from reconciliation.scoring.shapes import BankLine, BookEntry


def _rows(text: str) -> list[list[str]]:
    rows = ([cell.strip() for cell in row.split("|")] for row in text.strip().splitlines())
    return [row + [""] * (7 - len(row)) for row in rows]


def bank(text: str, *, held: tuple[int, ...] = ()) -> list[BankLine]:
    return [
        BankLine(int(row[0]), datetime.date.fromisoformat(row[1]), Decimal(row[2]), *row[3:6], held=int(row[0]) in held)
        for row in _rows(text)
    ]


def books(text: str) -> list[BookEntry]:
    return [
        BookEntry(
            id=int(row[0]),
            transaction_id=int(row[6] or row[0]),
            date=datetime.date.fromisoformat(row[1]),
            amount=Decimal(row[2]),
            description=row[3],
            contact=row[4],
            reference=row[5],
        )
        for row in _rows(text)
    ]
