"""Conditions of a bank rule on a line of the bank: read, kept, compiled, explained. Pure: no database, no Django.

Texts are compared without case and accents and with single spaces. There are no patterns: a
pattern that somebody writes can hold a process up for hours, a plain text cannot.
"""

import datetime
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from organizations.money import MoneyError, read_amount

#: What `text` stands for: any of these.
WITHIN_TEXT = ("description", "counterparty", "reference")
TEXT_FIELDS = (*WITHIN_TEXT, "counterparty_account", "kind", "text")
TEXT_OPERATORS = ("contains", "equals", "starts_with", "ends_with", "not_contains")
AMOUNT_OPERATORS = ("eq", "gt", "gte", "lt", "lte", "between")
DIRECTIONS = ("in", "out")
OPERATORS = {
    **dict.fromkeys(TEXT_FIELDS, TEXT_OPERATORS),
    "amount": AMOUNT_OPERATORS,
    "direction": ("eq",),
}
MATCHES = ("all", "any")
MOST_CONDITIONS = 20
LONGEST_VALUE = 200
LONGEST_FOUND = 200

#: Letters that Unicode does not take apart into a plain one and an accent.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})


class BankLine(Protocol):
    """What a condition looks at. ``amount`` is signed as on the statement: money out is negative."""

    date: datetime.date
    amount: Decimal
    description: str
    counterparty: str
    reference: str
    counterparty_account: str
    kind: str


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition. ``value`` is a text, an amount, or two amounts for ``between``, which both belong to it."""

    field: str
    operator: str
    value: str | Decimal | tuple[Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class Hit:
    """A condition that a line fulfils, and what of the line fulfils it."""

    condition: Condition
    found: str | Decimal


def fold(text: str) -> str:
    """A text as it is compared: no case, no accents, single spaces."""
    if not text.isascii():
        apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
        text = "".join(letter for letter in apart if not unicodedata.combining(letter)).translate(_PLAIN)
    return " ".join(text.lower().split())


# --- Reading and keeping ----------------------------------------------------------------------------------------------


def read_conditions(written: Any) -> tuple[list[Condition], dict[str, str]]:
    """Conditions as a client or a saved rule has them, and the problems by path (``conditions[0].value``)."""
    if not isinstance(written, list) or not 1 <= len(written) <= MOST_CONDITIONS:
        return [], {"conditions": f"A list of 1 to {MOST_CONDITIONS} conditions."}
    found: list[Condition] = []
    problems: dict[str, str] = {}
    for place, each in enumerate(written):
        path = f"conditions[{place}]"
        if not isinstance(each, dict):
            problems[path] = "An object with field, operator and value."
            continue
        others = sorted(each.keys() - {"field", "operator", "value"})
        if others:
            problems[path] = f"There is no {others[0][:50]!r} in a condition."
            continue
        condition = _read_condition(each, path, problems)
        if condition is not None:
            found.append(condition)
    return found, problems


def _read_condition(each: dict[str, Any], path: str, problems: dict[str, str]) -> Condition | None:
    name, operator, value = each.get("field"), each.get("operator"), each.get("value")
    if not isinstance(name, str) or name not in OPERATORS:
        problems[f"{path}.field"] = f"One of {', '.join(OPERATORS)}."
        return None
    if operator not in OPERATORS[name]:
        problems[f"{path}.operator"] = f"One of {', '.join(OPERATORS[name])}."
        return None
    try:
        return Condition(name, operator, _read_value(name, operator, value))
    except ValueError as problem:
        problems[f"{path}.value"] = problem.message if isinstance(problem, MoneyError) else str(problem)
        return None


def _read_value(name: str, operator: str, value: Any) -> str | Decimal | tuple[Decimal, Decimal]:
    """Raises ValueError with a sentence for the client."""
    if name == "direction":
        if value not in DIRECTIONS:
            raise ValueError("in or out.")
        return value
    if name != "amount":
        if not isinstance(value, str) or len(value) > LONGEST_VALUE or not fold(value):
            raise ValueError(f"A text of 1 to {LONGEST_VALUE} characters that has more than spaces and accents.")
        return value
    if operator != "between":
        return _amount(value)
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError("Two amounts, the lower one first.")
    low, high = map(_amount, value)
    if low > high:
        raise ValueError("The lower amount comes first.")
    return low, high


def _amount(value: Any) -> Decimal:
    """With the decimals that were written: of which currency it will be depends on the line."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise ValueError("A number such as -12.50; money out is negative.")
    read_amount(value, decimals=8, allow_zero=True, signed=True)
    number = Decimal(value)
    return number if number else number.copy_abs()


