"""Staging a write, looking at what it would do, and deciding.

A draft is its own idempotency key: approved once, its effect and its status are committed together.
"""

import datetime
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction

from organizations import clock, ids
from organizations.actors import ALL_ACTIONS, Actor, system
from organizations.drafts.answers import draft_in_short, version_of_draft
from organizations.drafts.errors import ApproverIsAuthor, DraftDecided, DraftExpired, DraftOutdated, NotTheAuthor
from organizations.drafts.models import Draft
from organizations.drafts.operations import Operation, operation
from organizations.drafts.performing import Performed, failing_of, look, perform, wide
from organizations.errors import (
    Invalid,
    NotAuthorized,
    NotFound,
    PayloadTooLarge,
    PermissionsTooWide,
    PreconditionFailed,
)
from organizations.events import recording
from organizations.jobs.running import exact
from organizations.requests.opening import Opening
from organizations.wire.entity_tags import MOVING, is_editable
from organizations.wire.rendering import dumps

STAGED = recording.event("draft.staged")
CHANGED = recording.event("draft.changed")
APPROVED = recording.event("draft.approved")
REJECTED = recording.event("draft.rejected")
EXPIRED = recording.event("draft.expired")

KEPT_DAYS, MOST_DAYS = 30, 365
LARGEST = 1024 * 1024  # bytes of a payload


@transaction.atomic
def stage(
    *, opening: Opening, operation_name: str, parameters: Mapping[str, str], payload: Mapping[str, Any],
    note: str = "", expires_in_days: int = KEPT_DAYS, metadata: dict | None = None,
) -> Draft:  # fmt: skip
    """Stage a write, and look at once what it would do. Raises UnknownOperation, Invalid, PermissionsTooWide.

    Who stages must be able to read what would be written: the draft shows it.
    """
    wanted = operation(operation_name)
    actor = opening.actor
    if not actor.may("read", wanted.resource):
        raise PermissionsTooWide("A draft shows what it would write: that takes the permission to read it")
    row = Draft(
        organization_id=opening.organization.pk,
        operation=wanted.name,
        parameters=_parameters(wanted, parameters),
        payload=_payload(payload),
        note=note,
        expires_at=clock.now() + datetime.timedelta(days=expires_in_days),
        author_key_id=actor.api_key_id,
        author_user_id=actor.user_id,
        metadata=metadata or {},
    )
    row.save(force_insert=True)
    row.refresh_from_db()
    _examine(row, opening)
    _record(STAGED, actor, row, None)
    return row


@transaction.atomic
def change(*, opening: Opening, draft_id: int, changes: Mapping[str, Any]) -> Draft:
    """Change what a draft would write, or its note. Raises NotFound, DraftDecided, NotTheAuthor, Invalid."""
    row = _pending(opening, draft_id)
    if not is_author(opening.actor, row):
        raise NotTheAuthor()
    before = draft_in_short(row)
    wanted = operation(row.operation)
    if "parameters" in changes:
        row.parameters = _parameters(wanted, changes["parameters"])
    if "payload" in changes:
        row.payload = _payload(changes["payload"])
    for name in ("note", "metadata"):
        if name in changes:
            setattr(row, name, changes[name])
    Draft.objects.of(row.organization_id).filter(pk=row.pk).update(
        parameters=row.parameters, payload=row.payload, note=row.note, metadata=row.metadata, updated_at=clock.now()
    )
    _examine(row, opening)
    _record(CHANGED, opening.actor, row, before)
    return row


@transaction.atomic
def validate(*, opening: Opening, draft_id: int) -> Draft:
    """Look again what the draft would do. Raises NotFound, DraftDecided."""
    row = _pending(opening, draft_id)
    _examine(row, opening)
    return row


@transaction.atomic
def approve(*, opening: Opening, draft_id: int, seen: str | None = None) -> tuple[Draft, Performed]:
    """Do what the draft says, in the name of who approves. Where the write is refused the draft stays as it is.

    With ``seen`` only the version of the draft that was shown. Raises NotFound, DraftDecided, NotAuthorized,
    PreconditionFailed, DraftExpired, ApproverIsAuthor, DraftOutdated.
    """
    row = _pending(opening, draft_id)
    actor, wanted = opening.actor, operation(row.operation)
    if not (actor.may("approve", wanted.resource) and actor.may(wanted.action, wanted.resource)):
        raise NotAuthorized()
    _refuse_unseen(row, seen)
    if row.expires_at <= clock.now():
        raise DraftExpired()
    if opening.organization.require_draft_approval and is_author(actor, row):
        raise ApproverIsAuthor()
    before, tag = draft_in_short(row), _still(row, wanted, opening)
    done = perform(wanted, opening=opening, parameters=row.parameters, payload=row.payload, dry_run=False, seen=tag)
    if done.status == PreconditionFailed.status:
        raise DraftOutdated()
    if done.succeeded:
        _decide(row, actor, "approved", result_status=done.status, result=exact(done.kept))
        _record(APPROVED, actor, row, before)
    return row, done


