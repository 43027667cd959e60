"""What a backup is: a folder with a dump, the files of attachments, a manifest, and the checksums of all of them.

`SHA256SUMS` is written last, in the form that `sha256sum --check` reads. A folder without it is no backup.
"""

import hashlib
import json
import os
from pathlib import Path, PurePosixPath

from organizations.jobs.progress import Progress

MANIFEST, SUMS, DUMP, FILES = "manifest.json", "SHA256SUMS", "database.dump", "files"
FORMAT = 1


class BackupProblem(Exception):
    """A backup cannot be made or restored; the message says why, and what to do."""


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def finish(folder: Path, manifest: dict, sums: dict[str, str]) -> None:
    """Write the manifest and the checksums. ``sums`` has those of all other files, by their paths in the folder."""
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    known = {**sums, MANIFEST: digest(folder / MANIFEST)}
    (folder / SUMS).write_text("".join(f"{known[name]}  {name}\n" for name in sorted(known)), encoding="utf-8")
    for name in (*known, SUMS):
        _sync(folder / name)
    for below, _, _ in os.walk(folder):
        _sync(Path(below))


def rename(partial: Path, target: Path) -> None:
    """Give a finished folder its name, for good. Raises BackupProblem where the name was taken meanwhile."""
    try:
        partial.rename(target)
    except OSError as problem:
        raise BackupProblem(f"{target} cannot be written: {problem.strerror}.") from problem
    _sync(target.parent)


def checked(folder: Path, progress: Progress) -> tuple[dict, list[str]]:
    """The manifest of a whole and undamaged backup, and the paths of its attachments' files.

    Raises BackupProblem.
    """
    sums = _read_sums(folder)
    progress.start(len(sums))
    for name, expected in sums.items():
        try:
            found = digest(folder / name)
        except OSError as problem:
            raise BackupProblem(f"The backup is damaged: {name} cannot be read ({problem.strerror}).") from problem
        if found != expected:
            raise BackupProblem(f"The backup is damaged: {name} is not what was written. Take another backup.")
        progress.advance()
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    if manifest["format"] != FORMAT:
        raise BackupProblem(f"The backup has format {manifest['format']}; this version reads format {FORMAT}.")
    files = [name.removeprefix(f"{FILES}/") for name in sums if name.startswith(f"{FILES}/")]
    if len(files) != manifest["files"]["count"]:
        raise BackupProblem(f"The backup is damaged: {SUMS} has lost lines.")
    return manifest, files


def _read_sums(folder: Path) -> dict[str, str]:
    try:
        text = (folder / SUMS).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BackupProblem(f"{folder} is no backup, or an unfinished one: it has no {SUMS}.") from None
    except (OSError, UnicodeDecodeError) as problem:
        raise BackupProblem(f"{folder / SUMS} cannot be read.") from problem
    sums = {}
    for line in text.splitlines():
        expected, _, name = line.partition("  ")
        place = PurePosixPath(name)
        if len(expected) != 64 or not name or place.is_absolute() or ".." in place.parts:
            raise BackupProblem(f"The backup is damaged: {SUMS} has a line that is no checksum.")
        sums[name] = expected
    if not {MANIFEST, DUMP} <= set(sums):
        raise BackupProblem(f"The backup is damaged: {SUMS} has lost lines.")
    return sums


def _sync(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
