"""What differs between two packages: every figure that is not the same, by what it is of.

An account, a contact or a tax is the same whatever its name and code have become.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from organizations.money import add_up

#: What tells figures apart: the statement, what kind of line it is, and the id or name of what it is of.
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount of a statement; ``about`` and ``name`` are those of its day."""

    about: str
    name: str
    amount: Decimal


def differences(earlier: dict, later: dict) -> list[dict]:
    """The figures of statements that differ, under the names that they have later; what is not there is nothing."""
    old, new = _by_key(earlier), _by_key(later)
    found = []
    for key in [*old, *(key for key in new if key not in old)]:
        shown = new.get(key) or old[key]
        nothing = abs(shown.amount * 0)
        before, after = (side[key].amount if key in side else nothing for side in (old, new))
        if before != after:
            found.append(
                {
                    "statement": key[0],
                    "about": shown.about,
                    "name": shown.name,
                    "before": before,
                    "after": after,
                    "difference": add_up([after, -before]),
                }
            )
    return found


def turned(earlier: dict, later: dict) -> list[dict]:
    """Items of the checklist that are in order now and were not, or the other way round."""
    was = {item["name"]: item["ok"] for item in earlier["checklist"]}
    return [
        {"name": item["name"], "before": was.get(item["name"]), "after": item["ok"]}
        for item in later["checklist"]
        if was.get(item["name"]) != item["ok"]
    ]


def _by_key(contents: dict) -> dict[Key, Figure]:
    """A tax that has several rates in the period is added up."""
    found: dict[Key, Figure] = {}
    for key, figure in _figures(contents):
        before = [found[key].amount] if key in found else []
        found[key] = Figure(figure.about, figure.name, add_up([*before, figure.amount]))
    return found


def _figures(contents: dict) -> Iterator[tuple[Key, Figure]]:
    for name in ("balance_sheet", "income_statement", "cash_flow"):
        for part in contents[name]["sections"]:
            for row in part["rows"]:
                yield (name, "row", _of(row)), Figure(row["code"], row["name"], row["amount"])
            yield (name, "part", part["name"]), Figure("", part["title"], part["total"])
    for row in contents["trial_balance"]["accounts"]:
        balance = add_up([row["debit_balance"], -row["credit_balance"]])
        yield ("trial_balance", "row", _of(row)), Figure(row["code"], row["name"], balance)
    for name in ("aged_receivables", "aged_payables"):
        for row in contents[name]["contacts"]:
            yield (name, "row", row["contact_id"]), Figure(row["contact_id"], row["name"], row["total"])
    for side in ("sales", "purchases"):
        for row in contents["tax_summary"][side]:
            shown = Figure(row["tax_id"], f"{row['name']} ({side})", row["tax"])
            yield ("tax_summary", side, row["tax_id"]), shown


def _of(row: dict) -> str:
    """Whose row it is; one that is no account's has only its name."""
    return row["id"] or row["code"] or row["name"]
