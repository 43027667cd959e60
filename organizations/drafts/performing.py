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

#: Longer answers are kept without their lists: the objects can be read where they are.
LONGEST = 200_000
#: So many failing items of a batch are named.
MOST_FAILING = 100


@dataclass(frozen=True, slots=True)
class Performed:
    """What the operation answered. ``body`` is None where there is none; ``tag`` names the state of what it shows."""

    status: int
    body: Any
    tag: str = ""

    @property
    def succeeded(self) -> bool:
        return self.status < 400

    @property
    def kept(self) -> Any:
        """The body as a draft keeps it: a very long one without its lists, which ``left_out`` names."""
        if not isinstance(self.body, dict) or len(dumps(self.body)) <= LONGEST:
            return self.body
        lists = [name for name, value in self.body.items() if isinstance(value, list)]
        short = {name: value for name, value in self.body.items() if name not in lists} | {"left_out": lists}
        return short if len(dumps(short)) <= LONGEST else {"left_out": [*self.body]}


def perform(
    operation: Operation, *, opening: Opening, parameters: dict, payload: dict, dry_run: bool, seen: str = ""
) -> Performed:
    """Do it, or with ``dry_run`` say what it would do; with ``seen`` only if its object still has this tag.

    A batch of which no item succeeds does nothing: its answer is the error of the first one.
    """
    query = "dry_run=true" if dry_run else ""
    done = _ask(
        operation.view, operation.method, operation.path, parameters, opening, query=query, body=dumps(payload),
        headers={"HTTP_IF_MATCH": seen} if seen and operation.view.cls is operation.reader.cls else {},
    )  # fmt: skip
    failing = failing_of(done)
    if failing is not None and done.body["summary"]["succeeded"] == 0:
        return Performed(failing["status"], {"error": failing | {"request_id": opening.actor.request_id}})
    return done


def failing_of(done: Performed) -> dict | None:
    """What to say of a batch that was carried out, of which items fail: the error of the first, with all of them."""
    if not done.succeeded or not isinstance(done.body, dict) or done.body.get("object") != "batch":
        return None
    failing = [each for each in done.body.get("results", ()) if each["status"] == "failed"]
    if not failing:
        return None
    error = failing[0]["error"]
    return error | {"details": error["details"] | {"results": failing[:MOST_FAILING], "summary": done.body["summary"]}}


def look(operation: Operation, *, opening: Opening, parameters: dict) -> Performed:
    """The object that the operation is about, as it is now; without a body where there is none to be read."""
    if operation.reader is not None:
        found = _ask(operation.reader, "GET", operation.reader_path, parameters, opening)
        if found.succeeded and isinstance(found.body, dict):
            return found
    return Performed(404, None)


def wide(actor: Actor) -> Actor:
    """The actor as if it might approve what it may read: a dry run tells an author what an approver would get."""
    permissions = actor.permissions
    if isinstance(permissions, dict):
        return replace(actor, permissions={name: _with_writing(actions) for name, actions in permissions.items()})
    return replace(actor, permissions=_with_writing(permissions))


def _with_writing(actions: list) -> list:
    return sorted({*actions, "write", "delete", "approve"}) if "read" in actions else actions


def _ask(
    view: Callable, method: str, path: str, parameters: dict, opening: Opening, *, query: str = "", body: bytes = b"",
    headers: dict[str, str] | None = None,
) -> Performed:  # fmt: skip
    named = {name: parameters[name] for name in variables_of(path) if name in parameters}
    response = ask(view, method, path, opening, variables=named, query=query, body=body, headers=headers)
    json_type = response.headers.get("Content-Type", "").startswith("application/json")
    has_body = json_type and len(response.content) > 0
    shown = json.loads(without_secret(response.content), cls=ExactDecoder) if has_body else None
    return Performed(response.status_code, shown, response.headers.get("ETag", ""))
