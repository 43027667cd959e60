"""Texts of a template in which ``{period}``, ``{month}``, ``{year}``, ``{date}``, ``{n}`` tell the occurrence. Pure."""

import calendar
import datetime
import re
from collections.abc import Mapping
from typing import Any

WORDS = ("period", "month", "year", "date", "n")
_PLACE = re.compile(r"\{(" + "|".join(WORDS) + r")\}")


def words_of(*, period: str, nominal: datetime.date, day: datetime.date, number: int) -> dict[str, str]:
    """What the words stand for at one occurrence; ``number`` counts from 1.

    Month and year are those of the ``nominal`` day, as the period is; the date is the ``day`` on which it is dated.
    """
    month, year = calendar.month_name[nominal.month], str(nominal.year)
    return {"period": period, "month": month, "year": year, "date": day.isoformat(), "n": str(number)}


def filled(template: Any, words: Mapping[str, str]) -> Any:
    """A template with every text filled in; names, numbers and unknown braces stay as they are."""
    if isinstance(template, str):
        return _PLACE.sub(lambda found: words[found[1]], template)
    if isinstance(template, list):
        return [filled(each, words) for each in template]
    if isinstance(template, dict):
        return {name: filled(value, words) for name, value in template.items()}
    return template
