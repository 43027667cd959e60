"""Counting a request: one line appended to a file of this process, which the kernel has even if the process is killed.

No request waits for a database, a network or a disk. ``organizations/metering`` brings the lines into the database,
each once. A process holds a lock on its file as long as it lives: a file without a holder is complete.
"""

import fcntl
import os
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path

import structlog
from django.conf import settings

from organizations import clock

log = structlog.get_logger(__name__)

#: What brings the lines in, named by the chapter that does.
collectors: list[Callable[[], None]] = []

_lock = threading.Lock()
_open: dict[int, int] = {}  # process → file descriptor; after a fork the child opens its own


def note(organization_id: int, api_key_id: int | None, operation: str, *, refused: bool, times: int = 1) -> None:
    """Count one request, or several alike. A disk that is full is logged, and refuses nobody."""
    day = int(clock.now().timestamp()) // 86_400
    line = f"{day} {organization_id} {api_key_id or 0} {operation} {int(refused)}\n"
    try:
        os.write(_descriptor(), line.encode() * times)
    except (OSError, RuntimeError) as problem:  # no thread more can be started
        log.error("usage_not_counted", problem=str(problem), organization_id=organization_id, operation=operation)


def folder() -> Path:
    """Where the spool files are."""
    return Path(settings.USAGE_SPOOL)


def _descriptor() -> int:
    found = _open.get(os.getpid())
    return found if found is not None else _begin()


def _begin() -> int:
    with _lock:
        if os.getpid() in _open:
            return _open[os.getpid()]
        folder().mkdir(parents=True, exist_ok=True)
        path = folder() / f"{int(clock.now().timestamp()):x}-{os.getpid():x}-{secrets.token_hex(8)}.usage"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        _open.clear()
        _open[os.getpid()] = descriptor
        if settings.USAGE_COLLECT_SECONDS:
            threading.Thread(target=_collect_for_ever, name="usage", daemon=True).start()
        return descriptor


def close() -> None:
    """Let go of the file; the next line begins another."""
    with _lock:
        descriptor = _open.pop(os.getpid(), None)
        if descriptor is not None:
            os.close(descriptor)


def _collect_for_ever() -> None:
    """Bring in what was counted, every few seconds, whichever process is first."""
    while True:
        time.sleep(settings.USAGE_COLLECT_SECONDS)
        for collect in collectors:
            collect()
