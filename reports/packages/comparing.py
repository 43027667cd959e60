"""What differs between two packages: every figure that is not the same, by where it stands."""

from collections.abc import Iterator
from decimal import Decimal

ZERO = Decimal(0)
Figures = dict[tuple[str, str, str], Decimal]


def differences(earlier: dict, later: dict) -> list[dict]:
    """The figures of statements that differ, and items of the checklist that turned."""
    old, new = dict(_figures(earlier)), dict(_figures(later))
    return [
        {
            "statement": place[0],
            "about": place[1],
            "name": place[2],
            "before": old.get(place, ZERO),
            "after": new.get(place, ZERO),
            "difference": new.get(place, ZERO) - old.get(place, ZERO),
        }
        for place in [*old, *(place for place in new if place not in old)]
        if old.get(place, ZERO) != new.get(place, ZERO)
    ]


def turned(earlier: dict, later: dict) -> list[dict]:
    """Items of the checklist that are in order now and were not, or the other way round."""
    was = {item["name"]: item["ok"] for item in earlier["checklist"]}
    return [
        {"name": item["name"], "before": was.get(item["name"]), "after": item["ok"]}
        for item in later["checklist"]
        if was.get(item["name"]) != item["ok"]
    ]


def _figures(contents: dict) -> Iterator[tuple[tuple[str, str, str], Decimal]]:
    for name in ("balance_sheet", "income_statement", "cash_flow"):
        for part in contents[name]["sections"]:
            for row in part["rows"]:
                yield (name, row["code"], row["name"]), row["amount"]
            yield (name, "", part["title"]), part["total"]
    for row in contents["trial_balance"]["accounts"]:
        yield ("trial_balance", row["code"], row["name"]), row["debit_balance"] - row["credit_balance"]
    for name in ("aged_receivables", "aged_payables"):
        for row in contents[name]["contacts"]:
            yield (name, row["contact_id"], row["name"]), row["total"]
    for side in ("sales", "purchases"):
        for row in contents["tax_summary"][side]:
            yield ("tax_summary", row["tax_id"], f"{row['name']} ({side})"), row["tax"]
