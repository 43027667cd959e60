"""Attacks on the journal: what is posted balances, stands on true accounts and dates, and is for ever."""

import psycopg

from tests.invariants.attacking import WRITTEN, Attacker, breaks

REPEATABLE = psycopg.IsolationLevel.REPEATABLE_READ
SERIALIZABLE = psycopg.IsolationLevel.SERIALIZABLE

# --- Balance and completeness -----------------------------------------------------------------------------------------


@breaks("transaction_balances")
def out_of_balance(a: Attacker):
    header = a.header()
    a.entry(header, 1, "1001", "100")
    a.entry(header, 2, "4001", "-99")


@breaks("transaction_balances")
def out_of_balance_by_a_cent_among_many(a: Attacker):
    header = a.header(entry_count=50, total_debits="25.00", total_credits="25.00")
    for line in range(1, 50):
        a.entry(header, line, "1001" if line % 2 else "4001", "1" if line % 2 else "-1")
    a.entry(header, 50, "4001", "-1.01")


@breaks("transaction_balances")
def balanced_in_base_but_not_in_the_one_currency_it_has(a: Attacker):
    header = a.header(currency_id="EUR")
    a.entry(header, 1, "1002", "100", base_amount="110", currency_id="EUR", currency_rate="1.1")
    a.entry(header, 2, "1002", "-90", base_amount="-110", currency_id="EUR", currency_rate="1.2222")


@breaks("transaction_balances")
def a_difference_hidden_by_two_currencies(a: Attacker):
    header = a.header()
    a.entry(header, 1, "1002", "100", base_amount="110", currency_id="EUR", currency_rate="1.1")
    a.entry(header, 2, "4001", "-100")


@breaks("transaction_entry_count")
def one_leg_declared(a: Attacker):
    a.entry(a.header(entry_count=1), 1, "1001", "100")


@breaks("transaction_entry_count")
def one_leg_of_two(a: Attacker):
    a.entry(a.header(), 1, "1001", "100")


@breaks("transaction_entry_count")
def empty(a: Attacker):
    a.header(entry_count=0)


@breaks("transaction_has_entries")
def posted_header_without_its_entries(a: Attacker):
    a.header()


@breaks("transaction_entry_count")
def fewer_entries_than_declared(a: Attacker):
    a.pair(a.header(entry_count=3))


@breaks("transaction_has_entries")
def a_draft_turned_posted_without_entries(a: Attacker):
    a.run("update ledger_transaction set status = 'posted', lines = null where id = %s", a["draft"])


@breaks("transaction_entry_count")
def entries_hidden_from_the_check_by_the_reach(a: Attacker):
    header = a.header()
    a.entry(header, 1, "1001", "100")
    a.bind(reach="{}")


@breaks("transaction_entry_count")
def entries_taken_back_by_a_savepoint_after_they_were_checked(a: Attacker):
    header = a.header()
    a.run("savepoint before")
    a.pair(header)
    a.run("set constraints all immediate")
    a.run("set constraints all deferred")
    a.run("rollback to savepoint before")
    a.entry(header, 1, "1001", "100")


@breaks("entry_line_declared")
def more_entries_than_declared(a: Attacker):
    header = a.sale()
    a.entry(header, 3, "1001", "5")


@breaks("entry_line_declared")
def a_third_entry_after_the_balance_was_checked(a: Attacker):
    header = a.sale()
    a.run("set constraints all immediate")
    a.entry(header, 3, "1001", "1000000")


@breaks("entry_line_once")
def a_line_taken_twice(a: Attacker):
    header = a.sale()
    a.run("set constraints all immediate")
    a.entry(header, 2, "4001", "-1000000")


@breaks("transaction_totals_of_entries")
def a_header_that_says_another_total(a: Attacker):
    a.sale(total_debits="5", total_credits="5")


@breaks("transaction_posted_totals")
def a_header_whose_totals_differ(a: Attacker):
    a.sale(total_credits="99")


# --- What is posted is final ------------------------------------------------------------------------------------------


@breaks("posted_is_final")
def edit_a_posted_header(a: Attacker):
    a.run("update ledger_transaction set description = 'another story' where id = %s", a["sale"])


@breaks("posted_is_final")
def move_a_posted_header_to_another_day(a: Attacker):
    a.run("update ledger_transaction set transaction_date = '2026-06-01' where id = %s", a["sale"])


@breaks("posted_is_final")
def take_a_posting_back(a: Attacker):
    a.run("update ledger_transaction set status = 'pending', lines = '[]' where id = %s", a["sale"])


@breaks("posted_is_final")
def delete_a_posted_header(a: Attacker):
    a.run("delete from ledger_transaction where id = %s", a["sale"])


@breaks("posted_is_final")
def replace_a_posted_header_by_upsert(a: Attacker):
    columns = a.one(WRITTEN, "ledger_transaction")
    a.run(
        f"insert into ledger_transaction ({columns}) select {columns} from ledger_transaction where id = %s"
        " on conflict (organization_id, id) do update set description = 'another story'",
        a["sale"],
    )


@breaks("transaction_identity_final")
def give_a_draft_another_number(a: Attacker):
    a.run("update ledger_transaction set id = id + 1 where id = %s", a["draft"])


