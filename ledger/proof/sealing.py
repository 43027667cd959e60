"""Sealing: the next batch of settled postings and events gets its checkpoint, off the hot path.

Safe to run twice and from many places: one at a time for each organization, and the database lets a checkpoint
only follow the last one.
"""

import datetime

from django.conf import settings
from django.db import connection, transaction

from ledger.errors import BooksFromElsewhere
from ledger.proof import orders
from ledger.proof.answers import checkpoint_answer, checkpoint_fields
from ledger.proof.leaves import EVENT, VERSION, Key, packed, records_of
from ledger.proof.models import Anchor, AnchorPush, Checkpoint
from ledger.proof.records import NOTHING_BEFORE, checkpoint_hash, root_of
from organizations.actors import Actor
from organizations.events.models import Event
from organizations.events.recording import event, record

SEALED = event("checkpoint.sealed")

#: A checkpoint covers at most so many records, and so many entries unless one record alone has more.
MOST_RECORDS, MOST_ENTRIES = 4096, 50_000


def newest(organization_id: int) -> Checkpoint | None:
    """The head of the chain."""
    return Checkpoint.objects.of(organization_id).defer("leaves").order_by("-seq").first()


@transaction.atomic
def seal(
    *, actor: Actor, organization_id: int, most: int = MOST_RECORDS, after_restore: bool = False
) -> Checkpoint | None:
    """Seal the next batch; None where nothing waits but the trail of sealing itself.

    Raises BooksFromElsewhere where records carry numbers that this cluster has not given yet: a dump was restored
    into it. ``after_restore`` confirms that: what came with the dump is sealed to its end, and then a new epoch
    begins with a checkpoint over nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(crane_seal_key(%s))", [organization_id])
    last = newest(organization_id)
    since = last.epoch_began_at if last else None
    restored = orders.newest_from_elsewhere(organization_id, since)
    if restored is not None and not after_restore:
        raise BooksFromElsewhere()
    until = restored + datetime.timedelta(microseconds=1) if restored is not None else None
    after = orders.position(last) if last else orders.BEGINNING
    span = orders.Span(after=after, since=since, until=until, settled=until is None)
    keys = _bearable(orders.keys_in(organization_id, span, limit=most))
    if until is None and _only_own_trail(organization_id, keys):
        return None
    if keys or until is None:
        return append(actor, organization_id, last, keys)
    return append(actor, organization_id, last, [], epoch_began_at=until)


def seal_all(*, actor: Actor, organization_id: int, most_checkpoints: int, after_restore: bool = False) -> int:
    """Seal batch after batch until nothing waits; how many checkpoints came to be."""
    for done in range(most_checkpoints):
        made = seal(actor=actor, organization_id=organization_id, after_restore=after_restore)
        if made is None:
            return done
        after_restore = after_restore and made.count > 0
    return most_checkpoints


def _bearable(weighed: list[tuple[Key, int]]) -> list[Key]:
    """As many of the keys as one checkpoint bears; one at least."""
    keys, weight = [], 0
    for key, heavy in weighed:
        weight += heavy
        if keys and weight > MOST_ENTRIES:
            break
        keys.append(key)
    return keys


def _only_own_trail(organization_id: int, keys: list[Key]) -> bool:
    """Whether the keys are of nothing but events about sealing; else each checkpoint would call for another."""
    if any(kind != EVENT for _, kind, _ in keys):
        return False
    numbers = [number for _, _, number in keys]
    return not Event.objects.of(organization_id).filter(pk__in=numbers).exclude(event_type=SEALED).exists()


def append(
    actor: Actor,
    organization_id: int,
    last: Checkpoint | None,
    keys: list[Key],
    *,
    epoch_began_at: datetime.datetime | None = None,
) -> Checkpoint:
    """Write the next checkpoint, over the records of these keys; over none where an epoch begins."""
    leaves = [each.leaf for each in records_of(organization_id, keys)]
    begins = epoch_began_at is not None
    xid, kind, number = keys[-1] if keys else orders.BEGINNING
    made = Checkpoint(
        organization_id=organization_id,
        seq=last.seq + 1 if last else 1,
        epoch=(last.epoch if last else 1) + begins,
        epoch_began_at=epoch_began_at if begins else (last.epoch_began_at if last else None),
        leaf_version=VERSION,
        count=len(leaves),
        total=(last.total if last else 0) + len(leaves),
        last_xid=xid,
        last_kind=kind,
        last_id=number,
        root=root_of([leaf.hash for leaf in leaves]),
        previous_hash=bytes(last.hash) if last else NOTHING_BEFORE,
        leaves=packed(leaves),
        sealed_at=_transaction_time(),
    )
    made.hash = checkpoint_hash(checkpoint_fields(made))
    made.save(force_insert=True)
    _send_on(made)
    after = checkpoint_answer(made)
    record(SEALED, actor=actor, organization_id=organization_id, entity_id=made.public_id, after=after)
    return made


def _transaction_time() -> datetime.datetime:
    with connection.cursor() as cursor:
        cursor.execute("select now()")
        return cursor.fetchone()[0]


def _send_on(made: Checkpoint) -> None:
    """Note where the checkpoint is to be pushed; whoever pushes finds it when this is committed."""
    wanted = [
        ("file", bool(settings.ANCHOR_DIRECTORY)),
        ("webhook", Anchor.objects.of(made.organization_id).exists()),
    ]
    AnchorPush.objects.bulk_create(
        AnchorPush(organization_id=made.organization_id, seq=made.seq, target=target)
        for target, is_wanted in wanted
        if is_wanted
    )
