"""Removing files that no attachment names: what a crash between a file and its row leaves behind."""

import datetime
from collections.abc import Iterator

from ledger.attachments import storing
from ledger.attachments.models import Attachment
from organizations import clock, scoping

#: A younger file may belong to a request that is about to commit its row.
LEFT_ALONE = datetime.timedelta(hours=24)
AT_ONCE = 500


def sweep_attachments(*, dry_run: bool = False) -> int:
    """Remove them, one organization after the other; how many there were. Safe to run twice."""
    before = clock.now() - LEFT_ALONE
    return sum(
        _sweep(organization_id, paths, before, dry_run)
        for organization_id in scoping.every_organization()
        for paths in _batches(storing.folder_of(organization_id))
    )


def _batches(folder: str) -> Iterator[list[str]]:
    """The files below an organization's folder, some at a time. One level of folders: the months."""
    storage = storing.storage()
    try:
        months, _ = storage.listdir(folder)
    except FileNotFoundError:
        return
    for month in months:
        _, names = storage.listdir(f"{folder}/{month}")
        for start in range(0, len(names), AT_ONCE):
            yield [f"{folder}/{month}/{name}" for name in names[start : start + AT_ONCE]]


def _sweep(organization_id: int, paths: list[str], before: datetime.datetime, dry_run: bool) -> int:
    with scoping.acting_in(organization_id):
        rows = Attachment.objects.of(organization_id).filter(path__in=paths, removed_at=None)
        named = set(rows.values_list("path", flat=True))
    orphans = [path for path in paths if path not in named and storing.storage().get_modified_time(path) < before]
    if not dry_run:
        for path in orphans:
            storing.discard(path)
    return len(orphans)
