"""What every reader of statements gives, whatever the format: a stream of items, in the order of the file.

A reader is a pure function ``read(data: bytes, ...) -> Iterator[Item]``. It raises ``Unreadable``
where the file as a whole cannot be used, and yields a ``Problem`` for a single record that cannot,
so that no line is ever dropped in silence. Dates are the digits that are written: a booking at
23:00 in New York stays on its day, whatever day it is in UTC by then.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal


class Unreadable(Exception):
    """The file cannot be used. ``code`` is for programs; ``message`` tells a person what to do about it.

    ``example`` is a cell that shows what is left open; "" where there is none.
    """

    def __init__(self, code: str, message: str, example: str = ""):
        super().__init__(message)
        self.code = code
        self.message = message
        self.example = example


@dataclass(frozen=True, slots=True)
class Section:
    """The statement of one account begins; what follows belongs to it until the next section.

    ``account`` is the number or IBAN as it is written, ``currency`` an ISO code, ``number`` the
    statement's own; "" where the file does not say.
    """

    account: str = ""
    currency: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One movement on the account, as the bank wrote it.

    ``place`` is the physical line (or, in XML, the entry's number) where it begins, from 1.
    ``amount`` is signed: positive is money in. ``reference`` is a cheque number or the payer's
    reference, ``bank_id`` what the bank calls the movement (FITID, AcctSvcrRef), ``kind`` its own
    code for what it is. ``balance`` is the running balance after the line, where the file has one.
    """

    place: int
    date: datetime.date
    amount: Decimal
    description: str = ""
    counterparty: str = ""
    counterparty_account: str = ""
    reference: str = ""
    bank_id: str = ""
    kind: str = ""
    value_date: datetime.date | None = None
    balance: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Balance:
    """What the account held at the beginning or end of the section, signed as lines are."""

    kind: Literal["opening", "closing"]
    amount: Decimal
    date: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """One record that cannot be read, or that the file contradicts; ``place`` as in ``Line``."""

    place: int
    code: str
    message: str


Item = Section | Line | Balance | Problem
