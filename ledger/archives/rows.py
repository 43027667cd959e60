"""Putting rows of an archive into their tables, some at a time."""

import json
from collections.abc import Iterable, Iterator

from django.db import connection

from ledger.archives.tables import USERS, Table
from ledger.errors import ArchiveUserTaken
from organizations.wire.rendering import dumps

AT_ONCE, BYTES_AT_ONCE = 1_000, 8 * 1024 * 1024

#: What an organization is without a parent.
ALONE = {
    "parent_id": None,
    "relationship_type": None,
    "billing_type": "separate",
    "ownership_percentage": None,
    "ownership": [],
}
#: People keep their ids; a password they get anew. Nobody becomes a superuser by an archive.
PEOPLE = """
    insert into organizations_user (id, email, name, is_staff, is_active, date_joined, is_superuser, password)
    select u.id, u.email, u.name, u.is_staff, u.is_active, u.date_joined, false, '!'
      from jsonb_populate_recordset(null::organizations_user, %s::jsonb) u
        on conflict (id) do nothing
"""
TAKEN = """
    select u.email from jsonb_populate_recordset(null::organizations_user, %s::jsonb) u
      join organizations_user o on o.email = u.email and o.id <> u.id limit 1
"""


def detached(line: bytes, present: Iterable[int]) -> tuple[bytes, int | None]:
    """The organization's row as it can stand here, and its parent's id: without the parent where that is not here."""
    row = json.loads(line)
    parent_id = row["parent_id"]
    if parent_id is None or parent_id in present:
        return line, parent_id
    return dumps(row | ALONE), parent_id


def load(table: Table, lines: Iterable[bytes]) -> int:
    """Insert the rows of a table; how many. Raises ArchiveUserTaken."""
    count = 0
    insert = (
        f"insert into {table.name} ({table.quoted()})"
        f" select {table.quoted()} from jsonb_populate_recordset(null::{table.name}, %s::jsonb)"
    )
    with connection.cursor() as cursor:
        for batch in _batches(lines):
            text = f"[{b','.join(batch).decode()}]"
            if table.name == USERS:
                cursor.execute(TAKEN, [text])
                taken = cursor.fetchone()
                if taken:
                    raise ArchiveUserTaken(details={"email": taken[0]})
            cursor.execute(PEOPLE if table.name == USERS else insert, [text])
            count += len(batch)
    return count


def _batches(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    size = 0
    for line in lines:
        batch.append(line)
        size += len(line)
        if len(batch) == AT_ONCE or size >= BYTES_AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
