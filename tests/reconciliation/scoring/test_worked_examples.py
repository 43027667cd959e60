"""Matching as a bookkeeper sees it: a few lines, a few entries, and who belongs to whom."""

from decimal import Decimal

import pytest

from reconciliation.scoring.learning import history_of, lessons
from reconciliation.scoring.proposing import Terms, propose
from reconciliation.scoring.shapes import Proposal
from tests.reconciliation.scoring.statements import bank, books


def accepted(proposals: list[Proposal]) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    return [(each.line_ids, each.entry_ids) for each in proposals if each.accepted]


def test_a_deposit_and_a_cheque():
    lines = bank("""
        1 | 2024-01-15 |  500.00 | Deposit
        2 | 2024-01-16 | -250.00 | Check #1234
    """)
    entries = books("""
        11 | 2024-01-15 |  500.00 | Cash sale
        12 | 2024-01-03 | -250.00 | Printer | Pixel Ltd | 1234
    """)
    proposals = propose(lines, entries)
    assert accepted(proposals) == [((1,), (11,)), ((2,), (12,))]
    assert proposals[1].features["reference"] > 0
    assert proposals[1].fee == 0


def test_signs_and_cents_matter():
    lines = bank("1 | 2025-03-03 | 100.00 | Northside Market")
    entries = books("""
        11 | 2025-03-03 | -100.00 | Refund | Northside Market
        12 | 2025-03-03 |  100.01 | Invoice paid | Northside Market
    """)
    (proposal,) = propose(lines, entries)
    assert (proposal.entry_ids, proposal.fee, proposal.reason) == ((12,), Decimal("0.01"), "unusual_fee")


def test_the_name_decides_between_equal_amounts():
    lines = bank("""
        1 | 2025-03-03 | 120.00 | SEPA CREDIT NRTHSD MKT LTD
        2 | 2025-03-03 | 120.00 | SEPA CREDIT PIER 9 HOTEL
    """)
    entries = books("""
        11 | 2025-03-03 | 120.00 | Receipt | Pier 9 Hotel
        12 | 2025-03-03 | 120.00 | Receipt | Northside Market
    """)
    assert accepted(propose(lines, entries)) == [((1,), (12,)), ((2,), (11,))]


def test_equals_are_left_to_a_person_if_nothing_tells_them_apart():
    lines = bank("""
        1 | 2025-03-03 | 120.00 | SEPA CREDIT ABC
        2 | 2025-03-04 | 120.00 | SEPA CREDIT DEF
    """)
    entries = books("""
        11 | 2025-03-03 | 120.00 | Receipt | Pier 9 Hotel
        12 | 2025-03-03 | 120.00 | Receipt | Northside Market
    """)
    proposals = propose(lines, entries)
    assert len(proposals) == 2
    assert accepted(proposals) == []


def test_three_equal_coffees_are_three():
    lines = bank("\n".join(f"{n} | 2025-03-03 | -3.50 | POS COFFEE BAR" for n in (1, 2, 3)))
    entries = books("\n".join(f"{n} | 2025-03-03 | -3.50 | Coffee Bar" for n in (11, 12, 13)))
    assert accepted(propose(lines, entries)) == [((1,), (11,)), ((2,), (12,)), ((3,), (13,))]


def test_of_three_equal_coffees_two_are_booked():
    lines = bank("\n".join(f"{n} | 2025-03-03 | -3.50 | POS COFFEE BAR" for n in (1, 2, 3)))
    entries = books("\n".join(f"{n} | 2025-03-03 | -3.50 | Coffee Bar" for n in (11, 12)))
    assert [entry_ids for _, entry_ids in accepted(propose(lines, entries))] == [(11,), (12,)]


def test_the_nearest_is_not_taken_from_who_needs_it():
    """A greedy match of line 1 with entry 11, the nearest, would leave line 2 alone."""
    lines = bank("""
        1 | 2025-03-05 | 77.10 | ALICE BAKKER
        2 | 2025-03-20 | 77.10 | ALICE BAKKER
    """)
    entries = books("""
        11 | 2025-03-06 | 77.10 | Lesson | Alice Bakker
        12 | 2025-02-26 | 77.10 | Lesson | Alice Bakker
    """)
    assert [(each.line_ids, each.entry_ids) for each in propose(lines, entries)] == [((1,), (12,)), ((2,), (11,))]


