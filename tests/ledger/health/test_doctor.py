"""The doctor finds what a superuser's hand has done, and mends what is only a cache."""

import pytest
from django.core.management import CommandError, call_command

from ledger.health.examining import examine
from ledger.health.trade_rules import TRADE
from organizations import ids
from tests.cast import open_books


@pytest.fixture
def books(committed_db):
    books = open_books("Clinic Ltd", chart="real_estate")
    books.api.post("/transactions", books.sale("250.00", transaction_date="2024-05-06"))
    posted = books.api.post("/transactions", books.sale("80.00", transaction_date="2024-05-07"))
    books.api.post(f"/transactions/{posted['id']}/reverse", {"reversal_date": "2024-05-08"})
    asserted = {"account_id": books.account("1001"), "date": "2024-05-31", "expected": 250, "blocking": True}
    assert books.api.post("/balance-assertions", asserted).status == 201
    return books


def broken(books) -> set[str]:
    with books.acting():
        return {finding.name for finding in examine(books.organization.pk) if finding.broken}


def test_healthy_books(books, capsys):
    assert broken(books) == set()
    with books.acting():
        findings = examine(books.organization.pk)
    assert len({finding.name for finding in findings}) == len(findings) >= 29
    idle = {finding.name for finding in findings if not finding.checked}
    neither = {"external_ids_once", "keys_have_answers"}  # which these books have not, nor any trade
    assert idle <= neither | {rule.name for rule in TRADE}
    call_command("doctor")
    assert "every rule holds" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("damage", "rules"),
    [
        (
            "update ledger_entry set base_amount = base_amount + 1 where line_no = 1",
            {"transactions_balance", "days_equal_entries"},
        ),
        (
            "delete from ledger_entry where line_no = 2 and amount = -250",
            {"transactions_balance", "days_equal_entries"},
        ),
        ("update ledger_accounttotal set debit = debit + 1 where grain = 'D'", {"days_equal_entries"}),
        (
            "update ledger_accounttotal set credit = credit + 1 where grain = 'M'",
            {"months_equal_days", "blocking_assertions_hold"},
        ),
        ("update ledger_transaction set posted_xid = '9999999999'", {"posted_in_the_past"}),
    ],
)
def test_damage_done_past_every_wall_is_found(books, superuser_connection, damage, rules):
    with superuser_connection.transaction():
        superuser_connection.execute("set local session_replication_role = replica")
        for table in ("ledger_entry", "ledger_accounttotal", "ledger_transaction"):
            superuser_connection.execute(f"alter table {table} disable trigger user")
        superuser_connection.execute(damage)
    assert rules <= broken(books)
    with pytest.raises(CommandError, match="rules are broken"):
        call_command("doctor", organization=books.organization.public_id)


@pytest.mark.parametrize("command", ["doctor", "verify_ledger", "seal_ledger"])
def test_nobody_is_examined_who_is_not_there(books, command):
    nobody = ids.encode("ORG", 5)
    with pytest.raises(CommandError, match=f"There is no organization {nobody}."):
        call_command(command, organization=nobody)


def test_the_tree_is_numbered_anew(books, superuser_connection):
    superuser_connection.execute("update ledger_account set lft = lft + 7, level = 3 where code in ('1611', '2001')")
    assert broken(books) == {"tree_places"}
    call_command("doctor", organization=books.organization.public_id, repair=True)
    assert broken(books) == set()
