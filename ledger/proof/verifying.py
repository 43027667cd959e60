"""Verifying the chain: every checkpoint is worked out again from the rows, down to the first break.

What is found: a record that was edited, deleted, slipped in or moved, a checkpoint that was touched, and, with an
anchor from outside, a chain that was cut, begun anew or taken away.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field

from ledger.proof import orders
from ledger.proof.answers import checkpoint_fields
from ledger.proof.leaves import LEAF_BYTES, Key, Leaf, Record, records_of, unpacked
from ledger.proof.models import Checkpoint
from ledger.proof.records import NOTHING_BEFORE, checkpoint_hash, root_of
from organizations import ids
from organizations.jobs.progress import Progress


@dataclass(frozen=True, slots=True)
class Break:
    """The first thing that is not as it was sealed: a code, the checkpoint, the record if it is one, a sentence."""

    code: str
    seq: int
    record: str | None
    message: str


@dataclass(slots=True)
class Verdict:
    """What verifying one organization came to."""

    organization_id: int
    checkpoints: int = 0
    records: int = 0
    anchors: int = 0
    head: str | None = None
    first_break: Break | None = None

    @property
    def is_intact(self) -> bool:
        return self.first_break is None


def verdict_answer(verdict: Verdict) -> dict:
    """The verdict as a job or a command shows it."""
    found = verdict.first_break
    return {
        "object": "verdict",
        "organization_id": ids.encode("ORG", verdict.organization_id),
        "is_intact": verdict.is_intact,
        "checkpoints": verdict.checkpoints,
        "records": verdict.records,
        "anchors": verdict.anchors,
        "head": verdict.head,
        "first_break": found and asdict(found),
    }


@dataclass(slots=True)
class _Walk:
    """The way along the chain: the checkpoint before, the epochs, the anchors by number."""

    organization_id: int
    epochs: list[orders.Epoch]
    anchors: dict[int, str]
    last: Checkpoint | None = None
    seen: set[int] = field(default_factory=set)


def verify(organization_id: int, *, anchors: Iterable[dict] = (), progress: Progress | None = None) -> Verdict:
    """Walk the whole chain of one organization. ``anchors`` are checkpoints as they were pushed outside."""
    verdict = Verdict(organization_id)
    public = ids.encode("ORG", organization_id)
    kept: dict[int, str] = {}
    for each in anchors:
        if each["organization_id"] == public and kept.setdefault(each["seq"], each["hash"]) != each["hash"]:
            said = f"The anchor has two different checkpoints {each['seq']}."
            verdict.first_break = Break("anchor_contradicts", each["seq"], None, said)
            return verdict
    walk = _Walk(organization_id, orders.epochs(organization_id), kept)
    rows = Checkpoint.objects.of(organization_id).order_by("seq")
    if progress is not None:
        progress.start(rows.count())
    for checkpoint in _one_by_one(organization_id):
        verdict.first_break = _check(walk, checkpoint)
        if verdict.first_break is not None:
            return verdict
        verdict.checkpoints += 1
        verdict.records += checkpoint.count
        verdict.anchors += checkpoint.seq in kept
        verdict.head = bytes(checkpoint.hash).hex()
        walk.last = checkpoint
        if progress is not None:
            progress.advance()
    missing = min((seq for seq in kept if walk.last is None or seq > walk.last.seq), default=None)
    if missing is not None:
        said = f"Checkpoint {missing} was anchored outside, and the chain ends before it: it was cut or taken away."
        verdict.first_break = Break("chain_cut", missing, None, said)
    return verdict


def _one_by_one(organization_id: int) -> Iterator[Checkpoint]:
    """The chain in order, a checkpoint at a time: each may hold some hundred kilobytes of leaves."""
    seen = -(2**63)
    while True:
        found = Checkpoint.objects.of(organization_id).filter(seq__gt=seen).order_by("seq").first()
        if found is None:
            return
        seen = found.seq
        yield found


def _check(walk: _Walk, checkpoint: Checkpoint) -> Break | None:
    return _check_link(walk, checkpoint) or _check_own(walk, checkpoint) or _check_records(walk, checkpoint)


def _check_link(walk: _Walk, checkpoint: Checkpoint) -> Break | None:
    """That the checkpoint follows the one before."""
    last, seq = walk.last, checkpoint.seq
    expected = last.seq + 1 if last else 1
    if seq != expected:
        said = f"Checkpoint {expected} is missing; {seq} is the next one there is."
        return Break("checkpoint_missing", expected, None, said)
    if bytes(checkpoint.previous_hash) != (bytes(last.hash) if last else NOTHING_BEFORE):
        return Break("chain_broken", seq, None, f"Checkpoint {seq} does not follow from the one before it.")
    place = (checkpoint.epoch, *orders.position(checkpoint))
    before = (last.epoch, *orders.position(last)) if last else (1, *orders.BEGINNING)
    if place <= before or checkpoint.total != (last.total if last else 0) + checkpoint.count:
        return Break("chain_went_back", seq, None, f"Checkpoint {seq} does not lie after the one before it.")
    return None


def _check_own(walk: _Walk, checkpoint: Checkpoint) -> Break | None:
    """That the checkpoint's own fields agree with its hash, its root with its leaves, and both with the anchor."""
    seq = checkpoint.seq
    if checkpoint_hash(checkpoint_fields(checkpoint)) != bytes(checkpoint.hash):
        return Break("checkpoint_changed", seq, None, f"Checkpoint {seq} was changed: its hash is another.")
    sealed = unpacked(checkpoint.leaves)
    whole = len(sealed) == checkpoint.count and len(checkpoint.leaves) == checkpoint.count * LEAF_BYTES
    if not whole or root_of([leaf.hash for leaf in sealed]) != bytes(checkpoint.root):
        return Break("checkpoint_changed", seq, None, f"Checkpoint {seq} was changed: its leaves give another root.")
    if walk.anchors.get(seq, bytes(checkpoint.hash).hex()) != bytes(checkpoint.hash).hex():
        said = f"Checkpoint {seq} is not the one that was anchored outside: the chain was made anew."
        return Break("anchor_differs", seq, None, said)
    return None


