"""A statement as a sheet: lines from top to bottom, of which every file and page is made."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

Kind = Literal["heading", "row", "total", "result"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line. ``about`` is the id of the account or contact that it is of, ``leads_to`` what its amounts come from.

    ``adds`` says of a total or result which lines it comes from: (sign, place), by their place on the sheet.
    """

    kind: Kind
    text: str
    code: str = ""
    level: int = 0
    amounts: tuple[Decimal, ...] = ()
    about: str | None = None
    adds: tuple[tuple[int, int], ...] = ()
    leads_to: str | None = None


@dataclass(slots=True)
class Sheet:
    """``title`` of ``organization``, ``subtitle`` such as the period and the currency, and a column for each period.

    Amounts have exactly the decimals of their currency.
    """

    title: str
    organization: str
    subtitle: str
    columns: list[str]
    lines: list[Line] = field(default_factory=list)


def sheet_of(statement: dict[str, Any], organization: str) -> Sheet:
    """The sheet of a statement."""
    columns = [column["label"] for column in statement["columns"]]
    basis = ", cash basis" if statement["basis"] == "cash" else ""
    subtitle = f"{columns[0]}, in {statement['currency']}{basis}"
    sheet = Sheet(statement["title"], organization, subtitle, columns)
    places: dict[str, int] = {}
    for part in statement["sections"]:
        if part["kind"] == "section":
            sheet.lines.append(Line("heading", part["title"]))
            first = len(sheet.lines)
            sheet.lines += [
                Line("row", row["name"], row["code"], row["level"], tuple(row["amounts"]), row["id"],
                     leads_to=row["entries_query"])
                for row in part["rows"]
            ]  # fmt: skip
            adds = tuple((1, place) for place in range(first, len(sheet.lines)))
            sheet.lines.append(
                Line("total", f"Total {part['title'].lower()}", amounts=tuple(part["totals"]), adds=adds)
            )
        else:
            adds = tuple((each["sign"], places[each["name"]]) for each in part["of"])
            sheet.lines.append(Line("result", part["title"], amounts=tuple(part["totals"]), adds=adds))
        places[part["name"]] = len(sheet.lines) - 1
    return sheet
