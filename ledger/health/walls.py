"""What must hold in the database itself: row security, triggers, constraints and grants, as its own catalogue has them.

These are of the whole installation; each organization's examination shows them, since its books stand behind them.
"""

from ledger.health.rules import Rule
from ledger.invariants import RULES as LEDGER_RULES
from organizations.invariants import RULES as ORGANIZATIONS_RULES

RULES = LEDGER_RULES | ORGANIZATIONS_RULES
MIGRATE = "Somebody changed the schema by hand: put it back as the migrations have it."

#: Triggers that must be there and fire always, also in replica mode.
ALWAYS = (
    ("ledger_transaction", "transaction_change"),
    ("ledger_transaction", "transaction_check"),
    ("ledger_transaction", "transactions_written"),
    ("ledger_transaction", "transactions_rewritten"),
    ("ledger_transaction", "transaction_no_truncate"),
    ("ledger_entry", "entries_posted"),
    ("ledger_entry", "entries_watched"),
    ("ledger_entry", "entries_are_final"),
    ("ledger_entry", "entries_are_final_truncate"),
    ("organizations_event", "events_are_final"),
    ("organizations_event", "events_are_final_truncate"),
)
#: What the application's login must not be able to do.
FORBIDDEN = (
    ("ledger_entry", "update, delete, truncate"),
    ("ledger_accounttotal", "insert, update, delete, truncate"),
    ("ledger_transaction", "truncate"),
    ("organizations_event", "update, delete, truncate"),
)


def _values(rows) -> str:
    """Our own constants as a table."""
    return ", ".join("(" + ", ".join(f"'{value}'" for value in row) + ")" for row in rows)


TENANT_TABLES = """
    select c.oid, c.relname::text as name, c.relrowsecurity and c.relforcerowsecurity as forced
      from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       and (c.relname = 'organizations_organization'
            or exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'organization_id'
                          and not a.attisdropped))
"""

WALLS = (
    Rule(
        "row_security_stands",
        "Row-level security is on and forced, with a policy, on every table of an organization's rows.",
        MIGRATE,
        f"select count(*) from ({TENANT_TABLES}) t",
        f"""select t.name from ({TENANT_TABLES}) t
            where not t.forced or not exists (select from pg_policy p where p.polrelid = t.oid)""",
    ),
    Rule(
        "triggers_stand",
        "Every trigger that keeps the books is there and fires always.",
        MIGRATE,
        f"select {len(ALWAYS)}",
        f"""select w.name || ' on ' || w.relation from (values {_values(ALWAYS)}) w (relation, name)
             left join pg_trigger t on t.tgrelid = to_regclass('public.' || w.relation) and t.tgname = w.name
            where t.tgenabled is distinct from 'A'""",
    ),
    Rule(
        "rules_stand",
        "Every rule that the database is to enforce is there by its name.",
        MIGRATE,
        f"select {len(RULES)}",
        f"""select w.name from (values {_values((name,) for name in sorted(RULES))}) w (name)
            where not exists (select from pg_constraint c where c.conname = w.name)
              and not exists (select from pg_class i where i.relkind = 'i' and i.relname = w.name)
              and not exists (select from pg_trigger t where t.tgname = w.name)
              and not exists (select from pg_proc f where f.pronamespace = 'public'::regnamespace
                                 and strpos(f.prosrc, quote_literal(w.name)) > 0)
              and not exists (select from pg_trigger t where strpos(encode(t.tgargs, 'escape'), w.name) > 0)""",
    ),
    Rule(
        "constraints_are_validated",
        "Every constraint holds for all rows, also for those of before it was added.",
        "Validate it: alter table … validate constraint …; what it names as wrong was never checked.",
        "select count(*) from pg_constraint where connamespace = 'public'::regnamespace",
        """select conname::text from pg_constraint
            where connamespace = 'public'::regnamespace and not convalidated""",
    ),
    Rule(
        "final_rows_are_not_granted",
        "The application's login may not change what is final or computed.",
        "Revoke it from crane_app, and from everybody.",
        f"select {len(FORBIDDEN)}",
        f"""select w.relation from (values {_values(FORBIDDEN)}) w (relation, privileges)
            where has_table_privilege(current_user, 'public.' || w.relation, w.privileges)""",
    ),
    Rule(
        "the_application_is_bound",
        "The application's login owns nothing, is no superuser and does not pass row security.",
        "Serve with a login such as crane_web; see the README, On servers of your own.",
        "select 1",
        """select rolname::text from pg_roles r where r.rolname = current_user
              and (r.rolsuper or r.rolbypassrls
                   or exists (select from pg_class c where c.relowner = r.oid
                                 and c.relnamespace = 'public'::regnamespace))""",
    ),
)
