"""Balance assertions and explained balances in the back office."""

import datetime

import pytest

from ledger.accounts.models import Account
from ledger.assertions.models import BalanceAssertion
from tests.backoffice.desks import Person, address, recorded
from tests.cast import Cast

DAY = datetime.date(2026, 2, 10)


@pytest.fixture
def alice(cast: Cast) -> Person:
    recorded(cast.alices, "100.00", date=DAY)
    return Person(cast.alice)


def made(cast: Cast) -> BalanceAssertion:
    with cast.alices.acting():
        return BalanceAssertion.objects.of(cast.alices.organization).get()


def fields(cast: Cast, **more) -> dict:
    cash = cast.alices.accounts["1001"].pk
    return {"account": cash, "date": "2026-02-28", "expected": "100.00", "description": "Statement 2"} | more


def test_an_assertion_is_made_changed_and_withdrawn_by_verbs(cast, alice):
    page = alice.follow(alice.post(address(BalanceAssertion, "add"), **fields(cast)))
    assert "The assertion was recorded." in page
    assert "2026-02-28 1001 Cash - Operating 100.00 100.00 holds" in page
    found = made(cast)
    recorded(cast.alices, "5.00", date=DAY)
    assert "105.00 broken" in alice.get(address(BalanceAssertion))
    own = address(BalanceAssertion, "change", found.pk)
    wrong = alice.post(own, expected="100.00", blocking="on", description="")
    assert "Only a true assertion can block." in wrong
    saved = alice.follow(alice.post(own, expected="105.00", blocking="on", description="Checked"))
    assert "Saved." in saved
    assert "holds" in saved
    assert "balance_assertion.broken" in alice.get(address(BalanceAssertion, "history", found.pk))
    gone = alice.follow(alice.post(address(BalanceAssertion, "withdraw", found.pk)))
    assert "The assertion was withdrawn." in gone
    assert alice.get(own).status == 404


def test_what_the_verb_refuses_stands_next_to_the_field(cast, alice):
    assert "more" in alice.post(address(BalanceAssertion, "add"), **fields(cast, expected="1,000.001"))
    untrue = alice.post(address(BalanceAssertion, "add"), **fields(cast, expected="1", blocking="on"))
    assert "Only a true assertion can block." in untrue
    alice.post(address(BalanceAssertion, "add"), **fields(cast))
    assert "already" in alice.post(address(BalanceAssertion, "add"), **fields(cast))


def test_lists_are_narrowed_and_searched(cast, alice):
    alice.post(address(BalanceAssertion, "add"), **fields(cast))
    alice.post(address(BalanceAssertion, "add"), **fields(cast, expected="7", date="2026-03-31"))
    listed = address(BalanceAssertion)
    assert "2026-03-31" not in alice.get(f"{listed}?status=holds")
    assert "2026-02-28" not in alice.get(f"{listed}?status=broken")
    assert "2026-03-31" not in alice.get(f"{listed}?date_to=2026-02-28")
    assert "2026-02-28" not in alice.get(f"{listed}?account={cast.alices.accounts['4001'].pk}")
    assert "2026-02-28" in alice.get(f"{listed}?account={cast.alices.accounts['1001'].pk}&q=statement")


def test_bob_may_look_but_not_assert(cast, alice):
    alice.post(address(BalanceAssertion, "add"), **fields(cast))
    bob, found = Person(cast.bob), made(cast)
    page = bob.get(address(BalanceAssertion, "change", found.pk))
    assert "Statement 2" in page
    assert "Withdraw" not in page
    assert bob.post(address(BalanceAssertion, "add"), **fields(cast, date="2026-01-01")).status == 403
    assert bob.post(address(BalanceAssertion, "withdraw", found.pk)).status == 403
    charlie = Person(cast.charlie)
    assert charlie.get(address(BalanceAssertion, "change", found.pk)).status == 404


def test_a_balance_is_explained_now_and_as_it_was_known(committed_cast):
    cast, books = committed_cast, committed_cast.alices
    recorded(books, "40.00", date=datetime.date(2026, 1, 5))
    recorded(books, "100.00", date=DAY)
    alice, cash = Person(cast.alice), books.accounts["1001"]
    assert "Explain the balance" in alice.get(address(Account, "change", cash.pk))
    own = address(Account, "explain", cash.pk)
    page = alice.get(own)
    assert "Balance 140.00 USD Sum of the parts 140.00 USD As of now" in page
    assert "2026-01 1 40.00 40.00" in page
    assert "2026-02-10 1 100.00 100.00" in page
    assert "Entries of 2026-02-10" in page
    receipt = books.api.get(f"/accounts/{cash.public_id}/balance/explain")["receipt"]
    recorded(books, "7.00", date=datetime.date(2026, 1, 6))
    assert "Balance 147.00 USD" in alice.get(own)
    assert "Balance 140.00 USD" in alice.get(f"{own}?known_at={receipt}")
    assert "Balance 40.00 USD" in alice.get(f"{own}?known_at={receipt}&as_of=2026-01-31")
    assert "Entries of 2026-01-05" in alice.get(f"{own}?day=2026-01-05")
    for wrong in ("known_at=yesterday", "known_at=RCT_x", "known_at=2999-01-01T00:00:00Z", "as_of=31.1."):
        seen = alice.get(f"{own}?{wrong}")
        assert seen.status == 200
        assert 'role="alert"' in seen.text, wrong
    assert Person(cast.charlie).get(own).status == 404
