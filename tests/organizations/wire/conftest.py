"""The table of lines, in a database of its own."""

import pytest
from django.db import connections

from tests import databases


@pytest.fixture(scope="module")
def lines(django_test_environment, django_db_blocker, admin_url):
    """3,000 rows on three days, 2,800 of them on one; every fourth has no note."""
    from tests.organizations.wire.lines import ROWS_SQL  # a model, which needs Django set up

    with django_db_blocker.unblock(), databases.copy_in_use(admin_url, "lines"):
        with connections["owner"].cursor() as cursor:
            cursor.execute(ROWS_SQL)
        yield
