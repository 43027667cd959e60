"""The suite's own databases and servers are what the other tests believe them to be."""

import urllib.request

import psycopg
import pytest
from django.db import connection


def who():
    with connection.cursor() as cursor:
        cursor.execute("select current_user, current_database()")
        return cursor.fetchone()


def test_tests_connect_as_the_application(db):
    assert who()[0] == "crane_web"


@pytest.mark.parametrize("run", [1, 2])
def test_a_committed_database_is_fresh_each_time(committed_db, owner_connection, run):
    assert who() == ("crane_web", committed_db)
    owner_connection.execute("create table left_behind (run int)")


def test_the_superuser_sees_the_same_database(committed_db, superuser_connection):
    row = superuser_connection.execute("select current_database(), rolsuper from pg_roles where rolname = current_user")
    assert row.fetchone() == (committed_db, True)


def test_the_application_answers_over_http(http_server):
    with urllib.request.urlopen(f"{http_server}/health") as answer:
        assert answer.status == 200


@pytest.mark.xdist_group("these")
def test_groups_stay_on_one_worker(request):
    """pytest-xdist says by the end of the id which tests belong together; without it all fixtures are made twice."""
    if not request.config.getoption("loadgroup", False):
        pytest.skip("This run has no groups.")
    assert request.node.nodeid.endswith("@these")


def test_a_killed_web_worker_is_replaced(web_process):
    dead = web_process.kill_a_worker()
    assert web_process.answers()
    assert dead not in web_process.worker_pids()


def test_a_killed_cluster_comes_back_with_its_data(own_cluster):
    with psycopg.connect(own_cluster.superuser_url) as superuser:
        superuser.execute("create table kept as select 42 as answer")
    own_cluster.kill()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(own_cluster.superuser_url)
    own_cluster.start()
    with psycopg.connect(own_cluster.superuser_url) as superuser:
        assert superuser.execute("select answer from kept").fetchone() == (42,)
    assert who() == ("crane_web", "crane")
