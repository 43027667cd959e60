"""A database of its own for the contract's tests, with the whole world in it; nothing they do may change it."""

import psycopg
import pytest
from django.test import override_settings

from config import database_roles
from tests import databases


@pytest.fixture(scope="module")
def world(django_test_environment, django_db_blocker, admin_url):
    """The estates and everybody who may ask, in a copy of the template for this module."""
    from tests.contract import estate

    limits = override_settings(RATE_LIMIT_LIVE=10**6, RATE_LIMIT_TEST=10**6, SIGNUP_OPEN=True)
    with django_db_blocker.unblock(), databases.copy_in_use(admin_url, "contract"), limits:
        yield estate.build()


@pytest.fixture(scope="module")
def everything(world, admin_url):
    """A superuser's connection, which sees the rows of all organizations."""
    address = database_roles.as_database(admin_url, databases.current())
    with psycopg.connect(address, autocommit=True) as connection:
        yield connection


@pytest.fixture
def nothing_changes(everything):
    """Fails the test if a single row of the database differs afterwards."""
    from tests.contract.asking import fingerprint

    before = fingerprint(everything)
    yield
    after = fingerprint(everything)
    assert {table for table in after if before.get(table) != after[table]} == set(), "these tables have changed"
