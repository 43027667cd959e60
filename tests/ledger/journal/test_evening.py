"""What balances in its only currency, at one rate, balances in base currency: not a cent is asked of anybody."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.health.examining import examine
from ledger.journal.evening import evened
from organizations.money import add_up
from tests.cast import open_books
from tests.ledger.journal.test_express import Lane

D = Decimal
DAY = "2026-01-05"
THIRDS = [("1011", "debit", "1.50"), *((code, "credit", "0.50") for code in ("4011", "4012", "4013"))]
EVENED = [D("1.51"), D("0.51"), D("0.50"), D("0.50")]  # each third is worth 0.5025


def euro_books(name: str):
    books = open_books(name)
    for code, kind in (("1011", "asset"), ("1012", "asset"), ("1013", "asset")):
        books.api.post("/accounts", {"code": code, "name": f"Bank {code}", "type": kind, "currency_id": "CUR_EUR"})
    for code in ("4011", "4012", "4013"):
        books.api.post("/accounts", {"code": code, "name": f"Sales {code}", "type": "revenue", "currency_id": "EUR"})
    return books.refresh()


@pytest.fixture
def books(db):
    return euro_books("Even Ltd")


def body(books, lines=THIRDS, rate="1.005", **more) -> dict:
    entries = [books.entry(code, side, amount, currency_rate=rate) for code, side, amount in lines]
    return {"entries": entries, "transaction_date": DAY, "auto_post": True, **more}


def bases(transaction) -> list[Decimal]:
    return [entry["base_amount"] for entry in transaction["entries"]]


def test_a_cent_of_rounding_refuses_nothing_on_any_path(books):
    posted = books.api.post("/transactions", body(books))
    assert (posted.status, bases(posted)) == (201, EVENED), posted.body
    assert posted["total_debits"] == posted["total_credits"] == posted["amount"] == D("1.51")

    draft = books.api.post("/transactions", body(books, auto_post=False))
    assert (draft["warnings"], bases(draft)) == ([], EVENED)
    assert bases(books.api.put(f"/transactions/{draft['id']}", {"description": "x"})) == EVENED
    assert bases(books.api.post(f"/transactions/{draft['id']}/post")) == EVENED

    for mode in ("independent", "atomic"):
        batch = books.api.post("/transactions/batch", {"mode": mode, "transactions": [body(books)]})
        assert bases(batch["results"][0]["transaction"]) == EVENED
    dry = books.api.post("/transactions/batch", {"dry_run": True, "transactions": [body(books)]})
    assert bases(dry["results"][0]["transaction"]) == EVENED

    adjusted = books.api.post(f"/transactions/{posted['id']}/adjust", body(books))
    assert (adjusted.status, bases(adjusted)) == (201, EVENED)
    with books.acting():
        assert not [finding.name for finding in examine(books.organization.pk) if finding.broken]


def test_the_express_lane_does_the_same(committed_db):
    books, lane = euro_books("Fast Ltd"), Lane()
    status, posted, _ = lane.ask(books, body(books))
    assert (status, lane.handed_on, bases(posted)) == (201, 0, EVENED)


def test_what_is_rounded_alike_on_both_sides_stays_its_own_conversion(books):
    lines = [
        ("1011", "debit", "0.50"),
        ("1012", "debit", "0.50"),
        ("4011", "credit", "0.50"),
        ("4012", "credit", "0.50"),
    ]
    assert bases(books.api.post("/transactions", body(books, lines, "1.01"))) == [D("0.51")] * 4


def test_what_does_not_balance_is_refused_as_ever(books):
    off = [*THIRDS[:3], ("4013", "credit", "0.49")]
    refused = books.api.post("/transactions", body(books, off))
    assert (refused.status, refused.error["code"]) == (400, "transaction_does_not_balance")
    two_rates = body(books)
    two_rates["entries"][3]["currency_rate"] = "1.006"
    assert books.api.post("/transactions", two_rates).error["code"] == "transaction_does_not_balance"


def reverse(books, posted, lines):
    entries = [books.entry(code, "credit" if side == "debit" else "debit", amount) for code, side, amount in lines]
    return books.api.post(f"/transactions/{posted['id']}/reverse-partial", {"entries": entries, "reversal_date": DAY})


def test_a_part_of_it_can_be_reversed(books):
    whole = [("1011", "debit", "3.00"), *((code, "credit", "1.00") for code in ("4011", "4012", "4013"))]
    part = [("1011", "debit", "0.15"), *((code, "credit", "0.05") for code in ("4011", "4012", "4013"))]
    posted = books.api.post("/transactions", body(books, whole, "1.10"))
    back = reverse(books, posted, part)
    assert (back.status, bases(back)) == (201, [D("0.17"), D("0.06"), D("0.06"), D("0.05")]), back.body
    rest = books.api.post(f"/transactions/{posted['id']}/reverse", {"reversal_date": DAY})
    assert (rest.status, bases(rest)) == (201, [D("3.13"), D("1.04"), D("1.04"), D("1.05")])


CENTS = st.integers(20, 500)
RATES = st.integers(5_000, 25_000).map(lambda units: D(units) / 10_000)
CODES = [*((code, "debit") for code in ("1011", "1012", "1013")), *((f"40{n}", "credit") for n in (11, 12, 13))]


def amounts(cents) -> list[Decimal]:
    return [D(each) / 100 for each in cents]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(CENTS, min_size=3, max_size=3), st.lists(CENTS, min_size=2, max_size=2), RATES, st.data())
def test_anything_that_balances_is_posted_and_undone_in_parts(books, debits, credits, rate, data):
    debits[0] += max(20 + sum(credits) - sum(debits), 0)
    credits.append(sum(debits) - sum(credits))
    lines = [(*each, amount) for each, amount in zip(CODES, amounts([*debits, *credits]), strict=True)]
    posted = books.api.post("/transactions", body(books, lines, str(rate)))
    assert posted.status == 201, posted.body
    for entry in posted["entries"]:
        assert abs(entry["base_amount"] - entry["amount"] * rate) < D("0.01")
    taken = [data.draw(st.integers(1, each - 5)) for each in debits]
    back_to = []
    for each in credits:
        back_to.append(min(each - 5, sum(taken) - sum(back_to)))
    some = zip(CODES, amounts([*taken, *back_to]), strict=True)
    back = reverse(books, posted, [(*each, amount) for each, amount in some if amount])
    assert back.status == 201, back.body
    for undone in (posted, back):
        done = books.api.post(f"/transactions/{undone['id']}/reverse", {"reversal_date": DAY})
        assert done.status == 201, done.body


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=12), st.integers(1, 12), RATES, st.sampled_from([0, 2, 3]))
def test_each_line_is_within_a_unit_of_its_own_conversion(cents, parts, rate, decimals):
    shares = [sum(cents) // parts] * (parts - 1)
    shares.append(sum(cents) - sum(shares))
    signed = [*amounts(cents), *(-each for each in amounts(shares))]
    found = evened(signed, rate, decimals)
    assert not add_up(found)
    for amount, base in zip(signed, found, strict=True):
        assert abs(Fraction(base) - Fraction(amount) * Fraction(rate)) < Fraction(1, 10**decimals)
    assert found == evened(signed, rate, decimals)


def test_bounds_may_leave_nothing_to_agree_on():
    fixed = [(D("0.03"), D("0.03")), (D(0), D("0.02"))]
    assert evened([D("0.02"), D("-0.02")], D(1), 2, fixed) is None
    loose = [(D("0.03"), D("0.03")), (D(0), D("0.04"))]
    assert evened([D("0.02"), D("-0.02")], D(1), 2, loose) == [D("0.03"), D("-0.03")]
