"""Changing how documents look."""

import re
from typing import Any

from django.db import transaction

from ledger.errors import LogoRefused, LogoTooLarge
from ledger.stationery import logos, placeholders
from ledger.stationery.answers import FIELDS, LINES, PREFIXES, TEMPLATES, stationery_answer, stationery_of
from ledger.stationery.colours import is_colour
from ledger.stationery.figures import is_locale
from ledger.stationery.models import Stationery
from organizations import clock
from organizations.actors import Actor
from organizations.errors import Invalid
from organizations.events.recording import event, record
from organizations.letters.posting import problem_with_address
from organizations.tenants.models import Organization

UPDATED = event("stationery.updated")

_PREFIX = re.compile(r"[A-Za-z0-9-]{1,12}")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")


@transaction.atomic
def update_stationery(*, actor: Actor, organization: Organization, changes: dict[str, Any]) -> Stationery:
    """Change some of the stationery; the first change makes it. Raises Invalid with the fields at fault."""
    problems = {name: problem for name, value in changes.items() if (problem := problem_with(name, value))}
    if problems:
        raise Invalid(fields=problems)
    changes = {name: value.lower() if name == "accent_color" else value for name, value in changes.items()}
    return _change(actor, organization, changes)


@transaction.atomic
def set_logo(*, actor: Actor, organization: Organization, content: bytes) -> Stationery:
    """Put a logo on the documents. Raises LogoTooLarge, LogoRefused for what is no PNG or JPEG that can be drawn.

    It is kept in the row: at most a mebibyte, read with each document, and never without its organization.
    """
    if len(content) > logos.LARGEST:
        raise LogoTooLarge(fields={"file": f"At most {logos.LARGEST:,} bytes."})
    try:
        kind = logos.content_type_of(content)
    except logos.Unfit as problem:
        raise LogoRefused(fields={"file": str(problem)}) from problem
    return _change(actor, organization, {"logo": content, "logo_type": kind})


@transaction.atomic
def remove_logo(*, actor: Actor, organization: Organization) -> Stationery:
    """Take the logo off the documents; without one nothing happens."""
    return _change(actor, organization, {"logo": None, "logo_type": ""})


def _change(actor: Actor, organization: Organization, changes: dict[str, Any]) -> Stationery:
    before = stationery_answer(stationery_of(organization))
    if all(_same(getattr(stationery_of(organization), name), value) for name, value in changes.items()):
        return stationery_of(organization)
    Stationery.objects.get_or_create(organization=organization)
    stationery = Stationery.objects.of(organization).select_for_update().get()
    for name, value in changes.items():
        setattr(stationery, name, value)
    stationery.updated_at = clock.now()
    stationery.save(update_fields=[*changes, "updated_at"])
    record(
        UPDATED,
        actor=actor,
        organization_id=organization.pk,
        entity_id=stationery.public_id,
        before=before,
        after=stationery_answer(stationery),
    )
    return stationery


def _same(old, new) -> bool:
    return bytes(old) == new if isinstance(old, memoryview | bytes) and new is not None else old == new


def problem_with(name: str, value: Any) -> str | None:
    """What is wrong with one field; None if nothing is. Lengths are the shapes' to check, and the columns'."""
    if name == "metadata":
        return None
    if name not in FIELDS:
        return "There is no such field."
    if name == "payment_terms_days":
        return None if 0 <= value <= 365 else "0 to 365 days."
    if name == "locale":
        return None if is_locale(value) else "A locale such as en_US or de_DE."
    if name == "accent_color":
        return None if is_colour(value) else "A colour such as #1f4e79."
    if name in PREFIXES:
        return None if _PREFIX.fullmatch(value) else "1 to 12 letters, digits and dashes."
    if name in (*LINES, "email_subject") and _CONTROLS.search(value):
        return "One line, without control characters."
    if name in TEMPLATES:
        return placeholders.problem_with(value) if value.strip() else "A text is needed."
    return problem_with_address(value) if name == "email" and value else None
