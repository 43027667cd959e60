"""Attacks on the walls themselves: triggers, policies, roles, the schema, ways to load rows past them."""

from tests.invariants.attacking import Attacker, breaks

REFUSED = {
    "switch_triggers_off": "alter table ledger_entry disable trigger all",
    "switch_one_trigger_off": "alter table ledger_transaction disable trigger transaction_check",
    "drop_a_trigger": "drop trigger entries_posted on ledger_entry",
    "replica_mode": "set session_replication_role = replica",
    "become_the_owner": "set role crane_owner",
    "become_the_owner_for_the_session": "set session authorization crane_owner",
    "switch_row_security_off": "alter table ledger_entry disable row level security",
    "drop_a_policy": "drop policy tenant_read on ledger_entry",
    "a_policy_of_ones_own": "create policy mine on ledger_entry for select using (true)",
    "a_privilege_of_another_role": "grant crane_owner to crane_web",
    "row_security_bypassed": "alter role crane_web bypassrls",
    "a_table_of_ones_own": "create table public.ledger_mine (id int)",
    "a_temporary_table_before_the_real_one": "create temporary table ledger_account (id bigint)",
    "a_schema_of_ones_own": "create schema mine",
    "a_function_of_ones_own": "create function public.crane_reach() returns bigint[] language sql as 'select null'",
    "a_function_replaced": "create or replace function crane_reach() returns bigint[] language sql as 'select null'",
    "an_operator_of_ones_own": "create operator public.= (leftarg = int, rightarg = int, function = int4ne)",
    "a_view_of_ones_own": "create view public.everything as select * from ledger_entry",
    "a_rule_instead": "create rule nothing as on insert to ledger_entry do instead nothing",
    "a_constraint_dropped": "alter table ledger_entry drop constraint entry_sign",
    "a_constraint_not_checked": "alter table ledger_entry alter constraint entry_on_own_account deferrable",
    "a_column_added": "alter table ledger_entry add column mine int",
    "turn_a_sequence_back": "select setval('crane_event_seq', 1)",
    "restart_a_sequence": "alter sequence crane_id_seq restart",
    "read_the_server_s_files": "select pg_read_file('postgresql.conf')",
    "write_the_server_s_files": "copy (select 1) to '/tmp/crane_attack'",
    "run_a_program": "copy ledger_entry from program 'true'",
    "anonymous_code_as_another": "do $$ begin set local role crane_owner; end $$",
    "lock_entries_as_if_to_change_them": "select * from ledger_entry for update",
    "move_the_search_path_of_a_check": "alter function ledger_transaction_check() set search_path = mine",
    "vacuum_away": "cluster ledger_entry using ledger_entry_pkey",
    "change_a_currency_s_decimals": "update organizations_currency set decimals = 8 where code = 'USD'",
    "forget_a_migration": "delete from django_migrations",
    "forget_the_back_office_s_log": "delete from django_admin_log",
}

for name, query in REFUSED.items():

    def try_it(a: Attacker, query=query):
        a.run(query)

    try_it.__name__ = name
    breaks("InsufficientPrivilege")(try_it)


@breaks("InsufficientPrivilege")
def grant_oneself_more_and_use_it(a: Attacker):
    """PostgreSQL answers such a grant with a warning, and grants nothing."""
    a.run("grant all on ledger_entry to crane_web")
    a.run("update ledger_entry set amount = amount * 2")


@breaks("ObjectNotInPrerequisiteState")
def change_the_journal_through_its_view(a: Attacker):
    a.run("delete from ledger_drift")


def load(a: Attacker, table: str, rows: str) -> None:
    with a.connection.cursor().copy(f"copy {table} from stdin") as copy:
        copy.write(rows)


@breaks("FeatureNotSupported")
def load_entries_by_copy(a: Attacker):
    load(a, "ledger_entry", "")


@breaks("FeatureNotSupported")
def load_headers_by_copy(a: Attacker):
    load(a, "ledger_transaction", "")


@breaks("InsufficientPrivilege")
def load_totals_by_copy(a: Attacker):
    load(a, "ledger_accounttotal", "")


@breaks("InsufficientPrivilege")
def call_what_keeps_the_totals_by_hand(a: Attacker):
    a.run("select ledger_entries_posted()")


@breaks("FeatureNotSupported")
def call_the_check_of_balances_by_hand(a: Attacker):
    a.run("select ledger_transaction_check()")


# --- Emptying what is final, which is no change of any row --------------------------------------------------------

for rule, table in {
    "closing_postings_are_final": "ledger_closingposting",
    "document_taxes_are_final": "ledger_documenttax",
    "movements_are_final": "ledger_itemmovement",
    "lift_uses_are_final": "ledger_liftuse",
    "revaluations_are_final": "ledger_revaluation",
    "sources_are_final": "ledger_source",
    "credits_are_final": "organizations_creditentry",
    "adjustments_are_final": "reconciliation_adjustment",
    "remarks_are_final": "reconciliation_remark",
    "close_packages_are_final": "reports_closepackage",
    "certificates_are_final": "ledger_deletioncertificate",
}.items():

    def empty(a: Attacker, table=table):
        a.run(f"truncate {table} cascade")

    empty.__name__ = f"empty_{table}"
    breaks(rule, by="owner")(empty)

for rule, table in {
    "execution_final": "ledger_execution",
    "inbox_final": "ledger_inboxevent",
    "payment_final": "ledger_payment",
    "transfer_final": "ledger_transfer",
}.items():

    def remove(a: Attacker, table=table):
        a.run(f"delete from {table}")

    remove.__name__ = f"remove_{table}"
    breaks(rule, by="owner")(remove)
