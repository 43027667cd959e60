"""Asking a view of the API from within: by the same address, with the same checks, in the same database transaction."""

from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse, QueryDict

from organizations import clock
from organizations.actors import Actor
from organizations.requests.opening import Opening
from organizations.tenants.models import Organization


def opening_for(actor: Actor, organization: Organization) -> Opening:
    """What a request of this actor would be opened with now."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_current_snapshot()::text")
        (snapshot,) = cursor.fetchone()
    return Opening(
        actor=actor, organization=organization, oversight=False, opened_at=clock.now(), mode=organization.mode,
        snapshot=snapshot,
    )  # fmt: skip


def ask(
    view: Callable, method: str, path: str, opening: Opening, *, variables: dict[str, str], query: str = "",
    body: bytes = b"", headers: dict[str, str] | None = None,
) -> HttpResponse:  # fmt: skip
    """What the view answers. ``path`` has the names of ``variables`` in braces, ``headers`` are named as in WSGI."""
    named = {**variables, "organization_id": opening.organization.public_id}
    request = HttpRequest()
    request.method = method
    request.path = request.path_info = path.format(**named)
    request.GET = QueryDict(query)
    request.META = {
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "443",
        "REMOTE_ADDR": opening.actor.ip_address or "",
        **(headers or {}),
    }
    if body:
        request.META |= {"CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body))}
    request._body, request._read_started = body, True
    request.opening, request.request_id = opening, opening.actor.request_id
    return view(request, **named)
