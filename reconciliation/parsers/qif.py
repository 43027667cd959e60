"""QIF, the Quicken interchange format, read line by line: the first character of a line says what it holds.

The format states neither the order of day and month nor the sign of decimals nor a currency, so the whole file is
looked at before the first item is given. Dates: a part above 12 is the day; years behind an apostrophe (`8/31' 0`)
are written by American Quicken, month first; else the order in which each section's dates go up, or down, without
exception. Amounts: see ``amounts``. What stays open is asked of a person, who answers with ``date_format`` and
``decimal_sign``. Years of two digits are 1969 to 2068, as POSIX reads them; behind an apostrophe 2000 to 2099; of
three digits they count from 1900, as programs wrote them that did not expect the year 2000.

- The first record of a section with the payee "Opening Balance", or whose category is the account itself, is the
  opening balance and no movement.
- The line's amount is T. Splits are told in the description; where they do not add up to T, the record is a Problem.
- Lists (categories, classes, memorized payees, securities, prices …) hold no movements and are passed over.
- Investments (`!Type:Invst`) state amounts without a sign, to be guessed from the action; each record is a Problem.
"""

import datetime
import io
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import lru_cache

from organizations.money import add_up
from reconciliation.parsers import amounts
from reconciliation.parsers.amounts import Misread, read_amount
from reconciliation.parsers.decoding import LONGEST, encoding_of, tidy
from reconciliation.parsers.items import Balance, Item, Line, Problem, Section, Unreadable

_MOVEMENTS = {"type:bank", "type:cash", "type:ccard", "type:otha", "type:othl"}
_INVESTMENTS, _ACCOUNTS = "type:invst", "account"
_NO_HEADER, _CUT = "(none)", "(cut)"
_LISTS = re.compile("type:(?:cat|class|memorized|security|prices|budget|tag|template|invitem)")

_DATE = re.compile(r"([0-9]{1,4})\s*[-/.' ]\s*([0-9]{1,2})\s*([-/.' ])\s*([0-9]{1,4})(?![0-9])")
_LONGEST_DATE = 30  # characters; a description may follow without a space
_COMPACT_DATE = re.compile(r"([0-9]{4})([0-9]{2})()([0-9]{2})(?![0-9])")

Day = Callable[[str], datetime.date | None]


def read(data: bytes, date_format: str = "", decimal_sign: str = "") -> Iterator[Item]:
    """The items of a QIF file.

    ``date_format`` is "DMY", "MDY" or "YMD", ``decimal_sign`` "." or ","; each decides what the file leaves open.
    Raises Unreadable with code file_empty, not_qif, no_statement or date_order_unclear.
    """
    if date_format not in ("", "DMY", "MDY", "YMD") or decimal_sign not in ("", ".", ","):
        raise ValueError("date_format is DMY, MDY or YMD; decimal_sign is a point or a comma.")
    if not data.strip():
        raise Unreadable("file_empty", "The file is empty; export the statement from the bank again.")
    sections, sign = _evidence(data)
    day = _days_in(date_format or _date_order(sections))
    names: list[str] = []
    account, is_first = "", False
    for kind, place, record in _records(data):
        if not record:  # a header
            if kind == _ACCOUNTS or kind.startswith(("option:", "clear:")):
                names, account = [], ""
            elif kind in _MOVEMENTS or kind == _INVESTMENTS:
                account = names[0] if len(names) == 1 else account  # several are a list of accounts
                names, is_first = [], True
                yield Section(account)
            elif not _LISTS.fullmatch(kind):
                yield Problem(place, "section_unknown", f"The section {kind[:40]!r} is not known, and not read.")
        elif kind == _ACCOUNTS:
            names += [tidy(line[1:]) for line in record if line[0] == "N"]
        elif kind in _MOVEMENTS:
            yield _item(place, record, day, decimal_sign or sign, account if is_first else None)
            is_first = False
        elif kind == _INVESTMENTS:
            yield Problem(place, "investment_not_read", "The movement of an investment is not read; enter it by hand.")
        elif kind == _CUT:
            yield Problem(place, "file_truncated", "The file ends in the middle of this record.")


def _records(data: bytes) -> Iterator[tuple[str, int, list[str]]]:
    """The section's kind, the physical line and the lines of each record; a header is a record without lines."""
    kind, place, record, line = "", 1, [], "\n"
    text = io.TextIOWrapper(io.BytesIO(data), encoding=encoding_of(data), errors="replace")
    for number, line in enumerate(text, 1):
        content = line.strip(" \t\r\n\x00")
        mark = content[:1]
        if mark == "^" or mark == "!":
            if record:
                yield kind, place, record
            record = []
            if mark == "!":
                kind = content[1:].replace(" ", "").casefold()
                yield kind, number, []
        elif content:
            if not kind:
                kind = _NO_HEADER
                yield kind, number, []
            if not record:
                place = number
            record.append(content)
    if record:
        # An amount that ends with the file, without an end of line, may have lost its last digits.
        is_cut = kind in _MOVEMENTS and record[-1][0] in "TU$" and not line.endswith("\n")
        yield _CUT if is_cut else kind, place, record


