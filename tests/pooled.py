"""`make pooled`: a part of the suite through a pgbouncer in transaction mode, as compose.yaml sets it up.

python -m tests.pooled [what pytest takes]
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from config import servers
from config.embedded import processes
from tests.databases import ROOT

ORDINARY = ("tests/ledger/journal", "tests/ledger/payments", "tests/organizations/jobs", "tests/concurrency")


def main() -> int:
    if shutil.which("pgbouncer") is None:
        print("There is no pgbouncer on this machine.")
        return 3
    taken = servers.take(ROOT, "test")
    folder = Path(tempfile.mkdtemp(prefix="crane-pooled-"))
    try:
        web, port = urlsplit(taken.database_url), processes.free_port(None)
        pooler = _start(folder, web, port)
        try:
            through = web._replace(netloc=f"{web.username}:{web.password}@127.0.0.1:{port}").geturl()
            handed_down = {"admin_url": taken.admin_url, "owner_url": taken.owner_url}
            variables = taken.environment() | {
                "DATABASE_URL": through,
                "DATABASE_BEHIND_PGBOUNCER": "true",
                "CRANE_TEST_SERVERS": json.dumps(handed_down),
            }
            command = [sys.executable, "-m", "pytest", "-q", *(sys.argv[1:] or ORDINARY)]
            return subprocess.run(command, env=os.environ | variables, cwd=ROOT).returncode
        finally:
            pooler.kill()
            pooler.wait()
    finally:
        taken.stop()
        shutil.rmtree(folder)


def _start(folder: Path, web, port: int) -> subprocess.Popen:
    """The pgbouncer of compose.yaml, but for where it listens, and for every database of the suite's server."""
    told = yaml.safe_load((ROOT / "compose.yaml").read_text())["configs"]["pgbouncer"]["content"]
    told = told.replace("crane = host=database port=5432 dbname=crane", f"* = host={web.hostname} port={web.port}")
    told = (
        told.replace("6432", str(port)).replace("/tmp/users.txt", f"{folder}/users.txt").replace("*\n", "127.0.0.1\n")
    )
    (folder / "users.txt").write_text(f'"{web.username}" "{web.password}"\n')
    (folder / "pgbouncer.ini").write_text(told + f"unix_socket_dir = {folder}\n")
    command = ["pgbouncer", "--quiet", str(folder / "pgbouncer.ini")]
    if os.geteuid() == 0:  # it will not run as root
        folder.chmod(0o755)
        command += ["--user", "nobody"]
        shutil.chown(folder, "nobody")
        shutil.chown(folder / "users.txt", "nobody")
    return subprocess.Popen(command, cwd=folder)


if __name__ == "__main__":
    sys.exit(main())
