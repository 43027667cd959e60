"""What django-axes asks of us: which e-mail was tried, and the page for who is locked out.

Failures are counted for an address and the e-mail it tries, together, in the database.
``manage.py axes_reset_username`` lets somebody in again before the time is over.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from organizations.logins.doors import Door, show_door


def tried_email(request: HttpRequest, credentials: dict | None) -> str:
    """The e-mail that was tried, as accounts have it."""
    typed = (credentials or {}).get("username") or request.POST.get("username", "")
    return typed.strip().lower()[:255]


def locked_out(request: HttpRequest, response: HttpResponse, credentials: dict | None) -> HttpResponse:
    """429, whether there is such an account or not."""
    wait = int(settings.AXES_COOLOFF_TIME.total_seconds())
    door = Door(
        title="Too many attempts",
        intro=f"There were too many wrong passwords. Try again in {wait // 60} minutes.",
    )
    page = show_door(request, door, status=429, wait=wait)
    return page.render()
