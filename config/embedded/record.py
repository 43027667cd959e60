"""What a checkout remembers between runs: small JSON files under `.local/`, readable by their owner only."""

import json
import os
import secrets
import tempfile
from pathlib import Path


def local_dir(root: Path) -> Path:
    """Where the checkout keeps its data: `.local/` beside `manage.py`, or CRANE_LOCAL_DIR."""
    return Path(os.environ.get("CRANE_LOCAL_DIR") or root / ".local").absolute()


def read(path: Path) -> dict:
    """The remembered values; empty when there are none, or when a crash or a hand left the file unreadable."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def write(path: Path, values: dict) -> None:
    """Replace the file in one step, so that a reader or a crash never sees half of it."""
    make_dir(path.parent)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # mkstemp creates with mode 0600
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(values, file, indent=2)
        file.write("\n")
    os.replace(name, path)


def make_dir(path: Path) -> None:
    """A folder that others may pass through (the servers' user does) but not list."""
    if not path.is_dir():
        make_dir(path.parent)
        path.mkdir(exist_ok=True)
        path.chmod(0o711)


def addresses(local: Path) -> dict:
    """Where the servers of `make run` listen: database_url, owner_url, redis_url.

    Before the first run there are none yet: then addresses that lead nowhere, so that commands without a database
    (`check`, `makemigrations`) work in a fresh clone and the others say that nothing is running.
    """
    nowhere = {
        "database_url": "postgresql://crane_web@127.0.0.1:1/crane",
        "owner_url": "postgresql://crane_owner@127.0.0.1:1/crane",
        "redis_url": "redis://127.0.0.1:1/0",
    }
    return nowhere | read(local / "addresses.json")


def secret_key(local: Path) -> str:
    """The generated SECRET_KEY of local runs."""
    path = local / "secret_key.json"
    value = read(path).get("secret_key")
    if not value:
        value = secrets.token_urlsafe(48)
        write(path, {"secret_key": value})
    return value
