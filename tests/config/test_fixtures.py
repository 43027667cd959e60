"""The suite's own databases are what the other tests believe them to be."""

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
