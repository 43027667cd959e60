"""The proof of one record: where it is sealed, and the way from it to the checkpoint's root."""

import base64
import datetime

from django.db import connection

from ledger.journal.models import Transaction
from ledger.proof import orders
from ledger.proof.answers import anchor_line
from ledger.proof.exporting import record_line
from ledger.proof.leaves import EVENT, TRANSACTION, Key, Record, moment_of, records_of, unpacked
from ledger.proof.models import Checkpoint
from ledger.proof.records import path_of, root_by
from organizations import ids
from organizations.events.models import Event


def transaction_proof(transaction: Transaction) -> dict:
    """The proof of a transaction; only what is posted can be sealed."""
    proof = _proof(transaction.organization_id, TRANSACTION, transaction.pk, posted=transaction.status == "posted")
    return proof | {"transaction_id": transaction.public_id}


def event_proof(event: Event) -> dict:
    """The proof of an event of the audit trail."""
    return _proof(event.organization_id, EVENT, event.pk, posted=True) | {"event_id": ids.encode("EVT", event.pk)}


def checkpoint_of(organization_id: int, key: Key, moment: datetime.datetime) -> Checkpoint | None:
    """The checkpoint that seals where a record of that key and moment lies; None while it waits."""
    epoch = orders.epoch_at(orders.epochs(organization_id), moment).number
    rows = Checkpoint.objects.of(organization_id).extra(
        where=["(epoch, last_xid, last_kind, last_id) >= (%s, %s, %s, %s)"], params=[epoch, *key]
    )
    return rows.order_by("epoch", "last_xid", "last_kind", "last_id").first()


def sealed_by(transaction: Transaction) -> Checkpoint | None:
    """The checkpoint that seals where a posted transaction lies, without a look at what it says."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select posted_xid::text::bigint from ledger_transaction where organization_id = %s and id = %s",
            [transaction.organization_id, transaction.pk],
        )
        [xid] = cursor.fetchone()
    return checkpoint_of(transaction.organization_id, (xid or 0, TRANSACTION, transaction.pk), transaction.posting_date)


def record_now(organization_id: int, kind: int, number: int) -> Record | None:
    """A record as it stands in the books."""
    found = records_of(organization_id, [(0, kind, number)])
    return _keyed(found[0]) if found else None


def _keyed(record: Record) -> Record:
    """The record under its true key, which its own fields tell."""
    _, kind, number = record.key
    return Record((int(record.fields["xid"] or 0), kind, number), record.version, record.fields)


def _proof(organization_id: int, kind: int, number: int, *, posted: bool) -> dict:
    record = record_now(organization_id, kind, number) if posted else None
    checkpoint = checkpoint_of(organization_id, record.key, moment_of(record)) if record else None
    answer = {
        "object": "proof",
        "version": 1,
        "organization_id": ids.encode("ORG", organization_id),
        "status": "sealed" if checkpoint else "unsealed",
        "is_intact": None,
        "record": None,
        "leaf": None,
        "leaf_hash": None,
        "path": [],
        "checkpoint": None,
    }
    if record is None:
        return answer
    if checkpoint is not None and checkpoint.leaf_version != record.version:
        record = _keyed(records_of(organization_id, [record.key], version=checkpoint.leaf_version)[0])
    leaf = record.leaf
    answer |= {
        "record": record_line(record),
        "leaf": base64.b64encode(record.encoded).decode(),
        "leaf_hash": leaf.hash.hex(),
    }
    if checkpoint is None:
        return answer
    sealed = unpacked(checkpoint.leaves)
    place = next((n for n, each in enumerate(sealed) if (each.kind, each.number) == (kind, number)), None)
    path = [] if place is None else path_of([each.hash for each in sealed], place)
    return answer | {
        "is_intact": place is not None and root_by(leaf.hash, path) == bytes(checkpoint.root),
        "path": [{"side": side, "hash": other.hex()} for side, other in path],
        "checkpoint": anchor_line(checkpoint),
    }
