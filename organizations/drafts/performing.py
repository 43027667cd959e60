"""Doing what a draft says: its operation goes through the very view that a request of its own would meet.

It happens within the database transaction of whoever asks, as that actor, with all checks, in a savepoint: what is
refused leaves nothing behind, and a dry run never does.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from organizations.actors import Actor
from organizations.drafts.operations import Operation, variables_of
from organizations.fields import ExactDecoder
from organizations.requests.claiming import without_secret
from organizations.requests.opening import Opening
from organizations.requests.within import ask
from organizations.wire.rendering import dumps

#: Longer answers are not kept: the objects can be read where they are.
LONGEST = 200_000


@dataclass(frozen=True, slots=True)
class Performed:
    """What the operation answered. ``body`` is None where there is none or it is too long to be kept."""

    status: int
    body: Any

    @property
    def succeeded(self) -> bool:
        return self.status < 400


def perform(operation: Operation, *, opening: Opening, parameters: dict, payload: dict, dry_run: bool) -> Performed:
    """Do it, or with ``dry_run`` say what it would do."""
    query = "dry_run=true" if dry_run else ""
    return _ask(operation.view, operation.method, operation.path, parameters, opening, query=query, body=dumps(payload))


def look(operation: Operation, *, opening: Opening, parameters: dict) -> dict | None:
    """The object that the operation is about, as it is now; None where there is none to be read."""
    if operation.reader is None:
        return None
    found = _ask(operation.reader, "GET", operation.reader_path, parameters, opening)
    return found.body if found.succeeded and isinstance(found.body, dict) else None


def wide(actor: Actor) -> Actor:
    """The actor as if it might approve what it may read: a dry run tells an author what an approver would get."""
    permissions = actor.permissions
    if isinstance(permissions, dict):
        return replace(actor, permissions={name: _with_writing(actions) for name, actions in permissions.items()})
    return replace(actor, permissions=_with_writing(permissions))


def _with_writing(actions: list) -> list:
    return sorted({*actions, "write", "delete", "approve"}) if "read" in actions else actions


def _ask(
    view: Callable, method: str, path: str, parameters: dict, opening: Opening, *, query: str = "", body: bytes = b""
) -> Performed:
    named = {name: parameters[name] for name in variables_of(path) if name in parameters}
    response = ask(view, method, path, opening, variables=named, query=query, body=body)
    json_type = response.headers.get("Content-Type", "").startswith("application/json")
    kept = json_type and 0 < len(response.content) <= LONGEST
    shown = json.loads(without_secret(response.content), cls=ExactDecoder) if kept else None
    return Performed(response.status_code, shown)
