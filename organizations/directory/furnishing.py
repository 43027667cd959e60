"""What a new organization begins with, beyond its record.

The chart of accounts belongs to an app above this one. That app names the field of the
request by which it is asked for (``chart_template``) and the verb that does it.
"""

from collections.abc import Callable, Iterable
from typing import Any

from organizations.actors import Actor
from organizations.tenants.models import Organization

Furnish = Callable[[Actor, Organization, Any], None]

furnishers: dict[str, Furnish] = {}
_choices: dict[str, list[tuple[str, str]]] = {}


def furnishes(field: str, furnish: Furnish, *, choices: Iterable[tuple[str, str]] = ()) -> None:
    """Let ``furnish(actor, organization, value)`` run for each new organization whose request fills ``field``.

    ``choices`` are the values to offer, with their titles.
    """
    furnishers[field] = furnish
    _choices[field] = list(choices)


def choices_of(field: str) -> list[tuple[str, str]]:
    """The values to offer for a field, with their titles."""
    return _choices.get(field, [])


def furnish(actor: Actor, organization: Organization, wishes: dict[str, Any]) -> None:
    """Run the furnishers that were asked for, within the new organization's scope."""
    for field, value in wishes.items():
        if value is not None:
            furnishers[field](actor, organization, value)
