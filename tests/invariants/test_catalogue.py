"""What PostgreSQL's own catalogue says of the schema: the walls stand everywhere, also around the next new table."""

import os
import re
from pathlib import Path

from tests.invariants.attacking import RULES
from tests.invariants.test_walls import ORGANIZATIONS, tenant_tables

GRANTS = Path(__file__).with_name("grants.txt")
STANDING = Path(__file__).with_name("standing.txt")

#: Names that PostgreSQL or Django gave. A request that reaches one of these is a fault of ours, and becomes a 500.
UNNAMED = re.compile(
    r"_pkey$"  # ids are the database's own, or drawn from its sequence
    r"|_fk_"  # Django's references to organizations, currencies and users, whose rows are never deleted
    r"|^ledger_account_(level|lft|rght|tree_id)_check$"  # the tree's cache
    r"|^ledger_(account|transaction|openitem)_id_(type|currency|date|account_id)_key$"  # follow from the key
    r"|^organizations_keysecret_prefix_key$"  # 12 random characters
)

CONSTRAINTS = """
    select con.conname::text from pg_constraint con join pg_class c on c.oid = con.conrelid
     where con.connamespace = 'public'::regnamespace and con.contype in ('c', 'f', 'u', 'p', 'x')
       and (c.relname = 'organizations_organization' or c.relname = any (%s))
    union
    select i.relname::text from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
     where x.indisunique and c.relname = any (%s)
"""
RAISED = "select prosrc from pg_proc where pronamespace = 'public'::regnamespace and prosrc like '%raise exception%'"
ARGUMENTS = """
    select tgargs from pg_trigger
     where tgfoid = 'crane_refuse_change'::regproc and not tgisinternal
"""


def named_in(source: str, arguments: bytes = b"") -> set[str]:
    """The rules that a trigger function raises: literally, chosen by a case, or handed to it as an argument."""
    names = set(re.findall(r"constraint = '(\w+)'", source))
    if "constraint = offence.rule" in source:
        names |= set(re.findall(r"(?:then|else) '(\w+)'", source.partition("end as rule")[0]))
    return names | ({name for name in arguments.decode().split("\0") if name} if "tg_argv" in source else set())


def raised_names(superuser) -> set[str]:
    """The rules that all trigger functions raise."""
    functions = [named_in(source) for (source,) in superuser.execute(RAISED)]
    handed = [named_in("tg_argv", arguments) for (arguments,) in superuser.execute(ARGUMENTS)]
    return set().union(*functions, *handed)


def constraint_names(superuser) -> set[str]:
    tables = tenant_tables(superuser)
    return {name for (name,) in superuser.execute(CONSTRAINTS, [tables, tables])}


def test_every_constraint_and_every_rule_that_is_raised_is_in_the_list_of_rules(superuser):
    named = {name for name in constraint_names(superuser) if not UNNAMED.search(name)}
    unlisted = (named | raised_names(superuser)) - set(RULES)
    assert unlisted == set(), "Add these to the app's invariants.py, and attack them."


def test_the_list_of_rules_names_nothing_that_is_not_there(superuser):
    assert set(RULES) - constraint_names(superuser) - raised_names(superuser) == set()


def open_tables(superuser) -> set[str]:
    """The walled tables whose row security is off, not forced, or not of one policy for each command.

    What opens part of a table to some (`scoped_read`) is counted elsewhere.
    """
    query = """
        select c.relname::text from pg_class c
         where c.relname = any (%s) and not (c.relrowsecurity and c.relforcerowsecurity and
               array['a', 'd', 'r', 'w'] = array(select p.polcmd::text from pg_policy p
                    where p.polrelid = c.oid and p.polpermissive and p.polroles = '{0}'
                      and p.polname <> 'scoped_read' order by 1))
    """
    return {name for (name,) in superuser.execute(query, [[*tenant_tables(superuser), ORGANIZATIONS]])}


def test_row_security_is_on_and_forced_with_a_policy_for_every_command(superuser):
    assert len(tenant_tables(superuser)) > 60
    assert open_tables(superuser) == set()


def test_an_organization_is_deleted_only_where_it_leaves_as_a_whole(superuser):
    query = "select cmd, qual from pg_policies where tablename = 'organizations_organization' and cmd not in ('SELECT')"
    found = dict(superuser.execute(query).fetchall())
    assert found.keys() == {"INSERT", "UPDATE", "DELETE"} and "crane_is_leaving()" in found["DELETE"]
    # What hears of a deleted row rests then, and nothing else does.
    query = """
        select t.tgname::text, t.tgtype from pg_trigger t join pg_class c on c.oid = t.tgrelid
         where not t.tgisinternal and t.tgtype & 8 <> 0 and t.tgfoid <> 'crane_refuse_change'::regproc
           and c.relname = any (%s)
           and (t.tgtype & 20 <> 0 or pg_get_triggerdef(t.oid) not like '%%crane_is_leaving()%%')
    """
    assert superuser.execute(query, [tenant_tables(superuser)]).fetchall() == [], "Call crane_let_leave() after them."
    query = "select tgname from pg_trigger where tgtype & 8 = 0 and pg_get_triggerdef(oid) like '%crane_is_leaving()%'"
    assert superuser.execute(query).fetchall() == []


