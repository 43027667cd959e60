"""A committed database to attack, made once: attacks that are refused leave no trace."""

import json
import os

import psycopg
import pytest

from config import database_roles
from tests import databases


@pytest.fixture(scope="session")
def battlefield(django_test_environment, django_db_blocker, admin_url):
    """The cast's books with something of everything, in a database that nothing else uses."""
    from tests.invariants.attacking import Field
    from tests.invariants.furnishing import furnish

    with django_db_blocker.unblock():
        name = databases.clone(admin_url, "attacked")
    owner_url = json.loads(os.environ["CRANE_TEST_SERVERS"])["owner_url"]
    logins = {"application": os.environ["DATABASE_URL"], "owner": owner_url, "superuser": admin_url}
    addresses = {who: database_roles.as_database(address, name) for who, address in logins.items()}
    try:
        with django_db_blocker.unblock(), databases.pointed_to({"NAME": name}, {"NAME": name}):
            cast, found = furnish()
        yield Field(name, cast, addresses, found)
    finally:
        databases.discard(admin_url, name)


@pytest.fixture
def attacker(battlefield):
    """The application's connection in Alice's scope; rolled back afterwards."""
    from tests.invariants.attacking import Attacker

    with battlefield.connect() as connection:
        yield Attacker(battlefield, connection).as_alice()
        connection.rollback()


@pytest.fixture
def superuser(battlefield):
    """A superuser's connection to the battlefield; rolled back afterwards."""
    with psycopg.connect(battlefield.addresses["superuser"]) as connection:
        yield connection
        connection.rollback()
