"""The export: all sealed records with their checkpoints, as lines of JSON that the stand-alone verifier reads.

    {"object": "ledger_export", "version": 1, "organization_id": …, "head": {…}}
    {"object": "record", "kind": "transaction", "version": 1, "fields": {…}}    one for each record, in order
    {"object": "checkpoint", …, "leaves": "…"}                                  after the records that it seals

Each checkpoint is read in a database transaction of its own, since what is sealed does not change: a download that
takes hours holds nothing open.
"""

import base64
from collections.abc import Iterator

from ledger.proof import orders
from ledger.proof.answers import anchor_line
from ledger.proof.leaves import NAMES, Record
from ledger.proof.models import Checkpoint
from ledger.proof.sealing import newest
from ledger.proof.verifying import sealed_records
from organizations import ids, scoping
from organizations.wire.rendering import dumps

EXPORT_VERSION = 1


def record_line(record: Record) -> dict:
    """One record, with its fields by name."""
    return {
        "object": "record",
        "kind": NAMES[record.key[1]],
        "version": record.version,
        "fields": record.fields,
    }


def export_lines(organization_id: int) -> Iterator[bytes]:
    """The lines of an organization's export. Opens its own database transactions."""
    with scoping.acting_in(organization_id):
        head = newest(organization_id)
        epochs = orders.epochs(organization_id)
    begin = {
        "object": "ledger_export",
        "version": EXPORT_VERSION,
        "organization_id": ids.encode("ORG", organization_id),
        "head": anchor_line(head) if head else None,
    }
    yield dumps(begin) + b"\n"
    last = None
    while head is not None:
        with scoping.acting_in(organization_id):
            rows = Checkpoint.objects.of(organization_id).filter(seq__gt=last.seq if last else -1, seq__lte=head.seq)
            checkpoint = rows.order_by("seq").first()
            if checkpoint is None:
                return
            records = sealed_records(organization_id, epochs, last, checkpoint)
            leaves = base64.b64encode(checkpoint.leaves).decode()
        lines = [record_line(each) for each in records]
        yield b"".join(dumps(line) + b"\n" for line in [*lines, anchor_line(checkpoint) | {"leaves": leaves}])
        last = checkpoint
