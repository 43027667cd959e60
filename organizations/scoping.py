"""The one place that tells PostgreSQL for whom it works.

Row-level security reads these transaction-local settings (``set_config(…, true)``):

``app.organization_id``  the one organization whose rows may be written
``app.reach``            the organizations whose rows may be read (a ``bigint[]`` literal)
``app.overseen_id``      a linked child whose record and keys, but never books, are open
``app.actor_ids``        the organizations the actor belongs to: opens organization records only
``app.user_id``          the user, who may read their own memberships
``app.scoped_id``        the organization of which a scoped key sees a part; such a key has no reach
``app.scope_accounts``, ``app.scope_contacts``, ``app.scope_payables``  what of it: which accounts and
                         contacts, and which accounts are payables; only with the one before
``app.superuser``        ``on`` opens organization records only: to who runs the installation, and to the system

Another, ``app.credential``, lives only within ``crane_open_by_key``; and ``app.backup``
opens everything to the schema's owner and to nobody else, for a backup.

They end with the transaction, so nothing leaks through a connection pool; outside a
transaction they last one statement, so forgetting ``atomic()`` shows no rows at all.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

from organizations import ids

SETTINGS = (
    "app.organization_id",
    "app.reach",
    "app.overseen_id",
    "app.actor_ids",
    "app.user_id",
    "app.superuser",
    "app.scoped_id",
)


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
            scoped_id="",
        )
        yield
        bind(**{name.removeprefix("app."): value for name, value in before.items()})


@contextmanager
def reading(organization_ids: Iterable[int]) -> Iterator[None]:
    """For a while, several organizations may be read: totals over a tree. Nothing more may be written.

    The caller has decided by the reach rules that these may be read.
    """
    with transaction.atomic(savepoint=False):
        with connection.cursor() as cursor:  # the old one is read before the new one is set
            swap = "select coalesce(current_setting('app.reach', true), ''), set_config('app.reach', %s, true)"
            cursor.execute(swap, [array(organization_ids)])
            before = cursor.fetchone()[0]
        yield
        bind(reach=before)


@contextmanager
def as_owner() -> Iterator[None]:
    """For a while, work of this thread goes over the connection of the schema's owner: for commands alone.

    Row-level security binds the owner as it binds the application.
    """
    before = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = connections["owner"]
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = before


def every_organization(*, at_work: bool = False) -> list[int]:
    """The ids of all organizations: for work of the system itself, which then enters them one by one.

    ``at_work`` leaves out those that are archived: nothing happens there by itself.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        before = current()["app.superuser"]
        bind(superuser="on")
        cursor.execute(
            "select id from organizations_organization where status = 'active' or not %s order by id", [at_work]
        )
        found = [number for (number,) in cursor.fetchall()]
        bind(superuser=before)
    return found


def asked_for(public_id: str | None) -> list[int]:
    """The organization that an operator names, or all. Raises ValueError where there is none such."""
    everybody = every_organization()
    if public_id is None:
        return everybody
    number = ids.decode("ORG", public_id)
    if number not in everybody:
        raise ValueError(f"There is no organization {public_id}.")
    return [number]
