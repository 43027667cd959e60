"""What a bank rule does with a line that it catches: read and kept. Pure: no database, no Django."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ledger.journal.drafts import LONGEST, Problem, choice, optional, public_id, text
from organizations import ids
from organizations.money import MoneyError, read_amount
from reconciliation.rules.conditions import BankLine
from reconciliation.rules.splitting import Part, missing_percent

TYPES = ("income", "expense", "transfer", "journal")
PLACEHOLDERS = ("description", "counterparty", "reference", "date")
MOST_SPLITS = 20
MOST_TAXES = 5
LONGEST_TEMPLATE = 500
PERCENT_DECIMALS = 4

_PLACE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Actions:
    """Where the amount of a line goes: to one account, or to several by ``splits``; and what the booking says.

    ``type`` None follows from direction and accounts. ``description`` is a template.
    """

    account_id: int | None = None
    splits: tuple[Part, ...] = ()
    type: str | None = None
    description: str = ""
    contact_id: int | None = None
    tax_ids: tuple[int, ...] = ()

    @property
    def parts(self) -> tuple[Part, ...]:
        """The splits, or the one account that takes all."""
        return self.splits if self.account_id is None else (Part(self.account_id, rest=True, tax_ids=self.tax_ids),)

    def taxes(self) -> dict[str, int]:
        """The taxes that are named, by path."""
        if self.account_id is not None:
            return {f"actions.tax_ids[{place}]": number for place, number in enumerate(self.tax_ids)}
        return {
            f"actions.splits[{place}].tax_ids[{which}]": number
            for place, part in enumerate(self.splits)
            for which, number in enumerate(part.tax_ids)
        }

    def paths(self) -> dict[str, int]:
        """The accounts that are named, by path."""
        if self.account_id is not None:
            return {"actions.account_id": self.account_id}
        return {f"actions.splits[{place}].account_id": part.account_id for place, part in enumerate(self.splits)}


# --- Reading and keeping ----------------------------------------------------------------------------------------------


def template(value: Any) -> str:
    """A text with no other placeholders than there are. Raises Problem."""
    found = text(LONGEST_TEMPLATE)(value)
    unknown = [name for name in _PLACE.findall(found) if name not in PLACEHOLDERS]
    if unknown:
        known = " ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise Problem(f"There is no {{{unknown[0][:50]}}}; there are {known}.")
    return found


def _number(value: Any, decimals: int) -> Decimal:
    """A number greater than zero, with the decimals that were written. Raises Problem."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise Problem("A number greater than zero, such as 12.50.")
    try:
        read_amount(value, decimals=decimals)
    except MoneyError as problem:
        raise Problem(problem.message) from problem
    return Decimal(value)


def _percent(value: Any) -> Decimal:
    try:
        found = _number(value, PERCENT_DECIMALS)
    except Problem:
        found = Decimal(0)
    if not 0 < found <= 100:
        raise Problem(f"A number greater than 0, at most 100, with at most {PERCENT_DECIMALS} decimals.")
    return found


def _rest(value: Any) -> bool:
    if value is not True:
        raise Problem("true, or left out.")
    return True


def _taxes(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list) or len(value) > MOST_TAXES:
        raise Problem(f"A list of at most {MOST_TAXES} ids of taxes.")
    found = tuple(public_id("TAX")(each) for each in value)
    if len(set(found)) != len(found):
        raise Problem("Each tax once.")
    return found


_ACCOUNT = public_id("ACT")
_FIELDS = {
    "account_id": _ACCOUNT,
    "type": optional(choice(TYPES)),
    "description": template,
    "contact_id": optional(public_id("CON")),
    "tax_ids": _taxes,
}
_SPLIT = {
    "account_id": _ACCOUNT,
    "percent": _percent,
    "amount": lambda value: _number(value, 8),
    "rest": _rest,
    "description": template,
    "tax_ids": _taxes,
}


def read_actions(written: Any) -> tuple[Actions | None, dict[str, str]]:
    """Actions as a client or a saved rule has them, and the problems by path; None where there are any."""
    problems: dict[str, str] = {}
    if not isinstance(written, dict):
        return None, {"actions": "An object with account_id or splits."}
    given = {name: value for name, value in written.items() if value is not None}
    if ("account_id" in given) == ("splits" in given):
        problems["actions"] = "Either account_id or splits."
    splits = given.pop("splits", None)
    found = _read_fields(given, _FIELDS, "actions", problems)
    if splits is not None and found.get("tax_ids"):
        problems["actions.tax_ids"] = "Of several accounts each split names its taxes."
    if splits is not None:
        found["splits"] = _read_splits(splits, problems)
    return (None, problems) if problems else (Actions(**found), {})


