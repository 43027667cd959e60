"""What migrations say of a tenant table, in one line each.

Every tenant table is made alike: primary key ``(organization_id, id)`` so that other
tables can point at it with the organization in the key, row-level security enabled and
forced, and only the grants that it names for the application's role ``crane_app``.
"""

from pathlib import Path

from django.db import migrations

READ = "organization_id = any ((select crane_reach())::bigint[])"
WRITE = "organization_id = (select crane_organization_id())"


def sql_file(path: Path) -> migrations.RunSQL:
    """A migration step kept as SQL beside its migration."""
    return migrations.RunSQL(path.read_text(encoding="utf-8"), migrations.RunSQL.noop)


#: The schema's owner may read everything where a setting says that a backup is being taken (``config/backups``).
BACKUP = "(select current_setting('app.backup', true) = 'on')"


def policies(table: str, *, read: str = READ, write: str = WRITE) -> str:
    """Row-level security for one table: who reads, and the one organization that is written."""
    return f"""
        alter table {table} enable row level security;
        alter table {table} force row level security;
        create policy tenant_read on {table} for select using ({read});
        create policy tenant_insert on {table} for insert with check ({write});
        create policy tenant_update on {table} for update using ({write}) with check ({write});
        create policy tenant_delete on {table} for delete using ({write});
        create policy backup_read on {table} for select to current_user using ({BACKUP});
    """


def tenant_table(
    table: str,
    *,
    grants: str,
    unique: tuple[str, ...] = (),
    references: dict[str, tuple[str, str]] | None = None,
    primary_key: bool = True,
    read: str = READ,
    write: str = WRITE,
) -> migrations.RunSQL:
    """Make a table a tenant table.

    ``grants`` as in SQL (``"select, insert"``); ``unique`` are further keys that others
    may point at, each a column list without the organization; ``references`` maps a
    column list to ``"table(columns)"``, both without the organization, which leads both.
    """
    steps = [policies(table, read=read, write=write), f"grant {grants} on {table} to crane_app;"]
    if primary_key:
        steps.append(
            f"alter table {table} drop constraint {table}_pkey;"
            f"alter table {table} add primary key (organization_id, id);"
        )
    for columns in unique:
        name = f"{table}_{columns.replace(', ', '_')}_key"
        steps.append(f"alter table {table} add constraint {name} unique (organization_id, {columns});")
    for rule, (columns, target) in (references or {}).items():
        other, other_columns = target.rstrip(")").split("(")
        steps.append(
            f"alter table {table} add constraint {rule} foreign key (organization_id, {columns}) "
            f"references {other} (organization_id, {other_columns});"
        )
    return migrations.RunSQL("\n".join(steps), migrations.RunSQL.noop)


def append_only(table: str, rule: str) -> migrations.RunSQL:
    """Triggers that refuse to change, delete or truncate, by the name of the rule.

    ``ENABLE ALWAYS`` holds them even for a superuser in replica mode.
    """
    return migrations.RunSQL(
        f"""
        create trigger {rule} before update or delete on {table}
            for each row execute function crane_refuse_change('{rule}');
        create trigger {rule}_truncate before truncate on {table}
            for each statement execute function crane_refuse_change('{rule}');
        alter table {table} enable always trigger {rule};
        alter table {table} enable always trigger {rule}_truncate;
        """,
        migrations.RunSQL.noop,
    )
