"""What has been decided about a bank's CSV files: kept per account, shown to a person, given by one."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from reconciliation.parsers.csv_dates import ORDERS
from reconciliation.parsers.csv_encodings import ENCODINGS
from reconciliation.parsers.csv_records import MOST_COLUMNS

Column = str | int
NO_COLUMN = 0

DECIMAL_SIGNS = (".", ",")
_LONGEST_NAME = 200
_MOST_SKIPPED = 1000
MOST_JOINED = 30
_NO_DELIMITER = frozenset("\"'\r\n\0 .-")


class MappingRefused(ValueError):
    """A mapping that says something impossible. ``problems`` has a sentence per field."""

    def __init__(self, problems: dict[str, str]):
        super().__init__(" ".join(f"{name}: {problem}" for name, problem in problems.items()))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Mapping:
    """How a CSV file is read. A field left out ("", None, ()) is decided from each file anew.

    A column is named by its heading or by its number, from 1; number 0 says that there is no such column and that
    none is to be guessed. ``skip`` counts the physical lines above the heading, or above the first row where
    ``header`` is false. The movement is in one signed column (``amount``), in ``debit`` and ``credit``, or
    in ``amount`` without its sign, which ``flag`` tells (D or C, in the words of many languages). The cells of
    ``description`` are joined by a space. ``account`` is the account the row belongs to, ``status`` what may say that
    a row is pending or declined. ``date_format`` is the order of day, month and year: DMY, MDY or YMD.
    ``negate`` turns all signs round, for cards whose purchases are exported as positive amounts.
    """

    delimiter: str = ""
    encoding: str = ""
    header: bool | None = None
    skip: int | None = None
    date: Column | None = None
    value_date: Column | None = None
    amount: Column | None = None
    flag: Column | None = None
    debit: Column | None = None
    credit: Column | None = None
    balance: Column | None = None
    description: tuple[Column, ...] = ()
    counterparty: Column | None = None
    counterparty_account: Column | None = None
    reference: Column | None = None
    bank_id: Column | None = None
    kind: Column | None = None
    currency: Column | None = None
    status: Column | None = None
    account: Column | None = None
    date_format: str = ""
    decimal: str = ""
    negate: bool | None = None

    def to_json(self) -> dict[str, Any]:
        """The decided fields, as ``from_json`` reads them."""
        decided = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in decided.items()
            if value not in ("", (), None)
        }

    @classmethod
    def from_json(cls, value: object) -> "Mapping":
        """A mapping out of a JSON object. Raises MappingRefused, which names every wrong field."""
        if not isinstance(value, dict):
            raise MappingRefused({"mapping": 'A mapping is an object of fields, such as {"date_format": "DMY"}.'})
        read, problems = {}, {}
        for name, part in value.items():
            reader = _READERS.get(name)
            if reader is None:
                problems[str(name)[:_LONGEST_NAME]] = f"There is no such field; there are: {', '.join(_READERS)}."
            elif part is not None:
                try:
                    read[name] = reader(part)
                except ValueError as problem:
                    problems[name] = str(problem)
        problems |= {name: problem for name, problem in _contradictions(read) if name not in problems}
        if problems:
            raise MappingRefused(problems)
        return cls(**read)


COLUMN_FIELDS = (
    *("date", "value_date", "amount", "flag", "debit", "credit", "balance", "counterparty", "counterparty_account"),
    *("reference", "bank_id", "kind", "currency", "status", "account"),
)


def _contradictions(read: dict[str, Any]) -> list[tuple[str, str]]:
    """Fields that are right one by one, and cannot be true together."""
    found = []
    named = {name for name in COLUMN_FIELDS if read.get(name)}
    sides = named & {"debit", "credit"}
    if sides and "amount" in named:
        found.append(("amount", "Give either one column of amounts, or debit and credit."))
    if sides and "flag" in named:
        found.append(("flag", "A flag tells the sign of amount; debit and credit have theirs."))
    if read.get("date") == NO_COLUMN:
        found.append(("date", "Every statement has a column of dates."))
    if read.get("header") is False:
        columns = [(name, read[name]) for name in sorted(named)]
        columns += [("description", column) for column in read.get("description", ())]
        for name, column in columns:
            if isinstance(column, str):
                found.append((name, "Without a header row, a column is given by its number, from 1."))
    return found


def _text(allowed: Callable[[str], bool], problem: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        if not isinstance(value, str) or not allowed(value):
            raise ValueError(problem)
        return value

    return read


def _yes_or_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("Must be true or false.")
    return value


def _skip(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST_SKIPPED:
        raise ValueError(f"Must be a number of lines, from 0 to {_MOST_SKIPPED}.")
    return value


def _column(value: object) -> Column:
    if isinstance(value, str) and 0 < len(value.strip()) <= _LONGEST_NAME:
        return value.strip()
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_COLUMNS:
        return value
    raise ValueError(f"A column is its heading, or its number from 1 to {MOST_COLUMNS} (0: there is none).")


def _columns(value: object) -> tuple[Column, ...]:
    listed = value if isinstance(value, list) else [value]
    if len(listed) > MOST_JOINED:
        raise ValueError(f"No more than {MOST_JOINED} columns can be joined.")
    return tuple(_column(part) for part in listed)


def _encoding(value: object) -> str:
    name = value.strip().lower().replace("_", "-") if isinstance(value, str) else ""
    name = "utf-8" if name in ("utf8", "utf-8-sig") else name
    if name not in ENCODINGS:
        raise ValueError(f"There is no such encoding; there are: {', '.join(sorted(ENCODINGS))}.")
    return name


_READERS: dict[str, Callable[[object], Any]] = {
    "delimiter": _text(
        lambda text: len(text) == 1 and text not in _NO_DELIMITER and not text.isalnum(),
        "Must be one character between the cells, such as , or ; or a tab.",
    ),
    "encoding": _encoding,
    "header": _yes_or_no,
    "skip": _skip,
    **dict.fromkeys(COLUMN_FIELDS, _column),
    "description": _columns,
    "date_format": _text(ORDERS.__contains__, f"Must be one of {', '.join(ORDERS)}."),
    "decimal": _text(DECIMAL_SIGNS.__contains__, 'Must be "." or ",".'),
    "negate": _yes_or_no,
}
