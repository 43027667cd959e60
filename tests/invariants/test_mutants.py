"""What watches over the schema can fail: without any one policy, grant, trigger or constraint some test does.

Each mutant is made by a superuser in a transaction, shown to the tests of the catalogue, and rolled back. That a
policy which is *opened* leaks is shown in test_walls.py, where each is opened in turn.
"""

import os
from collections.abc import Iterator

import psycopg
import pytest

from tests.invariants import test_attacks, test_catalogue
from tests.invariants.attacking import Attack, Attacker, Field, refused_by
from tests.invariants.test_catalogue import named_in, open_tables
from tests.invariants.test_walls import ORGANIZATIONS, tenant_tables

CHECKS = [check for name, check in vars(test_catalogue).items() if name.startswith("test_")]
POLICIES = ("tenant_read", "tenant_insert", "tenant_update", "tenant_delete")
#: In the suite every so manieth of the mutants that are made one by one; `make walls` takes all of them.
EVERY = int(os.environ.get("CRANE_MUTANTS_EVERY", "41"))

#: What is done to every walled table at once: each must be missed by name.
TO_EVERY_TABLE = [
    *(f"drop policy {name} on {{}}" for name in POLICIES),
    *(f"alter policy {name} on {{}} to crane_app" for name in POLICIES),
    "alter table {} no force row level security",
    "alter table {} disable row level security",
]
ONE_BY_ONE = {
    "policies": """
        select format('drop policy %I on %I', policyname, tablename) from pg_policies where schemaname = 'public'
    """,
    "grants": """
        select format('revoke %s on %s from %I', privilege_type, oid::regclass, grantee::regrole)
          from pg_class, aclexplode(relacl)
         where relnamespace = 'public'::regnamespace and grantee <> relowner and grantee <> 0
        union all
        select format('revoke %s (%I) on %s from %I', privilege_type, attname, attrelid::regclass, grantee::regrole)
          from pg_attribute, aclexplode(attacl) where grantee <> 0 and attrelid in
               (select oid from pg_class where relnamespace = 'public'::regnamespace)
        union all
        select format('revoke execute on function %s from %I', p.oid::regprocedure, grantee::regrole)
          from pg_proc p, aclexplode(proacl)
         where pronamespace = 'public'::regnamespace and grantee <> proowner and grantee <> 0
        union all
        select format('revoke usage on schema public from %I', grantee::regrole)
          from pg_namespace, aclexplode(nspacl) where nspname = 'public' and grantee <> nspowner and grantee <> 0
    """,
    "further grants": """
        select format('grant %s on %s to crane_app', change, oid::regclass) from pg_class,
               unnest(array['update', 'delete', 'truncate']) change
         where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace
           and not has_table_privilege('crane_app', oid, change)
        union all
        select format('grant select on %s to public', oid::regclass) from pg_class
         where relkind in ('r', 'p', 'v') and relnamespace = 'public'::regnamespace
    """,
    "triggers": """
        select format('%s trigger %I on %s', 'drop', tgname, tgrelid::regclass)
          from pg_trigger where not tgisinternal
        union all
        select format('alter table %s disable trigger %I', tgrelid::regclass, tgname)
          from pg_trigger where not tgisinternal
    """,
    "constraints": """
        select format('alter table %s drop constraint %I cascade', conrelid::regclass, conname) from pg_constraint
         where connamespace = 'public'::regnamespace and contype in ('c', 'f', 'u', 'p', 'x') and conrelid <> 0
        union all
        select format('drop index %s', indexrelid::regclass) from pg_index x join pg_class c on c.oid = x.indrelid
         where x.indisunique and c.relnamespace = 'public'::regnamespace
           and not exists (select from pg_constraint where conindid = x.indexrelid)
    """,
    "functions": """
        select format('alter function %s %s', oid::regprocedure, change) from pg_proc,
               unnest(array['security invoker', 'reset all']) change
         where prosecdef and pronamespace = 'public'::regnamespace
        union all
        select format('alter function %s security definer', oid::regprocedure) from pg_proc
         where not prosecdef and pronamespace = 'public'::regnamespace
        union all
        select format('grant execute on function %s to public', oid::regprocedure) from pg_proc
         where prosecdef and pronamespace = 'public'::regnamespace
        union all
        select format('alter view %s reset (security_invoker)', oid::regclass) from pg_class
         where relkind = 'v' and relnamespace = 'public'::regnamespace
    """,
}


def noticed(connection) -> bool:
    """Whether a test of the catalogue fails now."""
    for check in CHECKS:
        try:
            check(connection)
        except AssertionError:
            return True
    return False


def survivors(connection, query: str, every: int = 1) -> Iterator[str]:
    """The mutants that no test of the catalogue notices."""
    mutants = [mutant for (mutant,) in connection.execute(f"select * from ({query}) mutants (made) order by 1")]
    connection.rollback()
    assert mutants
    for mutant in mutants[::every]:
        connection.execute(mutant)
        if not noticed(connection):
            yield mutant
        connection.rollback()


def test_the_catalogue_is_as_it_should_be(superuser):
    assert not noticed(superuser)


@pytest.mark.parametrize("change", TO_EVERY_TABLE)
def test_each_wall_is_missed(superuser, change):
    walled = {*tenant_tables(superuser), ORGANIZATIONS}
    for table in walled:
        superuser.execute(change.format(table))
    assert open_tables(superuser) == walled


@pytest.mark.parametrize("kind", ONE_BY_ONE)
def test_nothing_goes_unnoticed(superuser, kind):
    assert list(survivors(superuser, ONE_BY_ONE[kind], EVERY)) == []


def gets_through(battlefield: Field, attack: Attack, without: str) -> bool:
    """Whether an attack is no longer refused by its rule; nothing is committed."""
    role = {"application": "crane_web", "owner": "crane_owner"}.get(attack.by)
    with battlefield.connect("superuser") as connection:
        connection.isolation_level = attack.isolation
        connection.execute(without)
        if role:
            connection.execute(f"set local role {role}")
        attacker = Attacker(battlefield, connection).as_alice()
        try:
            attack.run(attacker)
            attacker.run("set constraints all immediate")
        except psycopg.Error as refusal:
            return refused_by(refusal) != attack.rule
        finally:
            connection.rollback()
    return True


def test_without_any_trigger_that_refuses_an_attack_gets_through(battlefield, superuser):
    query = """
        select tgname::text, tgrelid::regclass::text, prosrc, tgargs
          from pg_trigger join pg_proc on pg_proc.oid = tgfoid
         where not tgisinternal order by 2, 1
    """
    triggers = [(trigger, table, named_in(source, args)) for trigger, table, source, args in superuser.execute(query)]
    superuser.rollback()
    blind = []
    for trigger, table, rules in [each for each in triggers if each[2]][::EVERY]:
        without = f"alter table {table} disable trigger {trigger}"
        attacks = [attack for attack in test_attacks.ATTACKS if attack.rule in rules]
        if not any(gets_through(battlefield, attack, without) for attack in attacks):
            blind.append(f"{trigger} on {table}")
    assert blind == [], "\n".join(blind)