def test_a_line_in_conflict_waits_and_leaves_the_entry_to_its_twin():
    lines = bank(
        """
        1 | 2025-03-03 | -41.00 | SHELL STATION
        2 | 2025-03-03 | -41.00 | SHELL STATION
        3 | 2025-03-07 | -90.00 | PAPER PLANET
        """,
        held=(1, 3),
    )
    entries = books("""
        11 | 2025-03-03 | -41.00 | Fuel | Shell Station
        12 | 2025-03-07 | -90.00 | Paper | Paper Planet
    """)
    proposals = propose(lines, entries)
    assert [(each.line_ids, each.reason) for each in proposals] == [((2,), "clear"), ((3,), "held")]


def test_day_and_month_exchanged():
    lines = bank("""
        1 | 2025-05-05 | -318.27 | TRANSFER CAMPUS FLOUR MILL
        2 | 2025-06-30 | -9.00 | BANK FEE
    """)
    entries = books("11 | 2025-03-20 | -318.27 | Flour | Campus Flour Mill")
    assert propose(lines, entries)[0].reason == "far_apart"
    turned = books("11 | 2025-04-05 | -318.27 | Flour | Campus Flour Mill")
    (proposal,) = propose(bank("1 | 2025-05-05 | -318.27 | TRANSFER CAMPUS FLOUR MILL"), turned)
    assert proposal.accepted
    assert proposal.features["date_exchanged"] < 0


def test_a_cheque_returns_after_two_months_by_its_number():
    lines = bank("1 | 2025-05-05 | -611.60 | CHECK 037705")
    entries = books("""
        11 | 2025-03-03 | -611.60 | Cheque | Three Bridges Electric | CHK 37705
        12 | 2025-03-03 | -75.00 | Cheque | Three Bridges Electric | CHK 37706
    """)
    (proposal,) = propose(lines, entries)
    assert (proposal.entry_ids, proposal.accepted) == ((11,), True)
    assert "date_far" in proposal.features


def test_another_cheque_of_the_amount_is_no_match():
    lines = bank("1 | 2025-03-05 | -60.00 | CHECK 37705")
    entries = books("11 | 2025-03-03 | -60.00 | Cheque | Orchard Dairy | 36218")
    proposals = propose(lines, entries)
    assert accepted(proposals) == []
    assert all(each.features["other_reference"] < 0 for each in proposals)


def test_what_is_dated_after_the_last_line_waits_for_its_own():
    lines = bank("1 | 2025-01-31 | -412.50 | WAGES CLARA WAGNER")
    entries = books("11 | 2025-02-05 | -412.50 | Wages, week 6 | Clara Wagner")
    (proposal,) = propose(lines, entries)
    assert proposal.reason == "not_yet"
    assert proposal.features["not_yet"] < 0


def test_one_deposit_of_several_cheques():
    lines = bank("1 | 2025-03-04 | 886.75 | CHEQUE DEPOSIT BR 0012")
    entries = books("""
        11 | 2025-03-03 | 571.35 | Cheque received | Hilltop Restaurant
        12 | 2025-03-03 | 315.40 | Cheque received | St. James Grocery
        13 | 2025-03-03 | 120.00 | Transfer received | Pier 9 Hotel
    """)
    (proposal,) = propose(lines, entries)
    assert (proposal.entry_ids, proposal.accepted) == ((11, 12), True)
    assert {"together", "parts"} <= set(proposal.features)


def test_two_sums_for_one_deposit_are_left_to_a_person():
    lines = bank("1 | 2025-03-04 | 300.05 | CHEQUE DEPOSIT BR 0012")
    entries = books("""
        11 | 2025-03-03 | 101.10 | Cheque received | Hilltop Restaurant
        12 | 2025-03-03 | 198.95 | Cheque received | St. James Grocery
        13 | 2025-03-03 | 130.00 | Cheque received | Pier 9 Hotel
        14 | 2025-03-03 | 170.05 | Cheque received | Union Deli
    """)
    (proposal,) = propose(lines, entries)
    assert not proposal.accepted
    assert proposal.runner_up is not None


def test_one_invoice_paid_in_two_parts():
    lines = bank("""
        1 | 2025-02-07 | 1088.91 | SEPA CREDIT GREEN LNTRN CTRNG INV-39625
        2 | 2025-02-10 |   55.73 | SEPA CREDIT GREEN LNTRN CTRNG INV-39625
    """)
    entries = books("11 | 2025-02-06 | 1144.64 | Payment received | Green Lantern Catering | INV-39625")
    assert accepted(propose(lines, entries)) == [((1, 2), (11,))]


