"""A checkpoint as the API, the anchors and the export show it: everything that its hash is made of, and the hash."""

import datetime

from ledger.proof.leaves import PREFIXES
from ledger.proof.models import Anchor, AnchorPush, Checkpoint
from organizations import ids

#: The version of a checkpoint's own record.
CHECKPOINT_VERSION = 1


def instant(moment: datetime.datetime | None) -> str | None:
    """An instant as it is hashed: UTC, always to the microsecond."""
    return None if moment is None else f"{moment.astimezone(datetime.UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def sealed_values(checkpoint: Checkpoint) -> dict:
    """What the hash of a checkpoint binds, in its order, by the names that the API uses."""
    last = checkpoint.last_kind and ids.encode(PREFIXES[checkpoint.last_kind], checkpoint.last_id)
    return {
        "organization_id": ids.encode("ORG", checkpoint.organization_id),
        "seq": checkpoint.seq,
        "epoch": checkpoint.epoch,
        "epoch_began_at": instant(checkpoint.epoch_began_at),
        "leaf_version": checkpoint.leaf_version,
        "count": checkpoint.count,
        "total": checkpoint.total,
        "last_xid": checkpoint.last_xid,
        "last_record": last or None,
        "root": bytes(checkpoint.root).hex(),
        "previous_hash": bytes(checkpoint.previous_hash).hex(),
        "sealed_at": instant(checkpoint.sealed_at),
    }


def checkpoint_fields(checkpoint: Checkpoint) -> list[str | None]:
    """The record of a checkpoint, whose hash it carries."""
    values = sealed_values(checkpoint).values()
    texts = [value if value is None or isinstance(value, str) else str(value) for value in values]
    return [str(CHECKPOINT_VERSION), "checkpoint", *texts]


def anchor_line(checkpoint: Checkpoint) -> dict:
    """A checkpoint as it is pushed and exported: enough to work its hash out again."""
    return {
        "object": "checkpoint",
        "id": checkpoint.public_id,
        "version": CHECKPOINT_VERSION,
        **sealed_values(checkpoint),
        "hash": bytes(checkpoint.hash).hex(),
    }


def checkpoint_answer(checkpoint: Checkpoint, pushes: list[AnchorPush] = ()) -> dict:
    """A checkpoint as the API shows it."""
    return {
        **anchor_line(checkpoint),
        "anchors": [push_answer(push) for push in pushes],
        "metadata": {},
        "created_at": checkpoint.sealed_at,
        "updated_at": checkpoint.sealed_at,
    }


def checkpoint_answers(checkpoints: list[Checkpoint]) -> list[dict]:
    """Several checkpoints of one organization, with one look-up of where they were pushed."""
    if not checkpoints:
        return []
    pushes: dict[int, list[AnchorPush]] = {each.seq: [] for each in checkpoints}
    rows = AnchorPush.objects.of(checkpoints[0].organization_id).filter(seq__in=list(pushes))
    for push in rows.order_by("seq", "target"):
        pushes[push.seq].append(push)
    return [checkpoint_answer(each, pushes[each.seq]) for each in checkpoints]


def push_answer(push: AnchorPush) -> dict:
    """How far the push of a checkpoint to one place is."""
    return {
        "target": push.target,
        "status": push.status,
        "attempts": push.attempts,
        "pushed_at": push.pushed_at,
        "last_error": push.last_error or None,
    }


def anchor_answer(anchor: Anchor) -> dict:
    """Where an organization's checkpoints are pushed to."""
    return {
        "object": "anchor",
        "id": anchor.public_id,
        "organization_id": ids.encode("ORG", anchor.organization_id),
        "url": anchor.url,
        "metadata": anchor.metadata,
        "created_at": anchor.created_at,
        "updated_at": anchor.updated_at,
    }