def _evidence(data: bytes) -> tuple[list[list[str]], str]:
    """The dates of each section as they are written, and what marks decimals, "" where that stays open."""
    sections: list[list[str]] = []
    signs, kinds = set(), set()
    for kind, _, record in _records(data):
        kinds.add(kind)
        if kind not in _MOVEMENTS and kind != _INVESTMENTS:
            continue
        if not record:
            sections.append([])
        sections[-1] += [line[1:] for line in record if line[0] == "D"][:1]
        signs.update(amounts.decimal_sign(line[1:]) for line in record if line[0] == "T")
    if not any(kind.startswith(("type:", "option:", "clear:", _ACCOUNTS)) for kind in kinds):
        raise Unreadable("not_qif", "This is not a QIF file: no line begins with !Type. Download it again as QIF.")
    if not sections:
        raise Unreadable("no_statement", "The file holds lists only, no movements of an account. Export an account.")
    signs.discard("")
    return sections, signs.pop() if len(signs) == 1 else ""


def _date_order(sections: list[list[str]]) -> str:
    day_first = month_first = apostrophe = False
    for written in {written for section in sections for written in section}:
        match = _DATE.match(written.strip()[:_LONGEST_DATE])
        if not match or len(match[1]) == 4:
            continue
        first, second = int(match[1]), int(match[2])
        if first > 31:
            if second <= 12 and len(match[4]) <= 2:
                return "YMD"
            continue
        day_first |= first > 12 and 1 <= second <= 12
        month_first |= 12 < second <= 31 and 1 <= first <= 12
        apostrophe |= match[3] == "'"
    if day_first != month_first:
        return "DMY" if day_first else "MDY"
    if apostrophe and not day_first:
        return "MDY"
    if not day_first:
        by_order = {order: [_dates(section, order) for section in sections] for order in ("DMY", "MDY")}
        if by_order["DMY"] == by_order["MDY"]:
            return "DMY"
        steady = [order for order, runs in by_order.items() if all(map(_is_steady, runs))]
        if len(steady) == 1:
            return steady[0]
    raise Unreadable("date_order_unclear", "Dates may begin with the day or the month. Say which: DMY or MDY.")


def _dates(section: list[str], order: str) -> list[datetime.date]:
    return [date for date in map(_days_in(order), section) if date]


def _is_steady(dates: list[datetime.date]) -> bool:
    return dates == sorted(dates) or dates == sorted(dates, reverse=True)


def _days_in(order: str) -> Day:
    """What reads dates in this order. None is for what is no date, or none of the calendar."""

    @lru_cache(maxsize=4096)
    def day(written: str) -> datetime.date | None:
        written = written.strip()[:_LONGEST_DATE]
        match = _DATE.match(written) or _COMPACT_DATE.match(written)
        if not match:
            return None
        first, second, mark, third = match.groups()
        if order == "YMD" or len(first) == 4:
            year, month, number = first, second, third
        else:
            year, month, number = (third, first, second) if order == "MDY" else (third, second, first)
        try:
            return datetime.date(_year(year, mark), int(month), int(number))
        except ValueError:
            return None

    return day


def _year(written: str, mark: str) -> int:
    year = int(written)
    if len(written) == 4:
        return year
    if len(written) == 3:
        return 1900 + year
    return 2000 + year if mark == "'" or year < 69 else 1900 + year


def _item(place: int, record: list[str], day: Day, sign: str, opening: str | None) -> Item:
    """The item of a record; ``opening`` is the account's name where the record is its section's first."""
    fields: dict[str, str] = {}
    splits: list[dict[str, str]] = []
    for line in record:
        code, value = line[0], line[1:]
        if code == "S":
            splits.append({code: value})
        elif code in "E$%" and splits:
            splits[-1].setdefault(code, value)
        else:
            fields.setdefault(code, value)  # the first counts: a memo may run on over several lines
    try:
        date = _posted(fields.get("D", ""), day)
        amount = read_amount(fields.get("T") or fields.get("U", ""), sign)
        told = _told(splits, amount, sign)
    except Misread as problem:
        return Problem(place, problem.code, problem.message)
    payee, category = tidy(fields.get("P", "")), tidy(fields.get("L", ""))
    if opening is not None and (payee.casefold() == "opening balance" or (opening and category == f"[{opening}]")):
        return Balance("opening", amount, date)
    description = tidy(fields.get("M", "")) or payee
    if told:
        description = "; ".join(filter(None, [description, *told]))[:LONGEST]
    return Line(place, date, amount, description, payee, "", tidy(fields.get("N", "")), "", category)


def _posted(written: str, day: Day) -> datetime.date:
    if date := day(written):
        return date
    if not written.strip():
        raise Misread("date_missing", "The record has no date.")
    raise Misread("date_unreadable", f"The date {written.strip()[:40]!r} cannot be read.")


def _told(splits: list[dict[str, str]], amount: Decimal, sign: str) -> list[str]:
    """Each split in words. Raises Misread where all state an amount and these do not add up."""
    stated = [read_amount(split["$"], sign) for split in splits if split.get("$")]
    if splits and len(stated) == len(splits) and (total := add_up(stated)) != amount:
        raise Misread("splits_do_not_add_up", f"The splits add up to {total:f}, the record is of {amount:f}.")
    return [tidy(" ".join(split.get(code, "") for code in "SE$")) for split in splits]
