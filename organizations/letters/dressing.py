"""How letters look: the text as it was written, under a logo and a colour, beside the plain text.

Whose logo and colour is for a chapter of an app above to say. A letter is dressed when it leaves, so that it is kept
once, as what it says.
"""

from collections.abc import Callable
from dataclasses import dataclass
from email.mime.image import MIMEImage

from django.template.loader import render_to_string

from organizations.tenants.models import Organization

LOGO = "logo"  # the Content-ID by which the text names the picture (RFC 2392)


@dataclass(frozen=True, slots=True)
class Look:
    """A name, a colour with what can be read on it, and a PNG or JPEG."""

    name: str
    color: str
    on_color: str
    logo: bytes | None
    logo_type: str


_looks: list[Callable[[Organization], Look | None]] = []


def dresses(look_of: Callable[[Organization], Look | None]) -> None:
    """Let this say how an organization's letters look."""
    _looks[:] = [look_of]


def look_of(organization: Organization) -> Look | None:
    """How an organization's letters look; None: plain."""
    return _looks[0](organization) if _looks else None


def dressed(look: Look, *, subject: str, body: str, sender: str, logo_url: str = f"cid:{LOGO}") -> str:
    """The text as HTML, for programs that read letters: no styles but in elements, nothing from elsewhere."""
    shown = {"look": look, "subject": subject, "body": body.strip(), "sender": sender}
    return render_to_string("letters/letter.html", shown | {"logo_url": logo_url if look.logo else ""})


def picture(look: Look) -> MIMEImage:
    """The logo as a part of a letter, shown where the text names it."""
    kind = look.logo_type.rpartition("/")[2]
    part = MIMEImage(look.logo, kind)
    part.add_header("Content-ID", f"<{LOGO}>")
    part.add_header("Content-Disposition", "inline", filename=f"logo.{kind}")
    return part
