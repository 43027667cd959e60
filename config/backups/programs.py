"""PostgreSQL's own programs `pg_dump` and `pg_restore`: those on PATH, or those of the embedded server."""

import os
import re
import shutil
import subprocess
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
from django.conf import settings
from psycopg.conninfo import make_conninfo

from config.backups.archives import BackupProblem
from config.embedded import places, record

LINES_SHOWN = 8


def find(program: str, *, least: int) -> Path:
    """The program of major version ``least`` or later. Raises BackupProblem that says what there is instead."""
    found = {}
    for path in _candidates(program):
        shown = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
        version = re.search(r"\) (\d+)", shown)
        if version is None:
            continue
        if int(version[1]) >= least:
            return path
        found[path] = version[1]
    there = ", ".join(f"{path} is of PostgreSQL {version}" for path, version in found.items())
    raise BackupProblem(
        f"No {program} of PostgreSQL {least} or later: {there or 'there is none on PATH'}. "
        f"Install the client programs of PostgreSQL {least} and put them on PATH."
    )


def _candidates(program: str) -> Iterator[Path]:
    on_path = shutil.which(program)
    if on_path:
        yield Path(on_path)
    try:
        embedded = places.postgresql_programs(places.place(record.local_dir(settings.ROOT), "run")) / program
    except places.ServerProblem:
        return
    if embedded.is_file():
        yield embedded


def login(alias: str) -> dict:
    """The connection settings of one of Django's databases, as libpq names them."""
    database = settings.DATABASES[alias]
    options = {name: value for name, value in database["OPTIONS"].items() if name != "pool"}
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return options | {key: database[name] for key, name in named.items() if database[name]}


def connect(alias: str) -> psycopg.Connection:
    """A connection of its own. Raises BackupProblem that names the variable to look at."""
    variable = {"default": "DATABASE_URL", "owner": "DATABASE_OWNER_URL"}[alias]
    try:
        return psycopg.connect(**{"connect_timeout": 10} | login(alias), autocommit=True)
    except psycopg.OperationalError as problem:
        raise BackupProblem(f"{variable}: {str(problem).strip()}") from problem


def run(command: list, alias: str, *, options: str = "", on_line: Callable[[str], None]) -> None:
    """Run a program against one of Django's databases; it hears of the password by its environment.

    Each line that the program says goes to ``on_line``. Raises BackupProblem with its last lines where it fails.
    """
    parameters = login(alias)
    environment = os.environ | {"PGPASSWORD": parameters.pop("password", ""), "PGOPTIONS": options, "LC_ALL": "C"}
    said: deque[str] = deque(maxlen=LINES_SHOWN)
    process = subprocess.Popen(
        [*map(str, command), f"--dbname={make_conninfo(**parameters)}"],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    try:
        for line in process.stderr:
            said.append(line.rstrip())
            on_line(line)
        if process.wait() != 0:
            raise BackupProblem(f"{Path(command[0]).name} failed:\n" + "\n".join(said))
    finally:
        process.kill()
        process.wait()
        process.stderr.close()