@transaction.atomic
def reject(*, opening: Opening, draft_id: int, reason: str, seen: str | None = None) -> Draft:
    """Turn a draft down; its author may withdraw it so. With ``seen`` only the version that was shown.

    Raises NotFound, DraftDecided, NotAuthorized, PreconditionFailed.
    """
    row = _pending(opening, draft_id)
    actor = opening.actor
    if not (is_author(actor, row) or actor.may("approve", operation(row.operation).resource)):
        raise NotAuthorized()
    _refuse_unseen(row, seen)
    before = draft_in_short(row)
    _decide(row, actor, "rejected", reason=reason)
    _record(REJECTED, actor, row, before)
    return row


@transaction.atomic
def expire(organization_id: int) -> int:
    """Mark drafts that waited for too long; how many."""
    actor = system("expire_drafts")
    late = Draft.objects.of(organization_id).filter(status="pending", expires_at__lte=clock.now())
    found = list(late.select_for_update(of=("self",), skip_locked=True))
    for row in found:
        before = draft_in_short(row)
        _decide(row, actor, "expired")
        _record(EXPIRED, actor, row, before)
    return len(found)


def is_author(actor: Actor, row: Draft) -> bool:
    """Whether the actor staged the draft: by the same key, or as the same person."""
    same_key = actor.api_key_id is not None and actor.api_key_id == row.author_key_id
    return same_key or (actor.user_id is not None and actor.user_id == row.author_user_id)


def _pending(opening: Opening, draft_id: int) -> Draft:
    """A draft that waits, locked. Raises NotFound, DraftDecided."""
    row = Draft.objects.of(opening.organization).filter(pk=draft_id).select_for_update(of=("self",)).first()
    if row is None:
        raise NotFound()
    if row.status != "pending":
        raise DraftDecided(details={"status": row.status})
    return row


def _refuse_unseen(row: Draft, seen: str | None) -> None:
    if seen is not None and seen != version_of_draft(row):
        raise PreconditionFailed("It was changed meanwhile; look again")


def _still(row: Draft, wanted: Operation, opening: Opening) -> str:
    """The tag of the object that the draft would change, which is as the draft shows it. Raises DraftOutdated.

    An object is what can be edited: other answers, such as an examination's, are never twice the same.
    """
    if wanted.reader is None or not is_editable(wanted.reader.cls):
        return ""
    everything = replace(opening.actor, permissions=[*ALL_ACTIONS])  # it is compared, and not shown
    found = look(wanted, opening=replace(opening, actor=everything), parameters=row.parameters)
    if _own(found.kept) != _own(row.current):
        raise DraftOutdated()
    return found.tag


def _own(shown: dict | None) -> dict | None:
    """An object without what others move, such as a balance."""
    return shown and {name: value for name, value in shown.items() if name not in MOVING}


def _parameters(wanted: Operation, given: Mapping[str, str]) -> dict[str, str]:
    """The ids in the operation's address: all of them, and no others. Raises Invalid."""
    problems = {f"parameters.{name}": "The operation takes this." for name in wanted.variables if name not in given}
    for name, value in given.items():
        if name not in wanted.variables:
            problems[f"parameters.{name}"] = "The operation does not take this."
        elif not isinstance(value, str) or not 1 <= len(value) <= 100 or "/" in value:
            problems[f"parameters.{name}"] = "An id."
    if problems:
        raise Invalid(fields=problems)
    return dict(given)


def _payload(payload: Mapping[str, Any]) -> dict[str, Any]:
    if len(dumps(payload)) > LARGEST:
        raise PayloadTooLarge()
    return exact(dict(payload))


def _examine(row: Draft, opening: Opening) -> None:
    """Note what a dry run says: what would be refused, and what is there now beside what would be."""
    row.refresh_from_db()
    wanted, trial = operation(row.operation), replace(opening, actor=wide(opening.actor))
    tried = perform(wanted, opening=trial, parameters=row.parameters, payload=row.payload, dry_run=True)
    current = look(wanted, opening=opening, parameters=row.parameters)
    problems = failing_of(tried) if tried.succeeded else tried.body["error"]
    Draft.objects.of(row.organization_id).filter(pk=row.pk).update(
        valid=tried.succeeded,
        problems=exact(problems),
        preview=exact(tried.kept) if tried.succeeded else None,
        current=exact(current.kept),
        validated_at=clock.now(),
    )
    row.refresh_from_db()


def _decide(row: Draft, actor: Actor, status: str, **more) -> None:
    now = clock.now()
    decided = {"status": status, "decided_at": now, "updated_at": now} | more
    decided |= {"decider_key_id": actor.api_key_id, "decider_user_id": actor.user_id}
    Draft.objects.of(row.organization_id).filter(pk=row.pk).update(**decided)
    row.refresh_from_db()


def _record(event: str, actor: Actor, row: Draft, before: dict | None) -> None:
    recording.record(
        event,
        actor=actor,
        organization_id=row.organization_id,
        entity_id=ids.encode("DRF", row.pk),
        before=before,
        after=draft_in_short(row),
    )