def kept_conditions(conditions: Sequence[Condition]) -> list[dict[str, Any]]:
    """Conditions as a rule keeps them: amounts as texts, so that no digit is lost."""
    return [{"field": each.field, "operator": each.operator, "value": _kept(each.value)} for each in conditions]


def _kept(value: str | Decimal | tuple[Decimal, Decimal]) -> str | list[str]:
    if isinstance(value, tuple):
        return [f"{part:f}" for part in value]
    return value if isinstance(value, str) else f"{value:f}"


# --- Comparing --------------------------------------------------------------------------------------------------------


class Reading:
    """A line as conditions read it: each text is folded once, however many rules look at it."""

    __slots__ = ("_folded", "amount", "line")

    def __init__(self, line: BankLine):
        self.line = line
        self.amount = line.amount
        self._folded: dict[str, str] = {}

    def folded(self, name: str) -> str:
        """A text of the line; for ``text`` its three, one below the other."""
        found = self._folded.get(name)
        if found is None:
            parts = WITHIN_TEXT if name == "text" else (name,)
            found = self._folded[name] = "\n".join(fold(getattr(self.line, part)) for part in parts)
        return found

    def found(self, condition: Condition) -> str | Decimal:
        """What of the line a condition is about; of the three texts that one which fulfils it."""
        if condition.field == "amount":
            return self.amount
        if condition.field == "direction":
            return str(condition.value)
        names = WITHIN_TEXT if condition.field == "text" else (condition.field,)
        test = _TEXT_TESTS[condition.operator](fold(str(condition.value)))
        name = next((each for each in names if test(self.folded(each))), names[0])
        return getattr(self.line, name)[:LONGEST_FOUND]


def _on_each_line(test: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda text: test(text) if "\n" not in text else any(map(test, text.split("\n")))


#: Operator → a maker of tests on folded text, which has no line breaks but those between the three texts.
_TEXT_TESTS: dict[str, Callable[[str], Callable[[str], bool]]] = {
    "contains": lambda wanted: lambda text: wanted in text,
    "not_contains": lambda wanted: lambda text: wanted not in text,
    "equals": lambda wanted: _on_each_line(lambda text: text == wanted),
    "starts_with": lambda wanted: _on_each_line(lambda text: text.startswith(wanted)),
    "ends_with": lambda wanted: _on_each_line(lambda text: text.endswith(wanted)),
}
_AMOUNT_TESTS: dict[str, Callable[[Any], Callable[[Decimal], bool]]] = {
    "eq": lambda wanted: lambda amount: amount == wanted,
    "gt": lambda wanted: lambda amount: amount > wanted,
    "gte": lambda wanted: lambda amount: amount >= wanted,
    "lt": lambda wanted: lambda amount: amount < wanted,
    "lte": lambda wanted: lambda amount: amount <= wanted,
    "between": lambda wanted: lambda amount: wanted[0] <= amount <= wanted[1],
}


def _test_of(condition: Condition) -> Callable[[Reading], bool]:
    if condition.field == "amount":
        compare = _AMOUNT_TESTS[condition.operator](condition.value)
        return lambda reading: compare(reading.amount)
    if condition.field == "direction":
        if condition.value == "in":
            return lambda reading: reading.amount > 0
        return lambda reading: reading.amount < 0
    name, test = condition.field, _TEXT_TESTS[condition.operator](fold(str(condition.value)))
    return lambda reading: test(reading.folded(name))


class Compiled:
    """Conditions made ready for many lines: all of them must hold, or any."""

    def __init__(self, conditions: Sequence[Condition], match: str):
        self._conditions = tuple(conditions)
        self._tests = [_test_of(condition) for condition in conditions]
        self._all = match == "all"

    def catches(self, reading: Reading) -> bool:
        """Whether the line is caught."""
        wanted = self._all
        for test in self._tests:
            if test(reading) is not wanted:
                return not wanted
        return wanted

    def hits(self, reading: Reading) -> list[Hit]:
        """The conditions that the line fulfils, in their order."""
        return [
            Hit(condition, reading.found(condition))
            for condition, test in zip(self._conditions, self._tests, strict=True)
            if test(reading)
        ]
