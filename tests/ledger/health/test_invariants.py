"""Each invariant is broken by a superuser's hand, past every wall, and named by exactly the rules that it concerns."""

from contextlib import contextmanager

import pytest
from psycopg import sql

from ledger.health.examining import RULES, examine
from tests import databases
from tests.cast import Books, open_books
from tests.invariants.furnishing_trade import furnish_trade
from tests.ledger.health.trade_damage import TRADE_DAMAGE

TRIGGERS = """
    select c.relname, t.tgname, t.tgenabled from pg_trigger t join pg_class c on c.oid = t.tgrelid
     where not t.tgisinternal and c.relnamespace = 'public'::regnamespace
"""
ONE = "(select id from ledger_transaction where external_id = 'one')"
SHIFTED = """
    update ledger_entry e set {columns} from (
        select id, case external_id when 'one' then {by} else -{by} end as d
          from ledger_transaction where external_id in ('one', 'two')) t
     where e.transaction_id = t.id and e.line_no = 1
"""
BOTH = "amount = e.amount + d, base_amount = e.base_amount + d"
UNBALANCED = {"transactions_balance", "own_currencies_balance", "headers_equal_entries"}
PARTNER = "(select id from ledger_entry where transaction_id = (select id from ledger_transaction where "
PARTNER += "external_id = 'two') and line_no = 1)"
REVERSAL = "transaction_id = (select id from ledger_transaction where reversal_scope is not null and type = 'income')"

#: What breaks a rule, and the other rules that cannot but see it too.
DAMAGE = {
    "transactions_balance": (SHIFTED.format(columns=BOTH, by=1), UNBALANCED),
    "own_currencies_balance": (
        SHIFTED.format(columns="amount = e.amount + d", by=1),
        {"base_entries_at_rate_one"},
    ),
    "entries_as_declared": (f"update ledger_entry set line_no = 3 where line_no = 2 and transaction_id = {ONE}", set()),
    "entries_are_of_posted": (
        "update ledger_transaction set status = 'pending', posting_date = null, posted_xid = null, lines = '[]'"
        " where external_id = 'one'",
        {"postings_are_told_once"},
    ),
    "headers_equal_entries": (
        "update ledger_transaction set total_debits = total_debits + 1, total_credits = total_credits + 1"
        " where external_id = 'one'",
        set(),
    ),
    "posted_are_stamped": ("update ledger_transaction set posting_date = null where external_id = 'one'", set()),
    "entries_stand_on_a_side": (
        "alter table ledger_entry drop constraint entry_sign;"
        f"update ledger_entry set entry_type = 'credit' where transaction_id = {ONE}",
        {"rules_stand"},
    ),
    "entries_on_their_date": (
        "update ledger_transaction set transaction_date = '2024-05-09' where external_id = 'one'",
        set(),
    ),
    "entries_in_account_currency": (
        f"update ledger_entry set currency_id = 'CHF' where line_no = 1 and transaction_id = {ONE}",
        set(),
    ),
    "base_entries_at_rate_one": (f"update ledger_entry set currency_rate = 2 where transaction_id = {ONE}", set()),
    "amounts_have_their_decimals": (SHIFTED.format(columns=BOTH, by="0.001"), UNBALANCED),
    "reversals_mirror_original": (
        f"update ledger_entry set reverses_entry_id = {PARTNER} where line_no = 1 and {REVERSAL}",
        set(),
    ),
    "reversals_within_original": (
        f"update ledger_entry set amount = 2 * amount, base_amount = 2 * base_amount where {REVERSAL}",
        {"headers_equal_entries", "days_equal_entries"},
    ),
    "external_ids_once": (
        "drop index transaction_external_id_once;"
        "update ledger_transaction set external_id = 'one' where external_id = 'two'",
        {"rules_stand"},
    ),
    "days_equal_entries": (
        "update ledger_accounttotal set debit = debit + 1 where grain = 'D'",
        {"months_equal_days"},
    ),
    "months_equal_days": ("update ledger_accounttotal set credit = credit + 1 where grain = 'M'", set()),
    "trial_balance_is_zero": (
        "update ledger_accounttotal set base_debit = base_debit + 1 where base_debit > 0 and grain = 'M'",
        {"months_equal_days"},
    ),
    "children_have_parents_type": ("update ledger_account set type = 'liability' where code = '1611'", set()),
    "roles_fit_types": (
        "alter table ledger_account disable trigger account_role;"
        "update ledger_account set role = 'payable' where code = '1611';"
        "alter table ledger_account enable always trigger account_role",
        set(),
    ),
    "account_codes_once": (
        "alter table ledger_account drop constraint account_code_once;"
        "update ledger_account set code = '1611' where code = '1621'",
        {"rules_stand"},
    ),
    "posted_in_the_past": ("update ledger_transaction set posted_xid = '9999999999' where external_id = 'one'", set()),
    "blocking_assertions_hold": ("update ledger_balanceassertion set expected = 5", set()),
    "postings_are_told_once": (
        "delete from organizations_event where event_type = 'transaction.posted' and seq ="
        " (select min(seq) from organizations_event where event_type = 'transaction.posted')",
        set(),
    ),
    "keys_have_answers": ("update organizations_idempotencykey set body = null", set()),
    "owners_follow_parents": (
        "update organizations_organization set owner_ids = owner_ids || 5::bigint where name = 'Clinic Ltd'",
        set(),
    ),
    "row_security_stands": ("alter table ledger_entry no force row level security", set()),
    "rules_stand": ("alter table ledger_entry drop constraint entry_not_empty", set()),
    "constraints_are_validated": (
        "alter table ledger_entry drop constraint entry_rate;"
        "alter table ledger_entry add constraint entry_rate check (currency_rate > 0) not valid",
        set(),
    ),
    "final_rows_are_not_granted": ("grant update on ledger_entry to crane_app", set()),
    **TRADE_DAMAGE,
    "the_application_is_bound": ("alter table ledger_examination owner to crane_web", set()),
}
AFTERWARDS = {"triggers_stand": "alter table ledger_entry disable trigger entries_are_final"}


