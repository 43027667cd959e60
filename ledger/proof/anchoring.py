"""Anchors: checkpoints pushed to where whoever rules the database does not rule.

A push is a row that was committed with its checkpoint. It is claimed, carried out with no database transaction open,
and noted; it may go out twice and never gets lost. Pushes to one place go in the order of the chain.
"""

import dataclasses
import datetime

import structlog
from django.conf import settings
from django.db import transaction

from ledger.errors import AnchorAddressRefused
from ledger.proof import anchor_files
from ledger.proof.answers import anchor_answer, anchor_line
from ledger.proof.models import TARGETS, Anchor, AnchorPush, Checkpoint
from ledger.proof.sealing import newest
from organizations import clock, ids, scoping
from organizations.actors import Actor
from organizations.events.recording import event, record
from organizations.webhooks import calling
from organizations.wire.rendering import dumps

UPDATED = event("anchor.updated")
REMOVED = event("anchor.removed")

#: A push that was claimed and not noted within so long was lost with its worker.
LEASE = datetime.timedelta(minutes=2)
#: About three days of trying, a minute apart at first, an hour at last.
MOST_ATTEMPTS = 80
LONGEST_PAUSE = datetime.timedelta(hours=1)

log = structlog.get_logger()


@dataclasses.dataclass(frozen=True, slots=True)
class Errand:
    """One push that is to be carried out now."""

    organization_id: int
    push_id: int
    target: str
    url: str | None
    line: dict


# -- Where to ---------------------------------------------------------------------------------------


@transaction.atomic
def set_anchor(*, actor: Actor, organization_id: int, url: str) -> Anchor:
    """Push the organization's checkpoints to a webhook from now on, the newest one first.

    Raises AnchorAddressRefused for an address that is not HTTPS or not public.
    """
    problem = calling.problem_with(url, allowed=settings.OUTGOING_ALLOWED_HOSTS)
    if problem is not None:
        raise AnchorAddressRefused(fields={"url": problem})
    anchor = Anchor.objects.of(organization_id).select_for_update().first()
    before = anchor_answer(anchor) if anchor else None
    if anchor is None:
        anchor = Anchor(organization_id=organization_id, url=url)
        anchor.save()
    elif anchor.url != url:
        anchor.url, anchor.updated_at = url, clock.now()
        anchor.save(update_fields=["url", "updated_at"])
    anchor.refresh_from_db()
    after = anchor_answer(anchor)
    head = newest(organization_id)
    if head is not None:
        AnchorPush.objects.get_or_create(organization_id=organization_id, seq=head.seq, target="webhook")
    if after != before:
        record(
            UPDATED,
            actor=actor,
            organization_id=organization_id,
            entity_id=anchor.public_id,
            before=before,
            after=after,
        )
    return anchor


@transaction.atomic
def remove_anchor(*, actor: Actor, anchor: Anchor) -> None:
    """Push to the webhook no more. What waits for it is given up."""
    before = anchor_answer(anchor)
    waiting = AnchorPush.objects.of(anchor.organization_id).filter(target="webhook", status="pending")
    waiting.update(status="failed", last_error="The webhook was removed.", updated_at=clock.now())
    organization_id = anchor.organization_id
    anchor.delete()
    record(REMOVED, actor=actor, organization_id=organization_id, entity_id=before["id"], before=before)


def anchored(organization_id: int) -> list[dict]:
    """What the installation's own anchor file has of an organization."""
    if not settings.ANCHOR_DIRECTORY:
        return []
    place = anchor_files.file_of(settings.ANCHOR_DIRECTORY, ids.encode("ORG", organization_id))
    return anchor_files.read(place) if place.exists() else []


# -- Pushing ----------------------------------------------------------------------------------------


def push_due(organization_id: int, *, most: int = 200) -> int:
    """Carry out the pushes that are due, each place in order; how many arrived. Opens its own transactions."""
    arrived = 0
    for target in TARGETS:
        for _ in range(most):
            errand = _claim(organization_id, target)
            if errand is None:
                break
            problem = _carry_out(errand)
            _note(errand, problem)
            if problem is not None:
                break
            arrived += 1
    return arrived


def _claim(organization_id: int, target: str) -> Errand | None:
    """The next push of a place, if it is due and nobody else is at it; a later one waits for it."""
    now = clock.now()
    with scoping.acting_in(organization_id):
        rows = AnchorPush.objects.of(organization_id).filter(target=target, status="pending").order_by("seq")
        first = rows.values_list("pk", flat=True).first()
        if first is None:
            return None
        push = rows.filter(pk=first, next_attempt_at__lte=now).select_for_update(skip_locked=True).first()
        if push is None:
            return None
        push.attempts, push.next_attempt_at, push.updated_at = push.attempts + 1, now + LEASE, now
        push.save(update_fields=["attempts", "next_attempt_at", "updated_at"])
        checkpoint = Checkpoint.objects.of(organization_id).defer("leaves").get(seq=push.seq)
        url = Anchor.objects.of(organization_id).values_list("url", flat=True).first()
        return Errand(organization_id, push.pk, target, url, anchor_line(checkpoint))


def _carry_out(errand: Errand) -> str | None:
    """Push; None if it arrived, else why not."""
    try:
        if errand.target == "file":
            if not settings.ANCHOR_DIRECTORY:
                return "ANCHOR_DIRECTORY is not set."
            anchor_files.append(settings.ANCHOR_DIRECTORY, errand.line)
        elif errand.url is None:
            return "There is no webhook any more."
        else:
            headers = {"User-Agent": "Crane-Ledger", "X-Crane-Checkpoint": str(errand.line["seq"])}
            calling.post(errand.url, dumps(errand.line), headers=headers, allowed=settings.OUTGOING_ALLOWED_HOSTS)
    except (anchor_files.GoesBack, calling.Undelivered, OSError, ValueError) as problem:
        return str(problem) or type(problem).__name__
    return None


def _note(errand: Errand, problem: str | None) -> None:
    now = clock.now()
    with scoping.acting_in(errand.organization_id):
        push = AnchorPush.objects.of(errand.organization_id).select_for_update().get(pk=errand.push_id)
        push.updated_at = now
        if problem is None:
            push.status, push.pushed_at, push.last_error = "pushed", now, ""
        else:
            push.last_error = problem[:500]
            push.status = "failed" if push.attempts >= MOST_ATTEMPTS else "pending"
            push.next_attempt_at = now + min(LONGEST_PAUSE, datetime.timedelta(minutes=push.attempts))
        push.save(update_fields=["status", "pushed_at", "last_error", "next_attempt_at", "updated_at"])
    if problem is not None:
        log.error(
            "a checkpoint was not anchored",
            organization_id=ids.encode("ORG", errand.organization_id),
            seq=errand.line["seq"],
            target=errand.target,
            problem=problem,
            given_up=push.status == "failed",
        )
