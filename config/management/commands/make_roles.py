"""`manage.py make_roles`: the roles and the database that DATABASE_URL and DATABASE_OWNER_URL name."""

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config import database_roles, env


class Command(BaseCommand):
    """Logs in as DATABASE_ADMIN_URL says, a superuser or a role that may create roles and databases.

    May be run again: what is there stays, passwords and limits become those of the environment.
    """

    help = "Make crane_owner, crane_app, crane_web and their database, as DATABASE_ADMIN_URL may."
    requires_system_checks = ()

    def handle(self, *args, **options) -> None:
        login = {database_roles.WEB: settings.DATABASES["default"], database_roles.OWNER: settings.DATABASES["owner"]}
        for role, database in login.items():
            if database["USER"] != role or not database["PASSWORD"]:
                variable = "DATABASE_URL" if role == database_roles.WEB else "DATABASE_OWNER_URL"
                raise CommandError(f"{variable} must name the role {role} and its password.")
        try:
            with database_roles.connect(env.url("DATABASE_ADMIN_URL", env.POSTGRESQL)) as admin:
                database_roles.make_roles(admin, {role: database["PASSWORD"] for role, database in login.items()})
                database_roles.make_database(admin, login[database_roles.OWNER]["NAME"])
                database_roles.set_limits(admin, settings.DATABASE_LIMITS)
        except (database_roles.NotAllowed, psycopg.Error) as problem:
            raise CommandError(f"DATABASE_ADMIN_URL: {problem}") from None
        self.stdout.write(f"The roles {', '.join(sorted(login))} and their database are there.")