@pytest.fixture(scope="module")
def clinic(django_test_environment, django_db_blocker, admin_url):
    """A database with books of everything, and these books: made once, for each test takes a copy."""
    with django_db_blocker.unblock():
        name = databases.clone(admin_url, "clinic")
        try:
            with databases.pointed_to({"NAME": name}, {"NAME": name}):
                books = furnished()
            yield name, books
        finally:
            databases.discard(admin_url, name)


@pytest.fixture
def books(clinic, django_db_blocker, admin_url):
    name, books = clinic
    with django_db_blocker.unblock(), databases.copy_in_use(admin_url, "damaged", source=name):
        yield books


def furnished() -> Books:
    books = open_books("Clinic Ltd", chart="real_estate")
    for name in ("one", "two"):
        body = books.sale("250.00", transaction_date="2024-05-06", external_id=name)
        books.api.post("/transactions", body, idempotency_key=name)
    posted = books.api.post("/transactions", books.sale("80.00", transaction_date="2024-05-07"))
    books.api.post(f"/transactions/{posted['id']}/reverse", {"reversal_date": "2024-05-08"})
    empty = {"account_id": books.account("1201"), "date": "2024-12-31", "expected": "0.00", "blocking": True}
    assert books.api.post("/balance-assertions", empty).status == 201
    furnish_trade(books)
    return books


@contextmanager
def unguarded(connection):
    """A superuser's transaction in which no trigger fires; afterwards all are as they were."""
    with connection.transaction():
        triggers = connection.execute(TRIGGERS).fetchall()
        states = {"A": "enable always", "O": "enable", "D": "disable"}

        def turn(relation, name, state):
            order = sql.SQL("alter table {} " + state + " trigger {}")
            connection.execute(order.format(sql.Identifier(relation), sql.Identifier(name)))

        connection.execute("set local session_replication_role = replica")
        for relation, name, _ in triggers:
            turn(relation, name, "disable")
        yield
        for relation, name, enabled in triggers:
            turn(relation, name, states[enabled])


def broken(books) -> dict:
    with books.acting():
        return {finding.name: finding for finding in examine(books.organization.pk) if finding.broken}


def test_every_invariant_has_its_damage():
    assert {rule.name for rule in RULES} == DAMAGE.keys() | AFTERWARDS.keys()


@pytest.mark.parametrize("rule", [*DAMAGE, *AFTERWARDS])
def test_damage_is_named_by_its_rule(books, superuser_connection, rule):
    assert broken(books) == {}
    damage, others = DAMAGE.get(rule, ("", set()))
    with unguarded(superuser_connection):
        if damage:
            superuser_connection.execute(damage)
    if rule in AFTERWARDS:
        superuser_connection.execute(AFTERWARDS[rule])
    found = broken(books)
    assert found.keys() == {rule} | others
    assert found[rule].first_offender
    assert found[rule].hint
    assert found[rule].checked >= 1
