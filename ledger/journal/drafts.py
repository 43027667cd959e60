"""A transaction as a client wrote it, read by one table of rules. Pure: no database, no Django.

The same rules read a single request, an item of a batch and a stored draft. Reading
collects every problem by the path of its field (``entries[0].amount``); whether accounts
exist, and thus how many decimals an amount may have, is decided by ``weighing``.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from organizations import ids
from organizations.clock import FIRST_DAY, LAST_DAY
from organizations.currencies.iso import decimals_of
from organizations.metadata import problem_with
from organizations.wire.unknown_fields import MOST, unknown_fields

TYPES = ("income", "expense", "transfer", "journal", "depreciation", "opening", "closing")
SIDES = ("debit", "credit")
MOST_ENTRIES = 20_000
BESIDE = frozenset({"auto_post"})
LONGEST = {"description": 2000, "reference_number": 100, "reference": 100, "external_id": 255}


class Problem(ValueError):
    """What is wrong with one value."""


@dataclass(slots=True)
class Line:
    """One line: ``amount`` and ``rate`` as written, read by the rules of the account's currency later.

    ``reverses`` is the posted entry that a line of a reversal undoes; ``condition`` bounds the balance after posting.
    """

    account_id: int
    entry_type: str
    amount: Any
    currency: str | None = None
    rate: Any = None
    description: str = ""
    reference: str = ""
    metadata: dict = field(default_factory=dict)
    reverses: int | None = None
    condition: dict[str, Any] | None = None


@dataclass(slots=True)
class Draft:
    """A transaction to save or post. ``date`` None is today, ``currency`` None the base currency.

    ``unknown`` are warnings of what the request says besides, for its answer.
    """

    lines: list[Line]
    type: str = "journal"
    date: datetime.date | None = None
    description: str = ""
    reference_number: str = ""
    external_id: str | None = None
    currency: str | None = None
    amount: Any = None
    account_id: int | None = None
    contact_id: int | None = None
    category_id: int | None = None
    metadata: dict = field(default_factory=dict)
    unknown: list[dict[str, str]] = field(default_factory=list)


def read_draft(
    body: dict[str, Any], *, partial: bool = False, beside: frozenset[str] = BESIDE
) -> tuple[dict[str, Any], dict[str, str]]:
    """The fields of a draft found in ``body``, and the problems by path.

    ``partial`` is for changes of a saved draft: only what is there is read, and it may be sent as it was
    shown. ``beside`` are fields of a new one that the caller reads.
    """
    problems: dict[str, str] = {}
    found: dict[str, Any] = {}
    for name, (attribute, reader) in HEADER.items():
        if name in body:
            _read(found, attribute, reader, body[name], name, problems)
    if "entries" in body or not partial:
        found["lines"] = _read_lines(body.get("entries"), problems)
    unknown = _unknown(body, frozenset() if partial else beside, SHOWN if partial else {})
    if unknown:
        found["unknown"] = unknown
    return found, problems


def _unknown(body: dict[str, Any], beside: frozenset[str], shown: dict[str, frozenset[str]]) -> list[dict[str, str]]:
    """Warnings of the fields that nobody reads; of most bodies there are none, which is found out quickly."""
    found = []
    if not (body.keys() - beside) <= HEADER_NAMES:
        found = unknown_fields(body, HEADER_NAMES | beside, shown=shown.get("transaction", ()))
    entries = body.get("entries")
    for place, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, dict) and not entry.keys() <= ENTRY.keys() and len(found) < MOST:
            found += unknown_fields(entry, ENTRY, shown=shown.get("entry", ()), path=f"entries[{place}].")
    return found[:MOST]


def _read(target: dict, attribute: str, reader: Callable, value: Any, path: str, problems: dict[str, str]) -> None:
    try:
        target[attribute] = reader(value)
    except Problem as problem:
        problems[path] = str(problem)


def _read_lines(entries: Any, problems: dict[str, str], readers: "Readers | None" = None) -> list[Line]:
    if not isinstance(entries, list):
        problems["entries"] = "A list of at least two entries."
        return []
    if not 2 <= len(entries) <= MOST_ENTRIES:
        problems["entries"] = f"At least two entries, at most {MOST_ENTRIES}."
        return []
    lines = []
    for place, entry in enumerate(entries):
        path = f"entries[{place}]"
        if not isinstance(entry, dict):
            problems[path] = "An object with account_id, entry_type and amount."
            continue
        found: dict[str, Any] = {}
        for name in ("account_id", "entry_type", "amount"):
            if entry.get(name) is None:
                problems[f"{path}.{name}"] = "This field is required."
        for name, (attribute, reader) in (readers or ENTRY).items():
            if entry.get(name) is not None:
                _read(found, attribute, reader, entry[name], f"{path}.{name}", problems)
        if {"account_id", "entry_type", "amount"} <= found.keys():
            lines.append(Line(**found))
    return lines


# --- Readers of one value ---------------------------------------------------------------------------------------------


def text(most: int, *, least: int = 0) -> Callable[[Any], str]:
    """A reader of texts of ``least`` to ``most`` characters; null is the empty text where that may be."""

    def read(value: Any) -> str:
        if value is None and least == 0:
            return ""
        if not isinstance(value, str) or not least <= len(value) <= most:
            raise Problem(f"A text of {f'{least} to' if least else 'at most'} {most} characters.")
        return value

    return read


def choice(options: tuple[str, ...]) -> Callable[[Any], str]:
    """A reader of one of a few words."""

    def read(value: Any) -> str:
        if value not in options:
            raise Problem(f"One of {', '.join(options)}.")
        return value

    return read


def public_id(prefix: str) -> Callable[[Any], int]:
    """A reader of the id of one kind of thing, into its 64-bit key."""

    def read(value: Any) -> int:
        if not isinstance(value, str):
            raise Problem(f"An id such as {prefix}_0190a1b2c3d4e5f6.")
        try:
            return ids.decode(prefix, value)
        except ValueError as problem:
            raise Problem(str(problem)) from problem

    return read


def day(value: Any) -> datetime.date:
    """A business date. Raises Problem, as every reader here."""
    try:
        if isinstance(value, str):
            found = datetime.date.fromisoformat(value)
            if value == found.isoformat() and FIRST_DAY <= found <= LAST_DAY:  # in no other form of ISO 8601
                return found
    except ValueError:
        pass
    raise Problem("A date as YYYY-MM-DD, from 1900 to 2200.")


def currency(value: Any) -> str:
    """A currency by id (``CUR_USD``) or ISO 4217 code, into the code."""
    code = value.upper().removeprefix("CUR_") if isinstance(value, str) else ""
    if decimals_of(code) is None:
        raise Problem("A currency of ISO 4217 such as CUR_USD.")
    return code


def number(value: Any) -> Any:
    """An amount or a rate as it was written; what it may be is decided by its currency, in ``weighing``."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise Problem("A number such as 100.00.")
    return value


