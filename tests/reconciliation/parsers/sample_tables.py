"""Real statements that nobody here wrote, and what reading each must give: one table per format, beside this file.

A row is ``file | lines | sum | closing | problems``: the number of lines, the sum of their amounts, the last closing
balance that the file states (`-` where it states none), and how many records cannot be read. A file that is refused
has ``refused: code`` in place of the numbers. `CRANE_SAMPLES` says where the samples are; where they are not, the
tests that need them are skipped.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from reconciliation.parsers.items import Balance, Item, Line, Problem, Unreadable

SAMPLES = Path(os.environ.get("CRANE_SAMPLES", Path(__file__).parents[4] / "shared" / "samples"))
TABLES = Path(__file__).parent
COLUMNS = ("file", "lines", "sum", "closing", "problems")


def rows(name: str) -> Iterator[tuple[str, str]]:
    """Each file of a table, and what is expected of it."""
    for row in (TABLES / name).read_text(encoding="utf-8").splitlines():
        if row.strip() and not row.startswith("#"):
            file, _, expected = row.partition("|")
            yield file.strip(), " | ".join(part.strip() for part in expected.split("|"))


def found(read: Callable[[bytes], Iterable[Item]], data: bytes) -> str:
    """What reading gives, as the table writes it."""
    try:
        items = list(read(data))
    except Unreadable as problem:
        assert problem.message.endswith("."), "A person must be told what to do."
        return f"refused: {problem.code}"
    lines = [item for item in items if isinstance(item, Line)]
    closing = [item.amount for item in items if isinstance(item, Balance) and item.kind == "closing"]
    problems = sum(isinstance(item, Problem) for item in items)
    total = sum((line.amount for line in lines), Decimal(0))
    return f"{len(lines)} | {total:f} | {closing[-1] if closing else '-'} | {problems}"


def sample(folder: str, name: str) -> bytes:
    """One file's bytes; skips the test where the samples are not there."""
    path = SAMPLES / folder / name
    if not SAMPLES.is_dir():
        pytest.skip("The samples are not here.")
    return path.read_bytes()


def files(folder: str) -> list[str]:
    """The names of all samples of a folder, so that a table cannot leave one out."""
    return sorted(path.name for path in (SAMPLES / folder).iterdir() if path.is_file()) if SAMPLES.is_dir() else []
