"""Attacks on the chart of accounts, on totals, and on the audit trail."""

from tests.invariants.attacking import Attacker, breaks

# --- Accounts ---------------------------------------------------------------------------------------------------------

IDENTITY = {"code": "'9999'", "type": "'liability'", "currency_id": "'EUR'", "id": "id + 1", "organization_id": "1"}

for column, value in IDENTITY.items():

    def change_identity(a: Attacker, column=column, value=value):
        a.run(f"update ledger_account set {column} = {value} where id = %s", a.account("1500"))

    change_identity.__name__ = f"change_the_{column}_of_an_account"
    breaks("InsufficientPrivilege")(change_identity)
    breaks("account_identity_final", by="owner")(change_identity)


@breaks("account_code_once")
def a_code_twice(a: Attacker):
    a.new_account(code="1001")


@breaks("account_type_of_parent")
def below_a_parent_of_another_type(a: Attacker):
    a.new_account(type="expense", parent_id=a.account("1500"))


@breaks("account_type_of_parent")
def moved_below_a_parent_of_another_type(a: Attacker):
    a.run("update ledger_account set parent_id = %s where id = %s", a.account("4001"), a.account("1500"))


@breaks("account_parent_in_reach")
def below_somebody_elses_account(a: Attacker):
    a.new_account(parent_id=a["charlies cash"])


@breaks("account_parent_in_reach")
def below_somebody_elses_account_that_can_be_read(a: Attacker):
    a.bind(reach=f"{{{a.alice},{a.charlie}}}")
    a.new_account(parent_id=a["charlies cash"])


@breaks("account_not_its_own_parent")
def its_own_parent(a: Attacker):
    a.run("update ledger_account set parent_id = id where id = %s", a.account("1500"))


@breaks("account_no_cycle")
def below_its_own_child(a: Attacker):
    a.run("update ledger_account set parent_id = %s where id = %s", a.account("1501"), a.account("1500"))


@breaks("account_no_cycle")
def two_that_swap_in_one_statement(a: Attacker):
    cash, oven = a.account("1001"), a.account("1101")
    a.run(
        "update ledger_account set parent_id = case id when %s then %s else %s end where id in (%s, %s)",
        *(cash, oven, cash, cash, oven),
    )


@breaks("account_parent_in_reach")
def a_circle_inserted_at_once(a: Attacker):
    one, other = a.one("select crane_next_id()"), a.one("select crane_next_id()")
    a.run(
        "insert into ledger_account (id, parent_id, organization_id, code, name, type, currency_id, description,"
        " is_system, status, metadata, lft, rght, tree_id, level)"
        " select id, parent_id, %s, id::text, 'x', 'asset', 'USD', '', false, 'active', '{}', 1, 2, 1, 0"
        " from (values (%s::bigint, %s::bigint), (%s, %s)) t (id, parent_id)",
        *(a.alice, one, other, other, one),
    )


@breaks("account_parent_in_reach")
def a_circle_behind_a_reach_that_hides_it(a: Attacker):
    """Without a column in it, an UPDATE needs no right to read, so the ancestors may be hidden from the trigger."""
    a.bind(reach="{}")
    a.run("update ledger_account set parent_id = %s", a.account("1501"))


@breaks("account_system_stays")
def delete_a_system_account(a: Attacker):
    a.run("delete from ledger_account where id = %s", a.account("8001"))


@breaks("entry_on_own_account")
def delete_an_account_with_entries(a: Attacker):
    a.run("delete from ledger_account where id = %s", a.account("4001"))


@breaks("transaction_on_own_account")
def delete_an_account_that_a_draft_names(a: Attacker):
    a.run("update ledger_transaction set account_id = %s where id = %s", a.account("1201"), a["draft"])
    a.run("delete from ledger_account where id = %s", a.account("1201"))


@breaks("account_type_of_parent")
def delete_an_account_with_children(a: Attacker):
    a.run("delete from ledger_account where id = %s", a.account("1500"))


@breaks("account_type")
def an_unknown_type_of_account(a: Attacker):
    a.new_account(type="other")


@breaks("account_status")
def an_unknown_status_of_account(a: Attacker):
    a.run("update ledger_account set status = 'closed' where id = %s", a.account("1500"))


@breaks("account_bounds")
def a_floor_above_the_ceiling(a: Attacker):
    a.run("update ledger_account set balance_floor = 2, balance_ceiling = 1 where id = %s", a.account("1500"))


@breaks("account_bounds")
def a_ceiling_that_is_not_a_number(a: Attacker):
    a.run("update ledger_account set balance_ceiling = 'NaN' where id = %s", a.account("1500"))


@breaks("account_role_of_type")
def an_asset_that_is_owed(a: Attacker):
    a.run("update ledger_account set role = 'payable' where id = %s", a.account("1500"))


@breaks("control_account_stays")
def take_the_role_of_what_customers_owe(a: Attacker):
    a.run("update ledger_account set role = null where id = %s", a.account("1101"))


# --- Totals -----------------------------------------------------------------------------------------------------------


@breaks("InsufficientPrivilege")
def raise_a_total(a: Attacker):
    a.run("update ledger_accounttotal set debit = debit + 1000000 where account_id = %s", a.account("1001"))


@breaks("InsufficientPrivilege")
def invent_a_total(a: Attacker):
    a.run(
        "insert into ledger_accounttotal (organization_id, account_id, grain, starts, slot, debit, credit, base_debit,"
        " base_credit, entries) values (%s, %s, 'M', '2026-03-01', 0, 1, 0, 1, 0, 1)",
        *(a.alice, a.account("1001")),
    )


@breaks("InsufficientPrivilege")
def forget_a_total(a: Attacker):
    a.run("delete from ledger_accounttotal where account_id = %s", a.account("1001"))


@breaks("InsufficientPrivilege")
def call_what_keeps_the_totals(a: Attacker):
    a.run("create trigger twice after insert on ledger_entry for each row execute function ledger_entries_posted()")


# --- The audit trail --------------------------------------------------------------------------------------------------

for verb, query in {
    "edit": "update organizations_event set user_id = null",
    "delete": "delete from organizations_event",
    "truncate": "truncate organizations_event",
}.items():

    def change_the_trail(a: Attacker, query=query):
        a.run(query)

    change_the_trail.__name__ = f"{verb}_events"
    breaks("InsufficientPrivilege")(change_the_trail)
    breaks("events_are_final", by="owner")(change_the_trail)
