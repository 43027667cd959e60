"""What is sealed: posted transactions with their entries, and events, each read as one record.

Every field is a text that PostgreSQL writes: ids as the API shows them, numbers without trailing zeros, instants in
UTC to the microsecond, JSON as ``jsonb`` writes it. A version's fields never change: checkpoints name the version
of their leaves, and verifying them years later reads the same again. A new column needs a new version.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from ledger.proof.records import encode, leaf_hash
from organizations import ids

TRANSACTION, EVENT = 1, 2
PREFIXES = {TRANSACTION: "TXN", EVENT: "EVT"}
NAMES = {TRANSACTION: "transaction", EVENT: "event"}
LEAF_BYTES = 41

#: The version that new checkpoints get.
VERSION = 1


def _id(prefix: str, column: str) -> str:
    return f"crane_public_id('{prefix}', {column})"


def _number(column: str) -> str:
    return f"trim_scale({column})::text"


def _instant(column: str) -> str:
    return f"crane_instant({column})"


TRANSACTION_1 = {
    "id": _id("TXN", "id"),
    "organization_id": _id("ORG", "organization_id"),
    "xid": "posted_xid::text",
    "type": "type",
    "transaction_date": "transaction_date::text",
    "posting_date": _instant("posting_date"),
    "description": "description",
    "reference_number": "reference_number",
    "external_id": "external_id",
    "currency": "currency_id",
    "amount": _number("amount"),
    "total_debits": _number("total_debits"),
    "total_credits": _number("total_credits"),
    "account_id": _id("ACT", "account_id"),
    "contact_id": _id("CON", "contact_id"),
    "category_id": _id("CAT", "category_id"),
    "original_id": _id("TXN", "original_id"),
    "reversal_scope": "reversal_scope",
    "reversal_reason": "reversal_reason",
    "entry_count": "entry_count::text",
    "version": "version::text",
    "error_code": "error_code",
    "error_message": "error_message",
    "metadata": "metadata::text",
    "created_at": _instant("created_at"),
    "updated_at": _instant("updated_at"),
}
ENTRY_1 = {
    "id": _id("LED", "id"),
    "line_no": "line_no::text",
    "account_id": _id("ACT", "account_id"),
    "transaction_date": "transaction_date::text",
    "entry_type": "entry_type",
    "currency": "currency_id",
    "amount": _number("amount"),
    "base_amount": _number("base_amount"),
    "currency_rate": _number("currency_rate"),
    "description": "description",
    "reference": "reference",
    "metadata": "metadata::text",
    "reverses_entry_id": _id("LED", "reverses_entry_id"),
}
EVENT_1 = {
    "id": _id("EVT", "id"),
    "organization_id": _id("ORG", "organization_id"),
    "xid": "recorded_xid::text",
    "seq": "seq::text",
    "event_type": "event_type",
    "entity_type": "entity_type",
    "entity_id": "entity_id",
    "before_state": "before_state::text",
    "after_state": "after_state::text",
    "changes": "changes::text",
    "api_key_id": _id("KEY", "api_key_id"),
    "user_id": _id("USR", "user_id"),
    "system": "system",
    "ip_address": "ip_address::text",
    "request_id": "request_id",
    "timestamp": _instant("timestamp"),
}
#: By version: the fields of a transaction, of each of its entries (its last field), and of an event.
FIELDS = {1: (TRANSACTION_1, ENTRY_1, EVENT_1)}

Key = tuple[int, int, int]
"""A record's place in the order: database transaction, kind, id."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One sealed record: which, and its hash."""

    kind: int
    number: int
    hash: bytes

    @property
    def public_id(self) -> str:
        return ids.encode(PREFIXES[self.kind], self.number)


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it stands in the books now, with its fields by name."""

    key: Key
    version: int
    fields: dict[str, Any]

    @property
    def encoded(self) -> bytes:
        """Its form in bytes: version, kind, and the values of its fields in their order."""
        values = [
            [list(entry.values()) for entry in value] if isinstance(value, list) else value
            for value in self.fields.values()
        ]
        return encode([str(self.version), NAMES[self.key[1]], *values])

    @property
    def leaf(self) -> Leaf:
        return Leaf(self.key[1], self.key[2], leaf_hash(self.encoded))


def packed(leaves: Iterable[Leaf]) -> bytes:
    """Leaves as a checkpoint keeps them: 1 byte kind, 8 bytes id, 32 bytes hash each."""
    return b"".join(leaf.kind.to_bytes(1, "big") + leaf.number.to_bytes(8, "big") + leaf.hash for leaf in leaves)


def unpacked(text: bytes) -> list[Leaf]:
    """The leaves that a checkpoint keeps."""
    parts = (text[start : start + LEAF_BYTES] for start in range(0, len(text) - LEAF_BYTES + 1, LEAF_BYTES))
    return [Leaf(part[0], int.from_bytes(part[1:9], "big"), part[9:]) for part in map(bytes, parts)]


def records_of(organization_id: int, keys: Sequence[Key], *, version: int = VERSION) -> list[Record]:
    """The records with these keys, in their order. One that is not there (any more) is left out."""
    transaction_fields, entry_fields, event_fields = FIELDS[version]
    numbers = {kind: [number for _, each, number in keys if each == kind] for kind in NAMES}
    found: dict[tuple[int, int], dict] = {}
    if numbers[TRANSACTION]:
        entries = _entries(organization_id, numbers[TRANSACTION], entry_fields)
        rows = _rows("ledger_transaction", transaction_fields, organization_id, numbers[TRANSACTION])
        for number, fields in rows:
            found[TRANSACTION, number] = fields | {"entries": entries[number]}
    if numbers[EVENT]:
        for number, fields in _rows("organizations_event", event_fields, organization_id, numbers[EVENT]):
            found[EVENT, number] = fields
    return [Record(key, version, found[key[1:]]) for key in keys if key[1:] in found]


def moment_of(record: Record) -> datetime:
    """When the record was written, by the database's clock."""
    text = record.fields["posting_date" if record.key[1] == TRANSACTION else "timestamp"]
    return datetime.fromisoformat(text)


def _rows(table: str, fields: dict[str, str], organization_id: int, numbers: list[int]):
    columns = ", ".join(fields.values())
    with connection.cursor() as cursor:
        cursor.execute(
            f"select id, {columns} from {table} where organization_id = %s and id = any (%s)",
            [organization_id, numbers],
        )
        for number, *values in cursor.fetchall():
            yield number, dict(zip(fields, values, strict=True))


def _entries(organization_id: int, numbers: list[int], fields: dict[str, str]) -> dict[int, list[dict]]:
    columns = ", ".join(fields.values())
    found: dict[int, list[dict]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            f"select transaction_id, {columns} from ledger_entry"
            " where organization_id = %s and transaction_id = any (%s) order by transaction_id, line_no, id",
            [organization_id, numbers],
        )
        for number, *values in cursor.fetchall():
            found[number].append(dict(zip(fields, values, strict=True)))
    return found
