"""`manage.py load_demo`: companies to look at and to try things on."""

import json
import os
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from ledger.demo.loading import as_dict, load


class Command(BaseCommand):
    help = "Build the demonstration companies, or find them. A second run changes nothing."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--json", action="store_true", help="print the keys and the login as JSON")
        parser.add_argument(
            "--write", metavar="PATH", help="keep the keys and the login in this file, and read them from there"
        )

    def handle(self, *, json: bool = False, write: str | None = None, **options) -> None:
        path = Path(write) if write else _local_note()
        kept = _read(path)
        values = as_dict(load(kept))
        if path is not None and kept | values != kept:
            _write(path, kept | values)
        if json:
            self.stdout.write(_text(values))
        elif write is None:
            self.stdout.write("".join(f"{name:<22}{value}\n" for name, value in values.items()))
        else:
            self.stdout.write(f"The demonstration is {values['organization_id']}; see {path}.")


def _local_note() -> Path | None:
    """What a local run keeps, so that asking for the way in again does not lock out who is in already."""
    note = settings.LOCAL_DIR / "demo.json"
    return note if settings.LOCAL and note.is_file() else None


def _text(values: dict[str, str]) -> str:
    return json.dumps(values, indent=2, ensure_ascii=False)


def _read(path: Path | None) -> dict[str, str]:
    """What the file holds; nothing where there is none, or none that can be read."""
    if path is None or not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _write(path: Path, values: dict[str, str]) -> None:
    """Replace the file in one step; only its owner may read it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(_text(values) + "\n")
    os.replace(name, path)
