"""`manage.py migrate`, as the role that may, and never in the way of those who work.

A migration that waits for a table makes everybody wait who comes after it. So it waits two seconds at most, lets them
pass, and tries again; what was migrated before it stays. A migration is one database transaction, unless it says
otherwise, and then it can be run again.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from django.core.management import CommandError
from django.core.management.commands import migrate
from django.db import OperationalError, connections
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

from organizations.wire.database_rules import LOCK_NOT_AVAILABLE, reported_by

#: For how long a migration waits for a lock, how long it lets others pass, and how often it tries: five minutes in all.
LOCK_SECONDS, PAUSE_SECONDS, TRIES = 2, 3, 60


@contextmanager
def each_model_by_itself() -> Iterator[None]:
    """While a new database is made: a model that changes is made anew in memory, those that point at it are not.

    Django makes them all anew at each step, in case a key changes its type, which was nine tenths of the time; none of
    ours does. tests/architecture/test_migrations.py holds every column and key against the models.
    """
    django_s = ProjectState._find_reload_model
    ProjectState._find_reload_model = lambda state, app_label, model_name, delay=False: {(app_label, model_name)}
    try:
        yield
    finally:
        ProjectState._find_reload_model = django_s


class Command(migrate.Command):
    """Django's own command, on the owner's connection unless told otherwise: the application's role owns nothing."""

    def add_arguments(self, parser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args, **options) -> None:
        connection = connections[options["database"]]
        for attempt in range(1, TRIES + 1):
            with connection.cursor() as cursor:
                cursor.execute("select set_config('lock_timeout', %s, false)", [f"{LOCK_SECONDS}s"])
            is_new = not MigrationRecorder(connection).applied_migrations()
            try:
                with each_model_by_itself() if is_new else nullcontext():
                    super().handle(*args, **options)
                break
            except OperationalError as problem:
                report = reported_by(problem)
                if report is None or report.sqlstate != LOCK_NOT_AVAILABLE:
                    raise
                if attempt == TRIES:
                    raise CommandError(
                        "A transaction holds what the migration needs, and does not end. What was migrated before it "
                        "stays; end that transaction (see pg_stat_activity) and run migrate again."
                    ) from problem
            self.stderr.write(f"Somebody holds what the migration needs; trying again ({attempt} of {TRIES}).")
            time.sleep(PAUSE_SECONDS)
        with connection.cursor() as cursor:
            cursor.execute("reset lock_timeout")
