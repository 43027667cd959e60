"""Servers and databases of the suite.

- Nothing asked for: no database.
- `db` (or `@pytest.mark.django_db`): the application's role on a copy of the template; what the test writes is rolled
  back.
- `committed_db`: a copy of its own in which commits are real; other threads and processes may connect to it.
- `demo_db`: a copy of the demonstration companies, likewise; gives the file that says the way in.
- `cast`, `committed_cast`: Alice, Bob and Charlie with their books (tests/cast.py), on `db` or on `committed_db`.
- `http_server`: its own copy served over real HTTP by threads of this process; gives the base address.
- `web_process`: its own copy served by gunicorn with worker processes, which a test may kill.
- `own_cluster`: a PostgreSQL of its own, which a test may kill and start again; Django's connections lead to it.
- `empty_cluster`: the same before anything is in it, and without Django's connections.
- `superuser_connection`, `owner_connection`: psycopg connections past the application's walls, to the database in use.
"""

import json
import logging
import os
import shutil
import tempfile
import threading
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import hypothesis
import pytest

from config import database_roles, servers
from config.embedded.places import ServerProblem
from tests import clusters, databases
from tests.processes import WebServer

HANDED_DOWN = "CRANE_TEST_SERVERS"


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers, then Django: its settings need their addresses. Workers of xdist get them handed down."""
    if HANDED_DOWN not in os.environ:
        try:
            taken = servers.take(databases.ROOT, "test")
        except ServerProblem as problem:
            pytest.exit(str(problem), returncode=3)
        config.add_cleanup(taken.stop)
        config.add_cleanup(lambda: os.environ.pop(HANDED_DOWN, None))
        databases.drop_leftovers(taken.admin_url)
        os.environ.update(taken.environment())
        os.environ[HANDED_DOWN] = json.dumps({"admin_url": taken.admin_url, "owner_url": taken.owner_url})
    elif hasattr(config, "workerinput"):
        os.environ["REDIS_URL"] = _of_its_own(os.environ["REDIS_URL"], config.workerinput["workerid"])
    # A run says the same each time. `HYPOTHESIS_PROFILE=default` looks further.
    hypothesis.settings.register_profile("suite", derandomize=True)
    hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))
    os.environ |= {"CRANE_ENV": "local", "DATABASE_POOL": "0", "DJANGO_SETTINGS_MODULE": "config.settings"}
    os.environ |= {"USAGE_COLLECT_SECONDS": "0", "RATE_LIMIT_FAILED": "1000000"}
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # of the processes that tests start, each would compile all of it
    # On a machine that does much else, sixteen writers in one queue may wait longer than a person should.
    os.environ.setdefault("DATABASE_LOCK_TIMEOUT", "5")

    import django
    from django.conf import settings

    # The manifest of compressed files exists after `collectstatic` only; the suite serves the files as they are.
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    files = tempfile.mkdtemp(prefix="crane-attachments-")
    config.add_cleanup(lambda: shutil.rmtree(files, ignore_errors=True))
    settings.STORAGES["attachments"]["OPTIONS"]["location"] = files
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # An empty one: each new test client would look through all collected files, which took longer than its requests.
    settings.USAGE_SPOOL = f"{files}/usage"
    settings.STATIC_ROOT = Path(files) / "static"
    settings.STATIC_ROOT.mkdir()
    # pytest-django may have read the settings of a worker already, from what was handed down.
    settings.REDIS_URL = settings.CELERY_BROKER_URL = settings.CACHES["default"]["LOCATION"] = os.environ["REDIS_URL"]
    django.setup()
    # Not a line for each of some hundred thousand requests and refusals.
    logging.getLogger().setLevel("WARNING")
    logging.getLogger("security").setLevel("ERROR")
    from config.memory import collect_seldom

    collect_seldom()


def _of_its_own(redis_url: str, worker: str) -> str:
    """Another database of the same Redis for each worker of xdist: what a test counts or forgets is its own."""
    parts = urlsplit(redis_url)
    number = int(parts.path.strip("/") or 0) + 1 + int(worker.removeprefix("gw"))
    return urlunsplit(parts._replace(path=f"/{number}"))


@pytest.fixture(scope="session")
def admin_url() -> str:
    """The address of whoever made the roles: a superuser, on the embedded servers."""
    return json.loads(os.environ[HANDED_DOWN])["admin_url"]


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, admin_url):
    """One copy of the template for this process, with the cast in it; takes the place of pytest-django's own set-up."""
    from tests.cast import gather

    with django_db_blocker.unblock(), databases.copy_in_use(admin_url, "shared"):
        cast = gather().kept()
        with django_db_blocker.block():
            yield cast


