"""Searching by an amount: a text that reads as a figure also means the rows whose amount it is."""

import re
from decimal import Decimal

from django.db.models import Q

_FIGURE = re.compile(r"([+-]?)([0-9]{1,19}|[0-9]{1,3}(?:,[0-9]{3}){1,6})(\.[0-9]{1,8})?")


def figure_in(text: str) -> tuple[str, Decimal] | None:
    """The sign and the size of a figure, with or without its thousands apart; None where a text is no figure."""
    found = _FIGURE.fullmatch(text.strip())
    return found and (found[1], Decimal(found[2].replace(",", "") + (found[3] or "")))


def amounts_to(text: str, *columns: str) -> Q | None:
    """Rows of which one of the columns is exactly the figure, of either sign unless one is written.

    None where the text is no figure.
    """
    found = figure_in(text)
    if found is None:
        return None
    sign, size = found
    meant = {"": [size, -size], "+": [size], "-": [-size]}[sign]
    wanted = Q()
    for column in columns:
        wanted |= Q(**{f"{column}__in": meant})
    return wanted


def or_amounts_to(said: Q, text: str, *columns: str) -> Q:
    """What a text is found by already, or one of the columns being the figure that it is."""
    wanted = amounts_to(text, *columns)
    return said if wanted is None else said | wanted