def test_scoped_keys_see_rows_of_these_tables_only(superuser):
    query = (
        "select tablename::text from pg_policies where policyname = 'scoped_read' and cmd = 'SELECT'"
        " and qual ~ '(crane_scoped_id|ledger_sees_[a-z]+)[(]'"
    )
    by_account = {"account", "accountversion", "accounttotal", "entry", "transaction"}
    by_contact = {"contact", "document", "payment", "openitem", "itemmovement", "settlement"}
    whole = {"stationery", "tax"}
    found = {name for (name,) in superuser.execute(query)}
    assert found == {f"ledger_{name}" for name in by_account | by_contact | whole} | {"organizations_organization"}


def test_policies_bind_every_role_but_one_that_opens_all_of_it_to_the_owner_s_backup(superuser):
    query = "select tablename, policyname, roles::text, cmd, qual from pg_policies where roles <> '{public}'"
    found = superuser.execute(query).fetchall()
    setting = "( SELECT (current_setting('app.backup'::text, true) = 'on'::text))"
    assert {row[1:] for row in found} == {("backup_read", "{crane_owner}", "SELECT", setting)}
    assert sorted(row[0] for row in found) == sorted(
        [*tenant_tables(superuser), "organizations_organization", "ledger_deletioncertificate"]
    )


def test_nothing_cascades(superuser):
    """But one is let go of: only drafts can be deleted, and an occurrence stays without the one that it had made."""
    rows = superuser.execute(
        "select conname, confdeltype, confupdtype from pg_constraint where contype = 'f'"
    ).fetchall()
    assert len(rows) > 20
    assert [row for row in rows if row[1] not in ("a", "r") or row[2] != "a"] == [
        ("execution_of_own_transaction", "n", "a")
    ]


def test_references_between_tenant_tables_carry_the_organization(superuser):
    """Row security does not cover foreign keys: only a composite one keeps a row within its organization."""
    query = """
        select con.conname from pg_constraint con join pg_class a on a.oid = con.conrelid
          join pg_class b on b.oid = con.confrelid
          join pg_attribute x on x.attrelid = a.oid and x.attnum = con.conkey[1]
          join pg_attribute y on y.attrelid = b.oid and y.attnum = con.confkey[1]
         where con.contype = 'f' and a.relname = any (%(tables)s) and b.relname = any (%(tables)s)
           and (x.attname, y.attname) is distinct from ('organization_id', 'organization_id')
    """
    assert superuser.execute(query, {"tables": tenant_tables(superuser)}).fetchall() == []


def test_every_key_of_a_tenant_table_begins_with_the_organization(superuser):
    query = """
        select i.relname::text from pg_index x
          join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
          join pg_attribute a on a.attrelid = c.oid and a.attnum = x.indkey[0]
         where x.indisunique and c.relname = any (%s) and a.attname <> 'organization_id'
    """
    found = {name for (name,) in superuser.execute(query, [tenant_tables(superuser)])}
    # A key is looked up by its random prefix before anybody knows whose it is.
    assert found == {"organizations_keysecret_prefix_key"}


def test_four_functions_alone_act_as_the_owner_and_they_trust_no_search_path(superuser):
    query = """
        select proname::text, proconfig, pg_get_userbyid(proowner)::text,
               has_function_privilege('public', oid, 'execute')
          from pg_proc where prosecdef and pronamespace = 'public'::regnamespace order by 1
    """
    found = superuser.execute(query).fetchall()
    names = ["crane_delete_organization", "ledger_account_remembered", "ledger_entries_posted", "ledger_items_moved"]
    assert [(name, owner, anyone) for name, _, owner, anyone in found] == [
        (each, "crane_owner", False) for each in names
    ]
    assert all("search_path=pg_catalog, public, pg_temp" in (config or ()) for _, config, _, _ in found)


def test_views_see_what_their_reader_sees(superuser):
    query = (
        "select relname, reloptions from pg_class where relkind in ('v', 'm') and relnamespace = 'public'::regnamespace"
    )
    views = superuser.execute(query).fetchall()
    assert "ledger_drift" in {name for name, _ in views}
    assert [name for name, options in views if "security_invoker=true" not in (options or [])] == []


def test_the_journal_s_triggers_hold_in_replica_mode_too(superuser):
    query = """
        select tgname::text from pg_trigger where not tgisinternal and tgenabled <> 'A'
           and tgrelid in ('ledger_entry'::regclass, 'ledger_transaction'::regclass, 'organizations_event'::regclass)
    """
    assert superuser.execute(query).fetchall() == []


def test_the_application_s_roles(superuser):
    query = """
        select rolname::text, rolcanlogin, rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication
          from pg_roles where rolname in ('crane_web', 'crane_app') order by 1
    """
    assert superuser.execute(query).fetchall() == [("crane_app", False, False), ("crane_web", True, False)]
    owned = "select relname from pg_class where pg_get_userbyid(relowner) in ('crane_web', 'crane_app')"
    assert superuser.execute(owned).fetchall() == []
    member = "select pg_has_role('crane_web', 'crane_owner', 'member'), pg_has_role('crane_web', 'crane_app', 'usage')"
    assert superuser.execute(member).fetchone() == (False, True)


