"""How an organization is known: a name, a logo and a colour, on its papers, reports and letters.

Each of the three is the organization's own, or where it has none and is billed with its parent (``shared``), that of
the nearest organization above. A ``separate`` one stands for itself, and so does everything beneath it. The default
colour is nobody's own. On papers the seller stays who sells, by its legal name.
"""

from dataclasses import dataclass, field

from django.db import connection

from ledger.stationery import colours
from ledger.stationery.models import Stationery
from organizations.letters.dressing import Look
from organizations.tenants.models import Organization

DEFAULT_COLOUR = Stationery._meta.get_field("accent_color").default


@dataclass(slots=True)
class Branding:
    """What an organization is known by, and whose each of it is (the key of an organization, None: by default)."""

    name: str
    color: str = DEFAULT_COLOUR
    logo: bytes | None = None
    logo_type: str = ""
    sources: dict[str, int | None] = field(default_factory=lambda: dict.fromkeys(("name", "color", "logo")))

    @property
    def is_default(self) -> bool:
        """Whether nobody has said anything."""
        return not any(self.sources.values())


def branding_of(organization: Organization) -> Branding:
    """The branding of an organization within reach, in one query."""
    found = Branding(name=organization.name)
    with connection.cursor() as cursor:
        cursor.execute("select * from ledger_branding(%s)", [organization.pk])
        rows = cursor.fetchall()
    for whose, name, color, logo, logo_type in rows:  # the nearest first
        if name and found.sources["name"] is None:
            found.name, found.sources["name"] = name, whose
        if color != DEFAULT_COLOUR and found.sources["color"] is None:
            found.color, found.sources["color"] = color, whose
        if logo and found.sources["logo"] is None:
            found.logo, found.logo_type, found.sources["logo"] = bytes(logo), logo_type, whose
    return found


def look_of(organization: Organization) -> Look | None:
    """How letters of an organization look; None where they are plain."""
    found = branding_of(organization)
    if found.is_default:
        return None
    return Look(found.name, found.color, colours.on(found.color), found.logo, found.logo_type)
