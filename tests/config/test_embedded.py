"""The checkout's own servers: one set for all who use it, gone with the last, back after a kill."""

import multiprocessing
import os
import shutil
import signal
import socket
import subprocess
import sys

import psycopg
import pytest
import redis

from config import database_roles, servers
from config.embedded import places, processes, record, reset, starting
from tests.databases import ROOT


@pytest.fixture
def checkout(monkeypatch):
    """A local folder of its own, with nothing in it; whatever runs there is stopped afterwards.

    Gives the data folder of the servers, which run as root may lie outside the checkout.
    """
    local = ROOT / ".local" / f"embedded-{os.getpid()}"
    shutil.rmtree(local, ignore_errors=True)
    monkeypatch.setenv("CRANE_LOCAL_DIR", str(local))
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    yield places.place(local, "run").data
    reset.reset(ROOT)


def ask(address: str, query: str = "select current_user"):
    with psycopg.connect(address) as connection:
        return connection.execute(query).fetchone()[0]


def test_the_servers_are_shared_and_stop_with_the_last_user(checkout):
    first, second = starting.ensure(ROOT), starting.ensure(ROOT)
    assert first.database_url == second.database_url
    assert [ask(address) for address in (first.database_url, first.owner_url)] == ["crane_web", "crane_owner"]
    assert redis.from_url(first.redis_url).ping()
    assert first.stop() is False and ask(second.database_url)
    assert second.stop() is True
    assert first.postgres.pid() is None and first.valkey.pid() is None


def test_data_and_addresses_are_kept(checkout):
    first = starting.ensure(ROOT)
    with psycopg.connect(first.owner_url) as owner:
        owner.execute("create table kept as select 42 as answer")
    redis.from_url(first.redis_url).set("kept", 42)
    first.stop()
    second = starting.ensure(ROOT)
    assert second.database_url == first.database_url and second.redis_url == first.redis_url
    assert ask(second.owner_url, "select answer from kept") == 42
    assert redis.from_url(second.redis_url).get("kept") == b"42"
    second.stop()


def test_the_suites_servers_outlive_no_local_folder_that_somebody_removed(checkout):
    first = starting.ensure(ROOT, "test")
    shutil.rmtree(record.local_dir(ROOT))
    second = starting.ensure(ROOT, "test")
    assert ask(second.database_url) == "crane_web" and redis.from_url(second.redis_url).ping()
    assert second.postgres.pid() and first.superuser_url != second.superuser_url
    second.stop()


def test_killed_servers_are_recovered(checkout):
    first = starting.ensure(ROOT)
    with psycopg.connect(first.owner_url) as owner:
        owner.execute("create table kept as select 42 as answer")
    for server in (first.postgres, first.valkey):
        os.kill(server.pid(), signal.SIGKILL)
    second = starting.ensure(ROOT)
    assert ask(second.owner_url, "select answer from kept") == 42
    assert redis.from_url(second.redis_url).ping()


def test_a_stale_process_id_of_a_stranger_is_no_obstacle(checkout):
    first = starting.ensure(ROOT)
    os.kill(first.postgres.pid(), signal.SIGKILL)
    pid_file = first.postgres.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert ask(starting.ensure(ROOT).database_url) == "crane_web"


def test_a_taken_port_is_left_to_its_owner(checkout):
    first = starting.ensure(ROOT)
    first.stop()
    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        stranger.bind(("127.0.0.1", first.postgres.port))
        stranger.listen()
        second = starting.ensure(ROOT)
        assert second.postgres.port != first.postgres.port
        assert ask(second.database_url) == "crane_web"


def hold(started, stop):
    taken = starting.ensure(ROOT)
    started.put(taken.database_url)
    stop.wait(30)
    taken.stop()


def test_a_cold_start_by_several_processes_at_once_makes_one_set(checkout):
    spawn = multiprocessing.get_context("spawn")
    started, stop = spawn.Queue(), spawn.Event()
    users = [spawn.Process(target=hold, args=(started, stop)) for _ in range(3)]
    for user in users:
        user.start()
    addresses = {started.get(timeout=60) for _ in users}
    assert len(addresses) == 1 and ask(addresses.pop()) == "crane_web"
    stop.set()
    for user in users:
        user.join(30)
        assert user.exitcode == 0
    assert (checkout / "postgres" / "PG_VERSION").is_file()
    assert processes.pid_in(checkout / "postgres" / "postmaster.pid") is None


def test_a_killed_user_counts_no_more(checkout):
    program = "import sys; from pathlib import Path; from config.embedded import starting;" + (
        "starting.ensure(Path(sys.argv[1])); print('up', flush=True); sys.stdin.read()"
    )
    user = subprocess.Popen(
        [sys.executable, "-c", program, str(ROOT)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert user.stdout.readline() == b"up\n"
    user.kill()
    user.communicate()
    assert starting.ensure(ROOT).stop() is True


def test_only_the_owner_can_read_passwords(checkout):
    folder = starting.ensure(ROOT).folder
    secret = [folder / "passwords.json", checkout / "valkey" / "valkey.conf"]
    assert [path.stat().st_mode & 0o077 for path in secret] == [0, 0]


def test_half_a_file_is_no_file(tmp_path):
    path = tmp_path / "values.json"
    record.write(path, {"a": 1})
    path.write_text(path.read_text()[:-3])
    assert record.read(path) == {}


def test_a_server_given_by_an_administrator_gets_our_roles(checkout, monkeypatch):
    given = starting.ensure(ROOT, "test", with_valkey=False)
    monkeypatch.setenv("DATABASE_URL", given.superuser_url)
    taken = servers.take(ROOT, "run")
    assert [ask(address) for address in (taken.database_url, taken.owner_url)] == ["crane_web", "crane_owner"]
    assert taken.embedded.postgres is None and taken.embedded.valkey is not None
    with psycopg.connect(given.superuser_url) as superuser:
        superuser.execute("create role boss login password 'b' createrole createdb")
        superuser.execute("grant crane_owner, crane_app, crane_web to boss with admin option")
    boss = database_roles.as_role(given.superuser_url, "boss", "b", "by_boss")
    monkeypatch.setenv("DATABASE_URL", database_roles.as_database(boss, "postgres"))
    assert ask(servers.take(ROOT, "run").database_url) == "crane_web"
    monkeypatch.setenv("DATABASE_URL", taken.owner_url)
    assert servers.take(ROOT, "run").owner_url == taken.owner_url
    monkeypatch.setenv("DATABASE_URL", taken.database_url)
    with pytest.raises(places.ServerProblem, match="DATABASE_OWNER_URL"):
        servers.take(ROOT, "run")
    taken.stop()
    given.stop()