def granted(superuser) -> str:
    """Everything the application and everybody (PUBLIC) may do, one line for each table, column, sequence, function."""
    query = """
        with granted as (
            select case c.relkind when 'S' then 'sequence' when 'v' then 'view' else 'table' end as kind,
                   c.relname::text as name, x.grantee, x.privilege_type, x.is_grantable
              from pg_class c, aclexplode(c.relacl) x where c.relnamespace = 'public'::regnamespace
            union all
            select 'column', c.relname || '.' || a.attname, x.grantee, x.privilege_type, x.is_grantable
              from pg_attribute a join pg_class c on c.oid = a.attrelid, aclexplode(a.attacl) x
             where c.relnamespace = 'public'::regnamespace
            union all
            select 'function', p.proname::text, x.grantee, x.privilege_type, x.is_grantable
              from pg_proc p, aclexplode(p.proacl) x where p.pronamespace = 'public'::regnamespace
            union all
            select 'schema', n.nspname::text, x.grantee, x.privilege_type, x.is_grantable
              from pg_namespace n, aclexplode(n.nspacl) x where n.nspname = 'public'
            union all
            select 'database', '', x.grantee, x.privilege_type, x.is_grantable
              from pg_database d, aclexplode(d.datacl) x where d.datname = current_database())
        select kind || ' ' || name || ': ' || coalesce(r.rolname, 'everybody') || ' '
               || string_agg(lower(privilege_type) || case when is_grantable then '!' else '' end, ', '
                             order by privilege_type)
          from granted left join pg_roles r on r.oid = grantee
         where grantee = 0 or r.rolname not in ('crane_owner', 'pg_database_owner') and not r.rolsuper
         group by kind, name, r.rolname order by 1
    """
    return "".join(f"{line}\n" for (line,) in superuser.execute(query))


def test_the_application_s_privileges_are_those_that_were_agreed(superuser):
    """FREEZE=1 writes the file anew. Read the difference before you commit it: it is what a stolen login may do."""
    found = granted(superuser)
    if os.environ.get("FREEZE"):
        GRANTS.write_text(found, encoding="utf-8")
    assert found.splitlines() == GRANTS.read_text(encoding="utf-8").splitlines()


def standing(superuser) -> str:
    """Every trigger, and the policies, constraints and unique indexes of no common rule or name, one line each."""
    query = """
        select format('trigger %%s.%%s %%s: %%s', tgrelid::regclass, tgname, tgenabled, pg_get_triggerdef(oid))
          from pg_trigger where not tgisinternal
        union all
        select format('policy %%s.%%s: %%s to %%s using (%%s) check (%%s)', tablename, policyname, cmd, roles, qual,
                      with_check)
          from pg_policies where policyname not like 'tenant_%%' and policyname <> 'backup_read'
        union all
        select format('constraint %%s.%%s: %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))
          from pg_constraint where connamespace = 'public'::regnamespace and contype in ('c', 'f', 'u', 'p', 'x')
           and conname <> all (%(rules)s)
        union all
        select format('index %%s', pg_get_indexdef(indexrelid)) from pg_index x join pg_class c on c.oid = x.indexrelid
         where x.indisunique and c.relnamespace = 'public'::regnamespace and c.relname <> all (%(rules)s)
           and not exists (select from pg_constraint where conindid = x.indexrelid)
         order by 1
    """
    return "".join(f"{line}\n" for (line,) in superuser.execute(query, {"rules": list(RULES)}))


def test_what_stands_beside_the_named_rules_is_what_was_agreed(superuser):
    """FREEZE=1 writes the file anew. Nothing else misses a trigger that is gone or disabled, or a key."""
    found = standing(superuser)
    if os.environ.get("FREEZE"):
        STANDING.write_text(found, encoding="utf-8")
    assert found.splitlines() == STANDING.read_text(encoding="utf-8").splitlines()


def test_what_is_append_only_or_computed_is_not_granted(superuser):
    lines = granted(superuser).splitlines()
    for table, allowed in {
        "ledger_entry": "insert, select",
        "ledger_checkpoint": "insert, select",
        "ledger_accounttotal": "select",
        "ledger_accountversion": "select",
    }.items():
        assert [line for line in lines if line.split(": ")[0].split(".")[0].endswith(f" {table}")] == [
            f"table {table}: crane_app {allowed}"
        ]


def test_an_event_s_number_is_the_database_s_to_give(superuser):
    """Its order for sealing: the application inserts events column by column, and this one is not among them."""
    lines = [line for line in granted(superuser).splitlines() if "organizations_event" in line]
    assert lines.pop() == "table organizations_event: crane_app select"
    assert {line.rpartition(" ")[2] for line in lines} == {"insert"}
    columns = {line.partition(": ")[0].rpartition(".")[2] for line in lines}
    query = "select attname from pg_attribute where attrelid = 'organizations_event'::regclass and attnum > 0"
    assert {name for (name,) in superuser.execute(query)} - columns == {"recorded_xid"}
