"""The house as text and as syntax trees, for the tests that keep it in order."""

import ast
import functools
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("organizations", "ledger", "reconciliation", "reports")
PACKAGES = (*APPS, "config")
CONTENTS_PAGES = ("models", "admin", "api", "tasks")


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file."""

    path: Path

    @property
    def name(self) -> str:
        """Its path as shown in messages."""
        return str(self.path.relative_to(ROOT))

    @property
    def module(self) -> str:
        """Its dotted name."""
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def is_migration(self) -> bool:
        return "migrations" in self.path.parts

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def tree(self) -> ast.Module:
        return _parse(self.path)


@functools.cache
def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def sources(*folders: str) -> list[Source]:
    """The Python files below some folders of the house."""
    return [Source(path) for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def refuse(problems: Iterable[str]) -> None:
    """Fail with the whole list of problems, if there are any."""
    found = list(problems)
    assert not found, "\n".join(found)


def contents_pages() -> list[Source]:
    """The root `models.py`, `admin.py`, `api.py` and `tasks.py` of each app, as far as there are any."""
    paths = (ROOT / app / f"{page}.py" for app in APPS for page in CONTENTS_PAGES)
    return [Source(path) for path in paths if path.is_file()]


def imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and full name of everything a file imports, at any depth."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def tracked_files() -> list[Path]:
    """What is, or is about to be, under version control."""
    command = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, capture_output=True, check=True).stdout.decode().split("\0")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]
