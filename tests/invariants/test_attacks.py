"""Every attack is refused by its named rule and leaves no trace; every rule is attacked."""

import os

import psycopg
import pytest

from tests.invariants import (
    amount_attacks,
    assertion_attacks,
    bank_attacks,
    chart_attacks,
    closing_attacks,
    contact_attacks,
    deletion_attacks,
    draft_attacks,
    file_attacks,
    intake_attacks,
    invitation_attacks,
    job_attacks,
    journal_attacks,
    notice_attacks,
    paper_attacks,
    payment_attacks,
    privilege_attacks,
    proof_attacks,
    rate_attacks,
    recurring_attacks,
    report_attacks,
    rule_attacks,
    session_attacks,
    tax_attacks,
    tenancy_attacks,
    trade_attacks,
    usage_attacks,
    webhook_attacks,
)
from tests.invariants.attacking import ATTACKS, RULES, Attacker, refused_by

FILES = (
    journal_attacks,
    amount_attacks,
    assertion_attacks,
    bank_attacks,
    chart_attacks,
    closing_attacks,
    contact_attacks,
    deletion_attacks,
    draft_attacks,
    file_attacks,
    intake_attacks,
    invitation_attacks,
    job_attacks,
    notice_attacks,
    paper_attacks,
    payment_attacks,
    proof_attacks,
    rate_attacks,
    recurring_attacks,
    report_attacks,
    rule_attacks,
    session_attacks,
    tax_attacks,
    tenancy_attacks,
    trade_attacks,
    usage_attacks,
    webhook_attacks,
    privilege_attacks,
)


#: So many attacks are looked at together; CRANE_LOOK_EVERY=1 tells which of them left something.
TOGETHER = int(os.environ.get("CRANE_LOOK_EVERY", "20"))


@pytest.fixture(scope="module")
def before(battlefield):
    """The hashes of all tables when nothing was attacked yet; they are the same when all was."""
    hashes = battlefield.hashes()
    yield hashes
    assert battlefield.hashes() == hashes, "An attack has left a trace; CRANE_LOOK_EVERY=1 tells which."


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_is_refused_by_name_and_leaves_no_trace(attack, battlefield, before):
    with battlefield.connect(attack.by) as connection:
        connection.isolation_level = attack.isolation
        with pytest.raises(psycopg.Error) as refusal:
            attacker = Attacker(battlefield, connection).as_alice()
            attack.run(attacker)
            attacker.commit()
        connection.rollback()
    assert refused_by(refusal.value) == attack.rule, refusal.value
    if ATTACKS.index(attack) % TOGETHER == 0:
        assert battlefield.hashes() == before, f"One of the last {TOGETHER} attacks left a trace."


def test_an_honest_posting_by_the_same_words_is_accepted(attacker):
    """Otherwise the attacks could be refused for a reason of their own making."""
    header = attacker.sale()
    attacker.run("set constraints all immediate")
    assert attacker.one("select count(*) from ledger_entry where transaction_id = %s", header) == 2
    cash = "select sum(debit) from ledger_accounttotal where account_id = %s and grain = 'D' and starts = '2026-03-15'"
    assert attacker.one(cash, attacker.account("1001")) == 100
    assert attacker.one("select count(*) from ledger_drift") == 0


def test_an_honest_purchase_under_a_lift_is_accepted_and_noted(attacker):
    header = closing_attacks.purchase(attacker)
    closing_attacks.told(attacker, header, key=attacker["key"])
    attacker.run("set constraints all immediate")
    found = attacker.run("select lift_id, locked_through::text from ledger_liftuse where transaction_id = %s", header)
    assert found.fetchall() == [(attacker["lift"], "2026-02-28")]


def test_a_reopened_closing_is_reversed_by_the_same_words(attacker):
    attacker.run(
        "update ledger_yearclosing set reopened_at = now(), reopen_reason = 'x' where id = %s", attacker["closing"]
    )
    closing_attacks.reverse_the_closing(attacker)
    attacker.run("set constraints all immediate")


def test_honest_accounts_drafts_and_organizations_by_the_same_words_are_accepted(attacker):
    attacker.new_account(parent_id=attacker.account("1500"))
    attacker.draft(total_credits="90")
    attacker.new_organization(parent_id=attacker.alice, relationship_type="owned")
    attacker.run("set constraints all immediate")


def test_an_honest_checkpoint_by_the_same_words_is_accepted(attacker):
    proof_attacks.follow(attacker)
    proof_attacks.push(attacker)


def test_an_honest_match_by_the_same_words_is_accepted(attacker):
    bank_attacks.accepted(attacker, "30.00", attacker.entry_of(attacker["returned"], 1))
    attacker.run("set constraints all immediate")


def test_honest_bank_rules_and_words_by_the_same_words_are_accepted(attacker):
    number = rule_attacks.rule(attacker)
    attacker.run("update reconciliation_bankrule set priority = 2 where id = %s", number)
    assert attacker.one("select version from reconciliation_bankrule where id = %s", number) == 2
    rule_attacks.token(attacker)


def test_honest_reconciliations_by_the_same_words_are_accepted(attacker):
    session_attacks.finish(attacker)
    number = session_attacks.march(attacker, opening_balance="125", closing_balance="116")
    session_attacks.mark(attacker, number, attacker.entry_of(attacker["late purchase"], 2))
    session_attacks.change(attacker, number, session_attacks.COMPLETED)
    attacker.run("set constraints all immediate")
    session_attacks.change(attacker, number, session_attacks.REOPENED)
    session_attacks.adjust(attacker, number, attacker["late purchase"])
    attacker.run("delete from reconciliation_reconciledentry where reconciliation_id = %s", number)
    session_attacks.change(attacker, number, session_attacks.CANCELLED)


def test_every_rule_is_attacked():
    assert set(RULES) - {attack.rule for attack in ATTACKS} == set(), "A rule without an attack: is it kept at all?"


def test_the_attack_files_are_all_run():
    modules = {attack.run.__module__ for attack in ATTACKS}
    assert modules == {module.__name__ for module in FILES}
    assert len(ATTACKS) >= 20
