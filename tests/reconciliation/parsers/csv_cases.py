"""Statements as text, and what reading them gives, put shortly enough to stand in a table of cases."""

from decimal import Decimal

from reconciliation.parsers.csv_mapping import Mapping
from reconciliation.parsers.csv_reading import read
from reconciliation.parsers.items import Balance, Item, Line, Problem, Unreadable


def items(text: str | bytes, mapping: dict | None = None, currency: str = "") -> list[Item]:
    """Everything that reading gives."""
    data = text.encode() if isinstance(text, str) else text
    return list(read(data, Mapping.from_json(mapping or {}), currency))


def lines(text: str | bytes, mapping: dict | None = None, currency: str = "") -> list[Line]:
    return [item for item in items(text, mapping, currency) if isinstance(item, Line)]


def amounts(text: str | bytes, mapping: dict | None = None, currency: str = "") -> list[Decimal]:
    return [line.amount for line in lines(text, mapping, currency)]


def dates(text: str | bytes, mapping: dict | None = None) -> list[str]:
    return [line.date.isoformat() for line in lines(text, mapping)]


def problems(text: str | bytes, mapping: dict | None = None, currency: str = "") -> list[tuple[int, str]]:
    """The place and the code of each problem."""
    return [(item.place, item.code) for item in items(text, mapping, currency) if isinstance(item, Problem)]


def balances(text: str | bytes, mapping: dict | None = None) -> dict[str, Decimal]:
    return {item.kind: item.amount for item in items(text, mapping) if isinstance(item, Balance)}


def refusal(text: str | bytes, mapping: dict | None = None, currency: str = "") -> str:
    """The code with which a file is refused; "" where it is read."""
    try:
        items(text, mapping, currency)
    except Unreadable as problem:
        assert problem.message.endswith("."), "A person must be told what to do."
        return problem.code
    return ""


def money(*texts: str) -> list[Decimal]:
    return [Decimal(text) for text in texts]


def column(*cells: str, heading: str = "Amount") -> str:
    """A statement whose column of amounts has these cells, one row a day."""
    rows = [f"2024-01-{day:02d};row {day};{cell}" for day, cell in enumerate(cells, 1)]
    return "\n".join([f"Date;Description;{heading}", *rows]) + "\n"


def dated(*cells: str) -> str:
    """A statement whose column of dates has these cells, each row moving 1.50."""
    return "\n".join(["Date;Description;Amount", *(f"{cell};row;1.50" for cell in cells)]) + "\n"
