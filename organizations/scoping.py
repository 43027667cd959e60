"""The one place that tells PostgreSQL for whom it works.

Row-level security reads these transaction-local settings (``set_config(…, true)``):

``app.organization_id``  the one organization whose rows may be written
``app.reach``            the organizations whose rows may be read (a ``bigint[]`` literal)
``app.overseen_id``      a linked child whose record and keys, but never books, are open
``app.actor_ids``        the organizations the actor belongs to: opens organization records only
``app.user_id``          the user, who may read their own memberships
``app.superuser``        ``on`` opens organization records only: to who runs the installation, and to the system

Another, ``app.credential``, lives only within ``crane_open_by_key``.

They end with the transaction, so nothing leaks through a connection pool; outside a
transaction they last one statement, so forgetting ``atomic()`` shows no rows at all.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction

SETTINGS = ("app.organization_id", "app.reach", "app.overseen_id", "app.actor_ids", "app.user_id", "app.superuser")


def array(ids: Iterable[int]) -> str:
    """A PostgreSQL ``bigint[]`` literal."""
    return "{" + ",".join(str(int(number)) for number in ids) + "}"


def bind(**settings: str) -> None:
    """Set named settings for the rest of the transaction: ``bind(organization_id="5")``."""
    calls = ", ".join(["set_config(%s, %s, true)"] * len(settings))
    parameters = [part for name, value in settings.items() for part in (f"app.{name}", value)]
    with connection.cursor() as cursor:
        cursor.execute(f"select {calls}", parameters)


def current() -> dict[str, str]:
    """The settings in force, by full name; '' where none is set."""
    columns = ", ".join(["coalesce(current_setting(%s, true), '')"] * len(SETTINGS))
    with connection.cursor() as cursor:
        cursor.execute(f"select {columns}", list(SETTINGS))
        return dict(zip(SETTINGS, cursor.fetchone(), strict=True))


@contextmanager
def acting_in(organization_id: int, *, reach: Iterable[int] = ()) -> Iterator[None]:
    """A transaction in which one organization is written and it and ``reach`` are read.

    The settings that were in force before come back at the end, so a verb may step
    into a child organization and return.
    """
    with transaction.atomic():
        before = current()
        bind(
            organization_id=str(organization_id),
            reach=array({organization_id, *reach}),
            overseen_id="",
        )
        yield
        bind(**{name.removeprefix("app."): value for name, value in before.items()})


@contextmanager
def reading(organization_ids: Iterable[int]) -> Iterator[None]:
    """For a while, several organizations may be read: totals over a tree. Nothing more may be written.

    The caller has decided by the reach rules that these may be read.
    """
    with transaction.atomic(savepoint=False):
        before = current()["app.reach"]
        bind(reach=array(organization_ids))
        yield
        bind(reach=before)


def every_organization() -> list[int]:
    """The ids of all organizations: for work of the system itself, which then enters them one by one."""
    with transaction.atomic(), connection.cursor() as cursor:
        before = current()["app.superuser"]
        bind(superuser="on")
        cursor.execute("select id from organizations_organization order by id")
        found = [number for (number,) in cursor.fetchall()]
        bind(superuser=before)
    return found
