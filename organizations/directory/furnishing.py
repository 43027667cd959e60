"""What a new organization begins with, beyond its record.

The chart of accounts belongs to an app above this one. That app names the field of the
request by which it is asked for (``chart_template``) and the verb that does it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from organizations.actors import Actor
from organizations.errors import NotAuthorized
from organizations.tenants.models import Organization

Furnish = Callable[[Actor, Organization, Any], None]


@dataclass(frozen=True, slots=True)
class Furnisher:
    """What is done for a field, the resource that it writes, and the values to offer with their titles."""

    furnish: Furnish
    resource: str
    choices: list[tuple[str, str]]


furnishers: dict[str, Furnisher] = {}


def furnishes(field: str, furnish: Furnish, *, resource: str, choices: Iterable[tuple[str, str]] = ()) -> None:
    """Let ``furnish(actor, organization, value)`` run for each new organization whose request fills ``field``.

    Who asks for it may write ``resource``. ``choices`` are the values to offer, with their titles.
    """
    furnishers[field] = Furnisher(furnish, resource, list(choices))


def choices_of(field: str) -> list[tuple[str, str]]:
    """The values to offer for a field, with their titles."""
    return furnishers[field].choices if field in furnishers else []


def furnish(actor: Actor, organization: Organization, wishes: dict[str, Any]) -> None:
    """Run the furnishers that were asked for, within the new organization's scope. Raises NotAuthorized."""
    for field, value in wishes.items():
        if value is None:
            continue
        furnisher = furnishers[field]
        if not actor.may("write", furnisher.resource):
            raise NotAuthorized(fields={field: f"This needs the permission to write {furnisher.resource}."})
        furnisher.furnish(actor, organization, value)
