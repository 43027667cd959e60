"""What an archive holds: every tenant table that PostgreSQL's catalogue knows, except those that are named here."""

from dataclasses import dataclass

from django.db import connection

#: Left out, and why. A new tenant table is exported unless it is named here.
LEFT_OUT = {
    "ledger_accounttotal": "Totals are added up anew from the entries.",
    "ledger_connection": "The provider's secret is sealed with the installation's own key; connect again.",
    "ledger_deletion": "A deletion was asked of the installation that it left.",
    "organizations_creditentry": "Credits are the account of who uses an installation with who runs it.",
    "organizations_creditpool": "How credits are bought is settled with who runs the installation.",
    "organizations_creditpurchase": "Credits were bought from who runs the installation.",
    "organizations_delivery": "What was sent to webhooks was sent by the installation that it left.",
    "organizations_idempotencykey": "Keys of requests are kept for a day, by the installation that was asked.",
    "organizations_job": "Long work is done where it was asked for.",
    "organizations_jobcancellation": "Belongs to long work.",
    "organizations_jobpart": "Belongs to long work.",
    "organizations_keysecret": "Secrets are shown once and kept as hashes; rotate the keys.",
    "organizations_usage": "Usage is counted by the installation that was used.",
    "organizations_webhook": "A webhook's secret follows from the installation's own key; subscribe again.",
}
ORGANIZATIONS, USERS = "organizations_organization", "organizations_user"
#: Of a person, what others may know; a password is not among it.
USER_COLUMNS = ("id", "email", "name", "is_staff", "is_active", "date_joined")

COLUMNS = """
    select a.attname::text, coalesce(a.attnum = any (k.conkey), false)
      from pg_attribute a left join pg_constraint k on k.conrelid = a.attrelid and k.contype = 'p'
     where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum
"""
NAMES_USERS = """
    select c.conrelid::regclass::text, a.attname::text
      from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
     where c.contype = 'f' and c.confrelid = 'organizations_user'::regclass and c.conrelid::regclass::text = any (%s)
     order by 1, 2
"""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of an archive: its columns in order, those of its key, and which rows are an organization's."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    belongs: str = "organization_id = %(organization)s"

    @property
    def file(self) -> str:
        """Its file in the archive."""
        return f"tables/{self.name}.jsonl"

    @property
    def owner(self) -> str:
        """The column that says whose a row is."""
        return "id" if self.name == ORGANIZATIONS else "organization_id"

    def quoted(self) -> str:
        """The columns as SQL lists them."""
        return ", ".join(f'"{name}"' for name in self.columns)


def tenant_tables() -> list[str]:
    """Every tenant table, those first that point at no other, so that rows go in without waiting for each other."""
    with connection.cursor() as cursor:
        cursor.execute("select name from crane_tenant_tables()")
        return [name for (name,) in cursor.fetchall()]


def archived() -> list[Table]:
    """The tables of an archive in the order in which they are read: the organization, its people, all else."""
    names = [name for name in tenant_tables() if name not in LEFT_OUT]
    with connection.cursor() as cursor:
        cursor.execute(NAMES_USERS, [names])
        people = [f"select {column} from {name} where organization_id = %(organization)s"
                  for name, column in cursor.fetchall()]  # fmt: skip
    return [
        _table(ORGANIZATIONS, belongs="id = %(organization)s"),
        Table(USERS, USER_COLUMNS, ("id",), f"id in ({' union '.join(people)})"),
        *(_table(name) for name in names),
    ]


def _table(name: str, **more: str) -> Table:
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS, [name])
        found = cursor.fetchall()
    columns = tuple(column for column, _ in found)
    return Table(name, columns, tuple(column for column, is_key in found if is_key) or columns, **more)