def payouts(share: int) -> tuple[str, str]:
    """Six payouts of a card company and the sales behind them; it keeps so many thousandths."""
    gross = (480_00, 512_30, 733_10, 391_75, 645_20, 288_40)
    paid = [cents - cents * share // 1000 for cents in gross]
    lines = [f"{n} | 2025-03-{2 * n + 3:02} | {Decimal(cents) / 100} | PAYOUT WEBPAY" for n, cents in enumerate(paid)]
    sales = [f"1{n} | 2025-03-{2 * n + 3:02} | {Decimal(cents) / 100} | Webpay sales" for n, cents in enumerate(gross)]
    return "\n".join(lines), "\n".join(sales)


def test_payouts_less_the_usual_fee():
    lines, entries = payouts(17)
    proposals = propose(bank(lines), books(entries))
    assert accepted(proposals) == [((n,), (10 + n,)) for n in range(6)]
    assert proposals[0].fee == Decimal("8.16")
    assert all(each.features["fee"] < 0 for each in proposals)


def test_fees_are_bounded():
    lines, entries = payouts(17)
    for terms in (Terms(fee_share=Decimal("0.01")), Terms(fee_most=Decimal("4.00")), Terms(fee_share=Decimal(0))):
        assert propose(bank(lines), books(entries), terms=terms) == []
    lines, entries = payouts(60)
    assert propose(bank(lines), books(entries)) == []


def test_a_mistyped_amount_is_no_fee():
    lines = bank("1 | 2025-03-03 | 815.06 | SEPA CREDIT STATION GROCERY 41598")
    entries = books("11 | 2025-03-03 | 815.60 | Payment | Station Grocery | INV-41598")
    assert propose(lines, entries) == []


def test_several_entries_less_a_fee():
    lines = bank("1 | 2025-03-04 | 883.05 | PAYOUT WEBPAY 26.70 KEPT")
    entries = books("""
        11 | 2025-03-03 | 571.35 | Webpay sales | | | 70
        12 | 2025-03-03 | 338.40 | Webpay sales | | | 70
    """)
    (proposal,) = propose(lines, entries)
    assert (proposal.entry_ids, proposal.fee) == ((11, 12), Decimal("26.70"))


def test_what_was_learnt_speaks_for_a_contact():
    past_lines = bank("1 | 2025-01-03 | 75.00 | SEPA CREDIT ZOE MULLER")
    past_entries = books("11 | 2025-01-03 | 75.00 | Receipt | Central Dairy")
    lines = bank("2 | 2025-02-04 | 900.00 | SEPA CREDIT ZOE MULLER")
    entries = books("""
        12 | 2025-02-03 | 900.00 | Receipt | Central Dairy
        13 | 2025-02-03 | 900.00 | Receipt | Harbor Hotel
    """)
    assert accepted(propose(lines, entries)) == []
    taught = [(word, name, 9) for word, name in lessons(past_lines, past_entries)]
    (proposal,) = propose(lines, entries, history=history_of(taught))
    assert (proposal.entry_ids, proposal.features["history"] > 0) == ((12,), True)
    assert propose(lines, entries, history=history_of([(*taught[0][:2], 0)])) == propose(lines, entries)


def test_a_rule_names_the_contact():
    lines = bank("1 | 2025-02-04 | 900.00 | SEPA CREDIT 4711-X")
    entries = books("""
        12 | 2025-02-03 | 900.00 | Receipt | Central Dairy
        13 | 2025-02-03 | 900.00 | Receipt | Harbor Hotel
    """)
    (proposal,) = propose(lines, entries, rules={1: "HARBOR  hotel"})
    assert (proposal.entry_ids, proposal.accepted, proposal.features["rule"] > 0) == ((13,), True, True)
    assert proposal.runner_up.entry_ids == (12,)


@pytest.mark.parametrize("amount", ["12345678901234567890.12345678", "0.00000001"])
def test_amounts_of_every_size(amount):
    lines = bank(f"1 | 2025-02-04 | {amount} | NORTHSIDE MARKET")
    entries = books(f"11 | 2025-02-04 | {amount} | Receipt | Northside Market")
    assert accepted(propose(lines, entries)) == [((1,), (11,))]


def test_amounts_of_nothing_have_no_match():
    lines = bank("1 | 2025-02-04 | 0.00 | INFO")
    assert propose(lines, books("11 | 2025-02-04 | 0 | Exchange difference")) == []
    assert propose([], []) == []
