"""The anchor on disk: one file for each organization, a checkpoint on each line, appended and never rewritten.

Point ``ANCHOR_DIRECTORY`` at storage that the database's administrators cannot rewrite. The file is what a chain is
measured by: it never goes back.
"""

import fcntl
import json
import os
from pathlib import Path

from organizations.wire.rendering import dumps

LONGEST_LINE = 4096


class GoesBack(Exception):
    """The anchor already has a later or another checkpoint than the one that is to be pushed."""


def file_of(directory: str, organization: str) -> Path:
    """Where an organization's checkpoints are."""
    return Path(directory) / f"{organization}.jsonl"


def append(directory: str, line: dict) -> None:
    """Add a checkpoint and see it on disk; one that is there already is left alone.

    Raises GoesBack where the file is ahead of the chain, and OSError.
    """
    place = file_of(directory, line["organization_id"])
    place.parent.mkdir(parents=True, exist_ok=True)
    is_new = not place.exists()
    with open(place, "a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        last = _last_line(file)
        if last is not None and last["seq"] >= line["seq"]:
            if last["seq"] > line["seq"] or last["hash"] != line["hash"]:
                raise GoesBack(f"The anchor is at checkpoint {last['seq']} already.")
            return
        if last is not None and last["seq"] == line["seq"] - 1 and last["hash"] != line["previous_hash"]:
            raise GoesBack(f"Checkpoint {line['seq']} does not follow from the anchored one.")
        file.write(dumps(line) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        _sync_directory(place.parent)


def read(path: Path) -> list[dict]:
    """The checkpoints of an anchor: a line each, or one JSON object over several lines. Raises ValueError."""
    text = path.read_text(encoding="utf-8")
    try:
        found = [json.loads(line) for line in text.splitlines() if line.strip()]
    except json.JSONDecodeError:
        found = [json.loads(text)]
    return [_checked(each) for each in found]


def _checked(line) -> dict:
    """A line of an anchor. Raises ValueError for what is no checkpoint."""
    if (
        not isinstance(line, dict)
        or not isinstance(line.get("seq"), int)
        or not {"organization_id", "hash"} <= set(line)
    ):
        raise ValueError("The anchor holds something that is no checkpoint.")
    return line


def _last_line(file) -> dict | None:
    """The last whole line. A line that a crash cut short is taken off: it was never seen as pushed."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 2 * LONGEST_LINE))
    lines = file.read().split(b"\n")
    if lines[-1]:
        file.truncate(size - len(lines[-1]))
    file.seek(0, os.SEEK_END)
    return _checked(json.loads(lines[-2])) if len(lines) > 1 else None


def _sync_directory(directory: Path) -> None:
    """A new file's name is on disk when its directory is."""
    number = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
