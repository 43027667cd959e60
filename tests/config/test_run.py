"""`make run` as a person uses it: it comes up, says where, stops as a whole, and comes up again after a kill."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from config.embedded import places, processes, record, reset
from tests.databases import ROOT

pytestmark = pytest.mark.xdist_group("run")


class Product:
    """One `python -m config.run` with its output in a file."""

    def __init__(self, local, environment):
        self.local, self.environment = local, environment
        self.output = local.with_suffix(".log")
        self.process = None

    def start(self, *, until="Ctrl-C stops it", **variables):
        """Start it and wait until its output holds the text."""
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.run"],
                cwd=ROOT,
                env=self.environment | variables,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.wait_for(until)
        return self

    def wait_for(self, text, seconds=90):
        """Wait until the output holds the text."""
        deadline = time.monotonic() + seconds
        while text not in self.said():
            assert time.monotonic() < deadline, f"Not said: {text!r}. Said:\n{self.said()}"
            time.sleep(0.1)

    def said(self):
        return self.output.read_text(errors="replace")

    def address(self):
        return re.search(r"http://localhost:\d+", self.said())[0]

    def children(self):
        return record.read(self.local / "children.json")

    def servers(self):
        """Process ids of PostgreSQL and Valkey, as far as they live."""
        data = places.place(self.local, "run").data
        pids = [processes.pid_in(data / name) for name in ("postgres/postmaster.pid", "valkey/valkey.pid")]
        return [pid for pid in pids if processes.is_ours(pid, str(data))]

    def end(self, number=signal.SIGINT):
        """Send a signal; returns the exit code."""
        os.kill(self.process.pid, number)
        return self.process.wait(60)


def alive(pids):
    return [pid for pid in pids if processes.command_line(pid)]


@pytest.fixture(scope="module")
def local():
    """One folder for all tests here: making a cluster and the demonstration takes longest, and state is kept."""
    folder = ROOT / ".local" / f"run-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    yield folder
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRANE_LOCAL_DIR", str(folder))
        reset.reset(ROOT)


@pytest.fixture
def product(local, monkeypatch):
    monkeypatch.setenv("CRANE_LOCAL_DIR", str(local))
    ours = ("DATABASE_", "REDIS_", "CRANE_", "DJANGO_", "MAKE", "PYTEST_", "PORT", "LOG_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    # Compressing the static files takes longest; the runs share them.
    static = {"STATIC_ROOT": str(ROOT / ".local" / "test-static")}
    place = {"CRANE_LOCAL_DIR": str(local), "PORT": str(processes.free_port(None))}
    started = Product(local, environment | static | place)
    yield started
    if started.process is not None and started.process.poll() is None:
        started.process.kill()
        started.process.wait()
    started.output.unlink(missing_ok=True)


def asked(product, demo, path):
    """What the product answers to the key of the demonstration."""
    key = {"Authorization": f"Bearer {demo['api_key']}"}
    with urllib.request.urlopen(urllib.request.Request(f"{product.address()}{path}", headers=key)) as answer:
        return json.load(answer)


def test_it_comes_up_recovers_from_a_kill_and_stops_as_a_whole(product):
    product.start()
    with urllib.request.urlopen(f"{product.address()}/health") as answer:
        assert answer.status == 200
    assert sorted(product.children()) == ["beat", "web", "worker"]
    everyone = [*product.children().values(), *product.servers()]
    assert len(alive(everyone)) == 5

    second = subprocess.run(
        [sys.executable, "-m", "config.run"], cwd=ROOT, env=product.environment, capture_output=True, text=True
    )
    assert second.returncode == 1 and "already runs" in second.stderr and product.address() in second.stderr

    demo = json.loads((product.local / "demo.json").read_text())
    assert demo["base_url"] == product.address()
    assert asked(product, demo, f"/organizations/{demo['organization_id']}")["id"] == demo["organization_id"]
    deadline = time.monotonic() + 60
    while not (heard := asked(product, demo, "/system")["background"])["worker_last_ended_at"]:
        assert time.monotonic() < deadline, heard
        time.sleep(0.5)
    assert heard["beat_last_sent_at"] and heard["troubled_tasks"] == []

    product.process.kill()
    product.process.wait()
    product.start()
    everyone = [*product.children().values(), *product.servers()]
    assert len(alive(everyone)) == 5
    assert product.end() == 0
    assert alive(everyone) == [] and product.children() == {}


def test_a_dying_part_stops_the_rest_and_says_why(product):
    product.start()
    everyone = [*product.children().values(), *product.servers()]
    os.kill(product.children()["worker"], signal.SIGKILL)
    assert product.process.wait(60) == 1
    assert "[worker] was killed by SIGKILL" in product.said()
    assert alive(everyone) == []

    product.start()
    everyone = [*product.children().values(), *product.servers()]
    os.kill(product.servers()[0], signal.SIGKILL)
    assert product.process.wait(60) == 1
    assert "PostgreSQL is gone" in product.said()
    assert alive(everyone) == []


def test_it_says_what_is_wrong_before_it_starts_anything(product):
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = stranger.getsockname()[1]
        product.start(until="Stopped.", PORT=str(port))
    assert product.process.wait(30) == 1
    assert f"Port {port} is taken" in product.said() and product.servers() == []
