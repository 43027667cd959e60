"""Row-level security lets nobody see or touch another organization's rows, and the tests of that can fail.

A probe tries to read, insert, change or delete Alice's rows of one table while Charlie is who works. The schema's
owner makes the probe: row security is forced on him too, and he lacks no privilege that could refuse first. The
negative control opens each policy in turn, as a superuser in a transaction that is rolled back, and wants the very
same probe to see the leak.
"""

import psycopg
import pytest

from tests.invariants.attacking import WRITTEN

TENANT_TABLES = """
    select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and a.attname = 'organization_id' and not a.attisdropped
     where n.nspname = 'public' and c.relkind in ('r', 'p') order by 1
"""
ORGANIZATIONS = "organizations_organization"
COMMANDS = ("SELECT", "INSERT", "UPDATE", "DELETE")


def tenant_tables(connection) -> list[str]:
    return [name for (name,) in connection.execute(TENANT_TABLES)]


def owner_column(table: str) -> str:
    return "id" if table == ORGANIZATIONS else "organization_id"


def work_as(connection, field, role: str, *, reads_alice: bool = False) -> None:
    """Go on as a role, in Charlie's scope; ``reads_alice`` leaves Alice's rows readable, as to an owning parent."""
    alice, charlie = field.cast.alices.organization.pk, field.cast.charlies.organization.pk
    connection.execute(f"set local role {role}")
    for name in ("overseen_id", "actor_ids", "user_id", "superuser", "credential"):
        connection.execute("select set_config(%s, '', true)", [f"app.{name}"])
    reach = f"{{{charlie},{alice}}}" if reads_alice else f"{{{charlie}}}"
    connection.execute(
        "select set_config('app.organization_id', %s, true), set_config('app.reach', %s, true)", [str(charlie), reach]
    )


def leaks(connection, field, table: str, command: str) -> bool:
    """Whether a command of Charlie's reaches a row of Alice's."""
    column, alice = owner_column(table), field.cast.alices.organization.pk
    work_as(connection, field, "crane_owner", reads_alice=command != "SELECT")
    (columns,) = connection.execute(WRITTEN, [table]).fetchone()
    query = {
        "SELECT": f"select 1 from {table} where {column} = {alice}",
        "INSERT": f"insert into {table} ({columns}) select {columns} from {table} where {column} = {alice} limit 1",
        "UPDATE": f"update {table} set {column} = {column} where {column} = {alice}",
        "DELETE": f"delete from {table} where {column} = {alice}",
    }[command]
    try:
        return connection.execute(query).rowcount > 0
    except psycopg.errors.InsufficientPrivilege as refusal:
        assert "row-level security" in str(refusal)
        return False
    except psycopg.Error:
        return True  # another rule refuses: the row was reached


def test_there_are_rows_to_leak_in_every_tenant_table(battlefield, superuser):
    for table in [*tenant_tables(superuser), ORGANIZATIONS]:
        query = f"select count(*) from {table} where {owner_column(table)} = %s"
        assert superuser.execute(query, [battlefield.cast.alices.organization.pk]).fetchone()[0] > 0, table


def test_without_settings_there_are_no_rows(battlefield):
    with battlefield.connect() as connection:
        for table in [*tenant_tables(connection), ORGANIZATIONS, "ledger_drift"]:
            assert connection.execute(f"select count(*) from {table}").fetchone() == (0,), table


def test_settings_end_with_their_transaction(attacker):
    assert attacker.one("select count(*) from ledger_entry") > 0
    attacker.connection.rollback()
    assert attacker.one("select count(*) from ledger_entry") == 0
    assert attacker.one("select current_setting('app.reach', true)") == ""


@pytest.mark.parametrize("role", ["crane_web", "crane_owner"])
def test_charlie_sees_nothing_of_alice_s(battlefield, superuser, role):
    work_as(superuser, battlefield, role)
    alice = battlefield.cast.alices.organization.pk
    for table in [*tenant_tables(superuser), ORGANIZATIONS]:
        query = f"select count(*) from {table} where {owner_column(table)} = %s"
        assert superuser.execute(query, [alice]).fetchone() == (0,), table


def test_charlie_sees_his_own(battlefield, superuser):
    work_as(superuser, battlefield, "crane_web")
    sale = battlefield.found["charlies sale"]
    count = "select count(*) from ledger_entry where transaction_id = %s"
    assert superuser.execute(count, [sale]).fetchone()[0] == 2
    assert superuser.execute("select name from organizations_organization").fetchall() == [("Charlie's Garage",)]


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_reaches_another_organization_s_rows(battlefield, command):
    with battlefield.connect("superuser") as connection:
        for table in [*tenant_tables(connection), ORGANIZATIONS]:
            assert not leaks(connection, battlefield, table, command), f"{command} on {table}"
            connection.rollback()


def test_each_policy_is_what_keeps_its_command_out(battlefield):
    """Open one policy, and the probe of its command leaks: none of them is there for nothing, no probe is blind."""
    with battlefield.connect("superuser") as connection:
        policies = connection.execute("select tablename, policyname, cmd from pg_policies order by 1, 2").fetchall()
        connection.rollback()
        assert len(policies) > 40
        for table, policy, command in policies:
            opened = {"SELECT": "using (true)", "DELETE": "using (true)", "INSERT": "with check (true)"}
            connection.execute(
                f"alter policy {policy} on {table} {opened.get(command, 'using (true) with check (true)')}"
            )
            assert leaks(connection, battlefield, table, command), f"{policy} on {table} is not probed"
            connection.rollback()


def test_forcing_is_what_binds_the_owner(battlefield):
    with battlefield.connect("superuser") as connection:
        for table in tenant_tables(connection):
            connection.execute(f"alter table {table} no force row level security")
            assert leaks(connection, battlefield, table, "SELECT"), table
            connection.rollback()


def test_a_key_s_secret_is_open_only_to_who_names_its_prefix(battlefield, superuser):
    prefix = superuser.execute("select prefix from organizations_keysecret order by id limit 1").fetchone()[0]
    with battlefield.connect() as connection:
        connection.execute("select set_config('app.credential', %s, true)", [prefix])
        assert connection.execute("select prefix from organizations_keysecret").fetchall() == [(prefix,)]
        connection.execute("select set_config('app.credential', 'abcdefghijkl', true)")
        assert connection.execute("select prefix from organizations_keysecret").fetchall() == []
