"""How the back office writes amounts, states and links. Everything is escaped here or by the template."""

import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from organizations.currencies.iso import decimals_of
from organizations.money import exact

NO_FIGURE = SafeString('<span class="co-figure"></span>')

#: The colours that states have everywhere.
COLOURS = {
    "posted": "green",
    "balanced": "green",
    "adds up": "green",
    "ok": "green",
    "may stand": "amber",
    "missing": "red",
    "out of balance": "red",
    "completed": "green",
    "sent": "green",
    "explains it": "green",
    "in progress": "amber",
    "sealed": "green",
    "pushed": "green",
    "active": "green",
    "enabled": "green",
    "succeeded": "green",
    "pending": "amber",
    "running": "amber",
    "queued": "grey",
    "suspended": "amber",
    "expired": "grey",
    "ended": "grey",
    "open": "green",
    "soft locked": "amber",
    "locked": "blue",
    "closed": "violet",
    "archived": "grey",
    "reversed": "grey",
    "failed": "red",
    "holds": "green",
    "healthy": "green",
    "broken": "red",
    "unknown": "amber",
    "revoked": "red",
    "live": "blue",
    "test": "violet",
    "imported": "green",
    "new": "green",
    "conflict": "amber",
    "error": "red",
    "unmatched": "amber",
    "suggested": "blue",
    "matched": "green",
    "created": "green",
    "accepted": "green",
    "draft": "amber",
    "received": "green",
    "issued": "green",
    "viewed": "blue",
    "partial": "amber",
    "paid": "green",
    "overdue": "red",
    "booked": "green",
    "approved": "green",
    "rejected": "red",
    "waiting": "amber",
    "delivered": "green",
    "disabled": "grey",
}


def money(amount: Decimal | None, currency: str) -> str:
    """An amount with its currency's decimals and thousands apart: ``15,750.00``; '' for none."""
    return "" if amount is None else f"{exact(amount, decimals_of(currency)):,}"


def figure(amount: Decimal | None, currency: str, *, blank_zero: bool = False) -> SafeString:
    """An amount as a right-aligned table cell shows it; below zero in red."""
    if amount is None or (blank_zero and not amount):
        return NO_FIGURE
    return format_html(
        '<span class="co-figure{}">{}</span>', " co-minus" if amount < 0 else "", money(amount, currency)
    )


def badge(state: str) -> SafeString:
    """A state as a coloured label."""
    return format_html('<span class="co-badge co-{}">{}</span>', COLOURS.get(state, "grey"), state)


def link_to(model: Any, number: int | None, text: Any, page: str = "change") -> SafeString | str:
    """A link to an object's page; only the text where there is no object."""
    if number is None:
        return text or ""
    return link(address(model, page, number), text)


def link(url: str, text: Any) -> SafeString:
    """A link to an address."""
    return format_html('<a class="co-link" href="{}">{}</a>', url, text)


def address(model: Any, page: str, *parts: Any) -> str:
    """The address of an admin page: ``address(Account, "change", 5)``."""
    meta = model._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=parts)


def moment(value: datetime.datetime | None) -> str:
    """An instant, in UTC, to the second."""
    return "" if value is None else f"{value:%Y-%m-%d %H:%M:%S}"
