"""Who is alive, who is ready, and why not."""

import os

import pytest
from django.test import Client

from config import database_roles
from config.embedded import processes
from organizations import draining
from organizations.requests import limits
from tests import databases


def ready(status: int) -> dict:
    answer = Client().get("/health/ready", headers={"host": "10.1.2.3:8000"})
    assert answer.status_code == status, answer.content
    return answer.json()


@pytest.fixture
def draining_begun():
    draining.begin(60)
    yield
    draining.forget()


def test_a_server_in_order_is_ready_by_whatever_address_it_is_asked(db):
    assert ready(200) == {"object": "readiness", "status": "ready", "database": "ok", "redis": "ok"}
    alive = Client().get("/health/live", headers={"host": "10.1.2.3:8000"})
    assert (alive.status_code, alive.content) == (200, b"ok\n")
    assert Client().get("/docs", headers={"host": "10.1.2.3:8000"}).status_code == 400


def test_probes_do_not_write(db):
    answer = Client().post("/health/ready")
    assert (answer.status_code, answer.json()["error"]["code"]) == (405, "method_not_allowed")


def test_who_is_to_stop_is_alive_and_not_ready(db, draining_begun):
    assert ready(503)["status"] == "draining"
    assert Client().get("/health/live").status_code == 200


def test_a_database_that_is_away(committed_db):
    with databases.pointed_to({"PORT": str(processes.free_port(None))}, {}):
        assert ready(503) == {"object": "readiness", "status": "unready", "database": "unreachable", "redis": "ok"}


def test_a_login_that_row_security_does_not_bind(committed_db, admin_url):
    superuser = database_roles.connect(admin_url).info
    with databases.pointed_to({"USER": superuser.user, "PASSWORD": superuser.password}, {}):
        assert ready(503)["database"] == "unsafe"


def test_tables_that_are_older_than_the_code(committed_db, owner_connection):
    owner_connection.execute("delete from django_migrations where app = 'organizations'")
    assert ready(503)["database"] == "not migrated"


def test_without_redis_it_serves(db, settings):
    settings.REDIS_URL = f"redis://127.0.0.1:{processes.free_port(None)}/0"
    limits.client.cache_clear()
    try:
        assert ready(200) == {"object": "readiness", "status": "degraded", "database": "ok", "redis": "unreachable"}
    finally:
        limits.client.cache_clear()


def test_what_a_server_says_its_forked_processes_hear(draining_begun):
    child = os.fork()
    if child == 0:
        os._exit(0 if draining.begun() and not draining.is_over() else 1)
    assert os.waitpid(child, 0)[1] == 0
    draining.begin(-1)
    assert draining.is_over()
    draining.forget()
    assert not draining.begun() and not draining.is_over()