def _read_fields(written: Mapping, readers: Mapping, path: str, problems: dict[str, str]) -> dict[str, Any]:
    found = {}
    for name, value in written.items():
        if name not in readers:
            problems[path] = f"There is no {name[:50]!r} here."
            continue
        try:
            found[name] = readers[name](value)
        except Problem as problem:
            problems[f"{path}.{name}"] = str(problem)
    return found


def _read_splits(written: Any, problems: dict[str, str]) -> tuple[Part, ...]:
    path = "actions.splits"
    if not isinstance(written, list) or not 1 <= len(written) <= MOST_SPLITS:
        problems[path] = f"A list of 1 to {MOST_SPLITS} splits."
        return ()
    parts, before = [], len(problems)
    for place, each in enumerate(written):
        where = f"{path}[{place}]"
        if not isinstance(each, dict):
            problems[where] = "An object with account_id and one of percent, amount and rest."
            continue
        given = {name: value for name, value in each.items() if value is not None and value is not False}
        if len({"percent", "amount", "rest"} & given.keys()) != 1:
            problems[where] = "One of percent, amount and rest."
        if "account_id" not in given:
            problems[f"{where}.account_id"] = "This field is required."
        found = _read_fields(given, _SPLIT, where, problems)
        if len(problems) == before:
            parts.append(Part(**found))
    if len(problems) == before:
        _refuse_loss(parts, problems)
    return tuple(parts)


def _refuse_loss(parts: list[Part], problems: dict[str, str]) -> None:
    """Splits that take every line whole: with a rest, or with percentages that make a hundred."""
    lacking, rests = missing_percent(parts), sum(part.rest for part in parts)
    if lacking < 0:
        problems["actions.splits"] = "The percentages are more than 100."
    elif rests > 1:
        problems["actions.splits"] = "Only one split can take the rest."
    elif rests and not lacking:
        problems["actions.splits"] = "The percentages are 100 already; nothing is left for the rest."
    elif lacking and not rests:
        problems["actions.splits"] = "One split must take the rest, or the percentages make 100."


def imprecise(actions: Actions, decimals: int) -> dict[str, str]:
    """The fixed amounts that have more decimals than the currency, by path."""
    return {
        f"actions.splits[{place}].amount": f"The currency has {decimals} decimals; the amount has more."
        for place, part in enumerate(actions.splits)
        if part.amount is not None and -part.amount.normalize().as_tuple().exponent > decimals
    }


def kept_actions(actions: Actions) -> dict[str, Any]:
    """Actions as a rule keeps them: numbers as texts, ids as everybody sees them."""
    kept: dict[str, Any] = {
        "type": actions.type,
        "description": actions.description,
        "contact_id": None if actions.contact_id is None else ids.encode("CON", actions.contact_id),
    }
    if actions.account_id is not None:
        return {"account_id": ids.encode("ACT", actions.account_id), **kept, **_kept_taxes(actions.tax_ids)}
    return {"splits": [_kept_split(part) for part in actions.splits], **kept}


def _kept_split(part: Part) -> dict[str, Any]:
    kept: dict[str, Any] = {"account_id": ids.encode("ACT", part.account_id), "description": part.description}
    kept |= _kept_taxes(part.tax_ids)
    if part.percent is not None:
        return {**kept, "percent": f"{part.percent:f}"}
    return {**kept, "rest": True} if part.amount is None else {**kept, "amount": f"{part.amount:f}"}


def _kept_taxes(numbers: tuple[int, ...]) -> dict[str, list[str]]:
    return {"tax_ids": [ids.encode("TAX", number) for number in numbers]} if numbers else {}


# --- Saying -----------------------------------------------------------------------------------------------------------


def filled(written: str, line: BankLine) -> str:
    """A template with the line's own words, in one go: what a bank writes in braces is no placeholder."""
    said = _PLACE.sub(lambda place: str(getattr(line, place[1])) if place[1] in PLACEHOLDERS else place[0], written)
    return " ".join(said.split())[: LONGEST["description"]]
