"""Where the files of attachments are kept: ``STORAGES["attachments"]``, a folder or a bucket.

A file is written before the row that names it is committed, and removed after the row
has gone: a crash in between leaves a file that nobody names, which ``sweeping`` removes,
and never a row without its file. A bucket is far away, so nothing here is called while a
database transaction is open.
"""

import secrets
from collections.abc import Iterator

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

from organizations import clock, ids

log = structlog.get_logger(__name__)
PIECE = 64 * 1024


def storage() -> Storage:
    """The storage of attachments."""
    return storages["attachments"]


def folder_of(organization_id: int) -> str:
    """The folder that holds an organization's files and no other's."""
    return ids.encode("ORG", organization_id)


def new_path(organization_id: int) -> str:
    """A place for a new file: nothing in it comes from its sender, and nobody can guess it."""
    return f"{folder_of(organization_id)}/{clock.now():%Y-%m}/{secrets.token_hex(20)}"


def keep(path: str, content: bytes) -> None:
    """Write a file under a path of ``new_path``."""
    written = storage().save(path, ContentFile(content))
    if written != path:  # the storage found the place taken: with 160 random bits it is not the same place
        storage().delete(written)
        raise OSError("The storage of attachments keeps files under other names than it is told.")


def discard(path: str) -> None:
    """Remove a file as far as that is possible now; what is left is swept later."""
    try:
        storage().delete(path)
    except Exception as problem:
        log.warning("an attachment's file stays for the sweeper", exc_info=problem)


def discard_all(organization_id: int) -> int:
    """Remove every file of an organization that is not here any more; how many."""
    folder, gone = folder_of(organization_id), 0
    try:
        folders, _ = storage().listdir(folder)
    except FileNotFoundError:
        return 0
    for inner in folders:
        for name in storage().listdir(f"{folder}/{inner}")[1]:
            discard(f"{folder}/{inner}/{name}")
            gone += 1
    return gone


def pieces(path: str) -> Iterator[bytes]:
    """A file piece by piece. It is opened here and now, so a file that is missing raises before the first piece."""
    file = storage().open(path, "rb")

    def read() -> Iterator[bytes]:
        with file:
            yield from file.chunks(PIECE)

    return read()
