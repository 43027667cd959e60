"""What a new organization begins with, beyond its record.

The chart of accounts belongs to an app above this one. That app names the field of the
request by which it is asked for (``chart_template``) and the verb that does it.
"""

from collections.abc import Callable
from typing import Any

from organizations.actors import Actor
from organizations.tenants.models import Organization

Furnish = Callable[[Actor, Organization, Any], None]

furnishers: dict[str, Furnish] = {}


def furnishes(field: str, furnish: Furnish) -> None:
    """Let ``furnish(actor, organization, value)`` run for each new organization whose request fills ``field``."""
    furnishers[field] = furnish


def furnish(actor: Actor, organization: Organization, wishes: dict[str, Any]) -> None:
    """Run the furnishers that were asked for, within the new organization's scope."""
    for field, value in wishes.items():
        if value is not None:
            furnishers[field](actor, organization, value)
