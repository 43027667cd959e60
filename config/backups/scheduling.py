"""One backup a day in BACKUP_DIRECTORY, of which the newest BACKUP_KEEP are kept."""

import fcntl
import re
import shutil
from pathlib import Path

import structlog
from django.conf import settings

from config.backups.archives import BackupProblem
from config.backups.taking import back_up
from organizations import clock
from organizations.jobs.progress import Progress

#: Backups by themselves are named by their day; one with a time in its name was asked for, and is left alone.
BY_ITSELF = re.compile(r"crane-\d{4}-\d\d-\d\d")
#: What a backup that was killed leaves behind.
UNFINISHED = ".crane-*"

log = structlog.get_logger(__name__)


def take_todays_backup() -> str | None:
    """Take it and forget the oldest; where it stands. None where there is one, one is being taken, or none is wanted.

    Safe to run twice, and at the same time. Raises BackupProblem.
    """
    if not settings.BACKUP_DIRECTORY:
        return None
    directory = Path(settings.BACKUP_DIRECTORY)
    target = directory / f"crane-{clock.today()}"
    try:
        with (directory / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if target.exists():
                return None
            for partial in directory.glob(UNFINISHED):
                shutil.rmtree(partial)
            manifest = back_up(target, progress=lambda description: Progress())
            _forget_old(directory)
    except BlockingIOError:
        return None
    except OSError as problem:
        raise BackupProblem(f"BACKUP_DIRECTORY: {problem}") from problem
    log.info("backup taken", folder=str(target), postings=manifest["postings"], files=manifest["files"]["count"])
    return str(target)


def _forget_old(directory: Path) -> None:
    taken = sorted(path for path in directory.iterdir() if BY_ITSELF.fullmatch(path.name))
    for path in taken[: -settings.BACKUP_KEEP]:
        shutil.rmtree(path)