@pytest.fixture
def committed_db(request, django_test_environment, django_db_blocker, admin_url):
    """A fresh copy of the template, with real commits; gives its name. It is dropped afterwards."""
    if "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        pytest.fail("Use either `db` or `committed_db`: the first rolls back what the second must see.")
    with django_db_blocker.unblock(), databases.copy_in_use(admin_url, "committed") as name:
        yield name


@pytest.fixture(scope="session")
def demonstration(django_test_environment, django_db_blocker, admin_url, tmp_path_factory):
    """The demonstration companies, loaded once: the name of their database, and what says the way in."""
    from django.core.management import call_command

    note = tmp_path_factory.mktemp("demonstration") / "demo.json"
    with django_db_blocker.unblock():
        name = databases.clone(admin_url, "demonstration")
        try:
            with databases.pointed_to({"NAME": name}, {"NAME": name}):
                call_command("load_demo", write=str(note), verbosity=0)
            yield name, note
        finally:
            databases.discard(admin_url, name)


@pytest.fixture
def demo_db(demonstration, django_db_blocker, admin_url, tmp_path):
    """A copy of the demonstration with real commits; gives a copy of the file that says the way in."""
    name, note = demonstration
    with django_db_blocker.unblock(), databases.copy_in_use(admin_url, "demo", source=name):
        yield shutil.copy2(note, tmp_path / "demo.json")


@pytest.fixture
def cast(django_db_setup, db):
    """Alice, Bob and Charlie with their books, signed up before the test began; what it does is rolled back."""
    from tests.cast import Cast

    return Cast.again(django_db_setup)


@pytest.fixture
def committed_cast(committed_db):
    """Alice, Bob and Charlie with their books, committed on a copy of the template."""
    from tests.cast import gather

    return gather()


def _connection(address: str):
    with database_roles.connect(database_roles.as_database(address, databases.current())) as connection:
        yield connection


@pytest.fixture
def superuser_connection(admin_url):
    """A superuser's psycopg connection to the database in use, in autocommit mode. Ask for the database first."""
    yield from _connection(admin_url)


@pytest.fixture
def owner_connection():
    """The schema owner's psycopg connection to the database in use, in autocommit mode."""
    yield from _connection(json.loads(os.environ[HANDED_DOWN])["owner_url"])


@pytest.fixture
def http_server(committed_db):
    """Serve the application over HTTP from threads of this process; gives `http://127.0.0.1:port`."""
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application

    server = ThreadedWSGIServer(("127.0.0.1", 0), WSGIRequestHandler)
    server.daemon_threads = False
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def web_process(committed_db):
    """A `WebServer` on a fresh copy of the template."""
    server = WebServer(database_roles.as_database(os.environ["DATABASE_URL"], committed_db)).start()
    yield server
    server.stop()


@pytest.fixture
def empty_cluster():
    """A `Cluster`: a second PostgreSQL, made for this test, with an empty database; no connection leads to it yet."""
    with clusters.cluster() as made:
        yield made


@pytest.fixture
def own_cluster(empty_cluster, django_test_environment, django_db_blocker, admin_url):
    """A `Cluster` with the schema in place; Django's connections lead to it."""
    with django_db_blocker.unblock():
        clusters.fill(empty_cluster, admin_url)
        with databases.pointed_to(*empty_cluster.places()):
            yield empty_cluster