@breaks("transaction_identity_final")
def give_a_draft_to_somebody_else(a: Attacker):
    a.run("update ledger_transaction set organization_id = %s where id = %s", a.charlie, a["draft"])


for verb, query in {
    "edit": "update ledger_entry set amount = amount * 2 where transaction_id = %s",
    "move": "update ledger_entry set account_id = account_id where transaction_id = %s",
    "delete": "delete from ledger_entry where transaction_id = %s",
    "merge": "merge into ledger_entry e using (select %s::bigint as id) x on e.transaction_id = x.id"
    " when matched then delete",
}.items():

    def change_posted_entries(a: Attacker, query=query):
        a.run(query, a["sale"])

    change_posted_entries.__name__ = f"{verb}_posted_entries"
    breaks("InsufficientPrivilege")(change_posted_entries)
    # The owner has the privilege; the trigger refuses even him.
    breaks("entries_are_final", by="owner")(change_posted_entries)


@breaks("entries_are_final", by="superuser")
def edit_entries_in_replica_mode(a: Attacker):
    a.run("set session_replication_role = replica")
    a.run("update ledger_entry set amount = amount * 2 where transaction_id = %s", a["sale"])


@breaks("posted_is_final", by="superuser")
def edit_a_header_in_replica_mode(a: Attacker):
    a.run("set session_replication_role = replica")
    a.run("update ledger_transaction set description = 'x' where id = %s", a["sale"])


@breaks("entry_joins_posting")
def join_what_was_posted_earlier(a: Attacker):
    a.entry(a["sale"], 3, "1001", "100", transaction_date="2026-02-01")


@breaks("entry_joins_posting")
def join_a_draft(a: Attacker):
    a.pair(a["draft"], transaction_date="2026-02-01")


@breaks("entry_joins_posting")
def join_by_claiming_the_stamp_of_an_earlier_posting(a: Attacker):
    """The stamp of a header is the database's own; whatever a client writes there is overwritten."""
    header = a.draft(posted_xid=str(a.one("select pg_current_xact_id()")), posting_date="now")
    a.pair(header)


for table in ("ledger_entry", "ledger_transaction", "ledger_account", "ledger_accounttotal", "organizations_event"):

    def truncate(a: Attacker, table=table):
        a.run(f"truncate {table} cascade")

    truncate.__name__ = f"truncate_{table}"
    breaks("InsufficientPrivilege")(truncate)


@breaks("entries_are_final", by="owner")
def truncate_entries_as_the_owner(a: Attacker):
    a.run("truncate ledger_entry cascade")


@breaks("ledger_no_truncate", by="owner")
def truncate_headers_as_the_owner(a: Attacker):
    a.run("truncate ledger_transaction cascade")


# --- When, where and in what ------------------------------------------------------------------------------------------


@breaks("books_open")
def post_into_closed_books(a: Attacker):
    header = a.header(transaction_date="2025-12-31")
    a.pair(header, transaction_date="2025-12-31")


@breaks("books_open")
def turn_a_draft_posted_in_closed_books(a: Attacker):
    header = a.draft(transaction_date="2025-12-31")
    a.run("update ledger_transaction set status = 'posted', lines = null where id = %s", header)


@breaks("entry_of_own_transaction")
def an_entry_on_another_day_than_its_header(a: Attacker):
    a.pair(a.header(), transaction_date="2025-12-31")


@breaks("account_active")
def post_to_a_suspended_account(a: Attacker):
    header = a.header()
    a.entry(header, 1, "1999", "100")
    a.entry(header, 2, "4001", "-100")


@breaks("entry_on_own_account")
def post_to_somebody_elses_account(a: Attacker):
    header = a.header()
    a.entry(header, 1, a["charlies cash"], "100")
    a.entry(header, 2, "4001", "-100")


@breaks("entry_on_own_account")
def post_dollars_to_a_euro_account(a: Attacker):
    header = a.header()
    a.entry(header, 1, "1002", "100")
    a.entry(header, 2, "4001", "-100")


@breaks("entry_of_own_transaction")
def join_somebody_elses_transaction(a: Attacker):
    a.entry(a["charlies sale"], 3, "1001", "100", transaction_date="2026-02-01")


@breaks("transaction_on_own_account")
def a_header_on_somebody_elses_account(a: Attacker):
    a.draft(account_id=a["charlies cash"])


@breaks("posting_read_committed", isolation=REPEATABLE)
def post_under_repeatable_read(a: Attacker):
    a.sale()


@breaks("posting_read_committed", isolation=SERIALIZABLE)
def post_under_serializable(a: Attacker):
    a.sale()


@breaks("posting_organization_in_reach")
def post_where_the_policy_of_closed_books_cannot_be_read(a: Attacker):
    a.bind(reach="{}")
    a.sale(id=a.one("select crane_next_id()"))


@breaks("transaction_currency_known")
def post_in_a_currency_that_there_is_not(a: Attacker):
    a.header(currency_id="XQX")


@breaks("transaction_currency_known")
def save_a_draft_in_a_currency_that_there_is_not(a: Attacker):
    a.draft(currency_id="XQX")


@breaks("transaction_currency_known")
def move_a_draft_to_a_currency_that_there_is_not(a: Attacker):
    a.run("update ledger_transaction set currency_id = 'XQX' where id = %s", a["draft"])
