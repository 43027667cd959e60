"""Bringing what was counted into the database: each line once, whoever is killed when.

The counts of a file's lines and how far it was read are committed together. One collector at a time works on a folder.
"""

import contextlib
import datetime
import fcntl
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import structlog
from django.db import DatabaseError, connection, transaction

from organizations import scoping
from organizations.metering.models import SpoolPosition
from organizations.requests import spool

log = structlog.get_logger(__name__)

EPOCH = datetime.date(1970, 1, 1)
MOST_BYTES = 4 * 1024 * 1024  # of a file in one database transaction


ADD = """
    insert into organizations_usage as u (organization_id, day, api_key_id, operation, requests, refused)
    select %s, t.day, t.key, t.operation, t.requests, t.refused
      from unnest(%s::date[], %s::bigint[], %s::text[], %s::bigint[], %s::bigint[])
           t (day, key, operation, requests, refused)
     order by t.day, t.key, t.operation
        on conflict (organization_id, day, api_key_id, operation) do update
       set requests = u.requests + excluded.requests, refused = u.refused + excluded.refused
"""


def collect_quietly() -> None:
    """The same from a thread of its own: trouble is logged and tried again."""
    try:
        collect()
    except (DatabaseError, OSError) as problem:
        log.warning("usage_not_collected", problem=type(problem).__name__)
    finally:
        connection.close()


def collect() -> int:
    """Bring in everything that was counted on this machine; how many lines. 0 where another collector is at work."""
    with _alone() as mine:
        return sum(_collect_file(path) for path in sorted(spool.folder().glob("*.usage"))) if mine else 0


def pending() -> Iterator[tuple[int, datetime.date, str, int]]:
    """What was counted on this machine and is not in the database yet: organization, day, operation, how often.

    Call it while holding the spool, or what is being brought in is told twice or not at all.
    """
    places = dict(SpoolPosition.objects.values_list("name", "position"))
    for path in sorted(spool.folder().glob("*.usage")):
        with path.open("rb") as file:
            file.seek(places.get(path.name, 0))
            lines = file.read().splitlines(keepends=True)
        for number, counts in _counted([line.rstrip() for line in lines if line.endswith(b"\n")]).items():
            yield from ((number, day, operation, requests) for day, _, operation, requests, _ in counts)


@contextlib.contextmanager
def holding_the_spool() -> Iterator[None]:
    """Nothing is brought in meanwhile; waits for who is at it."""
    with _alone(wait=True):
        yield


@contextlib.contextmanager
def _alone(*, wait: bool = False) -> Iterator[bool]:
    if not spool.folder().is_dir():
        yield False
        return
    descriptor = os.open(spool.folder() / "lock", os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        yield False
    else:
        yield True
    finally:
        os.close(descriptor)


def _collect_file(path: Path) -> int:
    # Both asked first: what a living process still adds is read next time, or one at work would be read without end.
    abandoned, size = _is_abandoned(path), path.stat().st_size
    total, more = 0, True
    while more:
        count, more = _collect_part(path, size)
        total += count
    if abandoned:
        path.unlink()
        with transaction.atomic():
            SpoolPosition.objects.filter(name=path.name).delete()
    return total


def _is_abandoned(path: Path) -> bool:
    """Whether no process holds the file any more."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


@transaction.atomic
def _collect_part(path: Path, size: int) -> tuple[int, bool]:
    """Count the next lines of a file of that size, and note how far that was; how many, and whether there are more."""
    SpoolPosition.objects.bulk_create([SpoolPosition(name=path.name, position=0)], ignore_conflicts=True)
    place = SpoolPosition.objects.select_for_update().get(name=path.name)
    with path.open("rb") as file:
        file.seek(place.position)
        content = file.read(min(MOST_BYTES, size - place.position))
    content = content[: content.rfind(b"\n") + 1]  # a line that is being written is read next time
    lines = content.splitlines()
    if not lines:
        return 0, False
    for organization_id, counts in sorted(_counted(lines).items()):
        with scoping.acting_in(organization_id), connection.cursor() as cursor:
            cursor.execute(ADD, [organization_id, *map(list, zip(*counts, strict=True))])
    place.position += len(content)
    place.save(update_fields=["position"])
    return len(lines), place.position < size


def _counted(lines: list[bytes]) -> dict[int, list[tuple]]:
    """By organization: (day, key, operation, requests, refused)."""
    found: dict[int, dict[tuple, list[int]]] = {}
    for line, times in Counter(lines).items():
        day, organization, key, operation, refused = line.decode().split(" ")
        place = (EPOCH + datetime.timedelta(days=int(day)), int(key), operation)
        counts = found.setdefault(int(organization), {}).setdefault(place, [0, 0])
        counts[int(refused)] += times
    return {number: [(*place, *counts) for place, counts in own.items()] for number, own in found.items()}