def condition(value: Any) -> dict[str, Any]:
    """Bounds of a balance, ``{"gte": "0.00"}``, ``{"lte": …}`` or both, as they were written."""
    if not isinstance(value, dict) or not value or not value.keys() <= {"gte", "lte"}:
        raise Problem('An object such as {"gte": "0.00"}, with gte, lte or both.')
    return {name: number(bound) for name, bound in value.items()}


def metadata(value: Any) -> dict[str, str]:
    """The free map of texts."""
    problem = problem_with(value)
    if problem is not None:
        raise Problem(problem)
    return value


def optional(reader: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same reader, which also takes null."""
    return lambda value: None if value is None else reader(value)


Readers = dict[str, tuple[str, Callable[[Any], Any]]]

#: Field of the request → attribute of ``Draft`` and how it is read.
HEADER: Readers = {
    "type": ("type", choice(TYPES)),
    "transaction_date": ("date", optional(day)),
    "description": ("description", text(LONGEST["description"])),
    "reference_number": ("reference_number", text(LONGEST["reference_number"])),
    "external_id": ("external_id", optional(text(LONGEST["external_id"], least=1))),
    "currency_id": ("currency", optional(currency)),
    "amount": ("amount", optional(number)),
    "account_id": ("account_id", optional(public_id("ACT"))),
    "contact_id": ("contact_id", optional(public_id("CON"))),
    "category_id": ("category_id", optional(public_id("CAT"))),
    "metadata": ("metadata", metadata),
}

#: Field of an entry → attribute of ``Line`` and how it is read.
ENTRY: Readers = {
    "account_id": ("account_id", public_id("ACT")),
    "entry_type": ("entry_type", choice(SIDES)),
    "amount": ("amount", number),
    "currency_id": ("currency", currency),
    "currency_rate": ("rate", number),
    "description": ("description", text(LONGEST["description"])),
    "reference": ("reference", text(LONGEST["reference"])),
    "metadata": ("metadata", metadata),
    "balance_condition": ("condition", condition),
}

HEADER_NAMES = frozenset(HEADER) | {"entries"}

#: What is shown and cannot be set. Changes may be the whole object as it was shown.
SHOWN = {
    "transaction": frozenset(
        (
            *("object", "id", "organization_id", "status", "posting_date", "total_debits", "total_credits"),
            *("original_transaction_id", "reversed_by_ids", "adjusted_by_ids", "reversal_date", "reversal_reason"),
            *("error_code", "error_message", "warnings", "version", "created_at", "updated_at"),
        )
    ),
    "entry": frozenset(
        (
            *("object", "id", "organization_id", "transaction_id", "transaction_date", "base_amount", "remaining"),
            "reverses_entry_id",
        )
    ),
}

#: What a kept line of a reversal says besides, and no client may.
KEPT_ENTRY: Readers = {**ENTRY, "reverses_entry_id": ("reverses", public_id("LED"))}


def stored_lines(lines: list[Line]) -> list[dict[str, Any]]:
    """Lines as a draft keeps them: the request's own form, numbers as texts."""
    kept = []
    for line in lines:
        row = {
            "account_id": ids.encode("ACT", line.account_id),
            "entry_type": line.entry_type,
            "amount": str(line.amount),
            "currency_id": line.currency and f"CUR_{line.currency}",
            "currency_rate": None if line.rate is None else str(line.rate),
            "description": line.description,
            "reference": line.reference,
            "metadata": line.metadata,
            "balance_condition": line.condition and {name: str(bound) for name, bound in line.condition.items()},
            "reverses_entry_id": line.reverses and ids.encode("LED", line.reverses),
        }
        kept.append({name: value for name, value in row.items() if value not in (None, "", {})})
    return kept


def read_stored_lines(stored: list[dict[str, Any]]) -> list[Line]:
    """The lines of a saved draft."""
    problems: dict[str, str] = {}
    lines = _read_lines(stored, problems, KEPT_ENTRY)
    if problems:
        raise ValueError(f"A stored draft cannot be read: {problems}")
    return lines
