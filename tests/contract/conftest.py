"""A database of its own for the contract's tests, with the whole world in it; nothing they do may change it."""

import os

import psycopg
import pytest
from django.test import override_settings

from config import database_roles
from tests import databases


@pytest.fixture(scope="module")
def world(django_test_environment, django_db_blocker, admin_url):
    """The estates and everybody who may ask, in a copy of the template for this module."""
    from tests.contract import askers, scoped, watching

    limits = override_settings(
        **dict.fromkeys(("RATE_LIMIT_LIVE", "RATE_LIMIT_TEST"), 10**6),
        **dict.fromkeys(("RATE_LIMIT_LIVE_ORGANIZATION", "RATE_LIMIT_TEST_ORGANIZATION"), 10**6),
        SIGNUP_OPEN=True,
        CREDITS_STRIPE_SECRET_KEY="sk_test_x",
        CREDIT_PACKAGES={"1000": (1000, 1000)},  # whose price is no amount of an estate
    )
    with django_db_blocker.unblock(), databases.copy_in_use(admin_url, "contract"), limits:
        world = askers.build()
        world.scoped = scoped.scoped_keys(world)
        with psycopg.connect(database_roles.as_database(admin_url, databases.current())) as connection:
            world.watch.owners = watching.owners_of(connection)
        yield world


@pytest.fixture(scope="module")
def everything(world, admin_url):
    """A superuser's connection, which sees the rows of all organizations."""
    address = database_roles.as_database(admin_url, databases.current())
    with psycopg.connect(address, autocommit=True) as connection:
        yield connection


#: So many tests are looked at together: a look at every row after each would take as long as the tests.
TOGETHER = int(os.environ.get("CRANE_LOOK_EVERY", "40"))


@pytest.fixture(scope="module")
def looks(everything):
    """How the rows were at the last look, and the tests since; the rest is looked at when the module ends."""
    from tests.contract.asking import fingerprint

    found = {"rows": fingerprint(everything), "tests": []}
    yield found
    look_again(everything, found)


def look_again(everything, looks) -> None:
    """Fail if a single row of the database differs from the last look."""
    from tests.contract.asking import fingerprint

    before, after, since = looks["rows"], fingerprint(everything), looks["tests"]
    looks |= {"rows": after, "tests": []}
    changed = {table for table in after if before.get(table) != after[table]}
    assert changed == set(), f"These tables have changed in one of {since}; CRANE_LOOK_EVERY=1 tells in which."


@pytest.fixture
def nothing_changes(request, world, everything, looks):
    """No test of the module may change a row. What each has asked is counted."""
    name, before = request.node.originalname, world.watch.answered
    yield
    world.sent[name] += world.watch.answered - before
    world.tests[name] += 1
    looks["tests"].append(request.node.name)
    if len(looks["tests"]) >= TOGETHER:
        look_again(everything, looks)