def _check_records(walk: _Walk, checkpoint: Checkpoint) -> Break | None:
    """That the rows are still those that were sealed."""
    sealed = unpacked(checkpoint.leaves)
    keys = keys_of(walk.organization_id, walk.epochs, walk.last, checkpoint, limit=checkpoint.count + 1)
    found = [each.leaf for each in records_of(walk.organization_id, keys, version=checkpoint.leaf_version)]
    return first_difference(checkpoint.seq, sealed, found)


def keys_of(
    organization_id: int,
    epochs: list[orders.Epoch],
    last: Checkpoint | None,
    checkpoint: Checkpoint,
    *,
    limit: int,
) -> list[Key]:
    """The keys of the rows that lie where a checkpoint seals. One that begins an epoch closes the one before it."""
    begins = last is not None and checkpoint.epoch != last.epoch
    number = last.epoch if begins else checkpoint.epoch
    epoch = next((each for each in epochs if each.number == number), orders.Epoch(number, None))
    span = orders.Span(
        after=orders.position(last) if last else orders.BEGINNING,
        through=None if begins else orders.position(checkpoint),
        since=epoch.since,
        until=epoch.until,
    )
    found = [key for key, _ in orders.keys_in(organization_id, span, limit=limit)]
    return found if last is not None else [*orders.unnumbered(organization_id, limit=1), *found]


def first_difference(seq: int, sealed: list[Leaf], found: list[Leaf]) -> Break | None:
    """The first record that is not as it was sealed, and what happened to it."""
    if sealed == found:
        return None
    place = next((n for n, (one, other) in enumerate(zip(sealed, found, strict=False)) if one != other), None)
    if place is None:
        place = min(len(sealed), len(found))
    was = sealed[place] if place < len(sealed) else None
    now = found[place] if place < len(found) else None
    there, then = {leaf.public_id for leaf in found}, {leaf.public_id for leaf in sealed}
    if now is not None and now.public_id not in then:
        said = f"{now.public_id} was slipped in: checkpoint {seq} does not have it."
        return Break("record_inserted", seq, now.public_id, said)
    if was is not None and was.public_id not in there:
        said = f"{was.public_id} is gone: checkpoint {seq} sealed it."
        return Break("record_missing", seq, was.public_id, said)
    if was is not None and now is not None and was.public_id == now.public_id:
        said = f"{was.public_id} was changed: checkpoint {seq} sealed it with another content."
        return Break("record_changed", seq, was.public_id, said)
    moved = (now or was).public_id
    return Break("record_moved", seq, moved, f"{moved} was moved: checkpoint {seq} sealed it elsewhere.")


def sealed_records(
    organization_id: int, epochs: list[orders.Epoch], last: Checkpoint | None, checkpoint: Checkpoint
) -> list[Record]:
    """The records that lie where a checkpoint seals, as they are now; one more than sealed, if there are more."""
    keys = keys_of(organization_id, epochs, last, checkpoint, limit=checkpoint.count + 1)
    return records_of(organization_id, keys, version=checkpoint.leaf_version)
