"""The demonstration's stories are books that could be true: balanced, in order, and never overdrawn."""

import datetime
from collections import defaultdict
from decimal import Decimal

import pytest

from ledger.accounts.charts import template_for
from ledger.demo import stories
from organizations.money import to_base

DAYS = [datetime.date(2026, 7, 14), datetime.date(2026, 1, 1), datetime.date(2028, 2, 29), datetime.date(2025, 12, 31)]


def base_amounts(happening):
    for leg in happening.legs:
        amount = leg.amount if leg.rate is None else to_base(leg.amount, leg.rate, 2)
        yield leg, amount if leg.side == "debit" else -amount


@pytest.mark.parametrize("today", DAYS)
def test_the_roastery_balances_and_its_cash_and_stock_never_run_out(today):
    balances, currencies = defaultdict(Decimal), {row[0]: row[4] for row in stories.ROASTERY_ACCOUNTS}
    told = stories.roastery(today)
    for happening in told:
        if happening.is_draft:
            continue
        parts = list(base_amounts(happening))
        assert sum(amount for _, amount in parts) == 0, happening
        for leg, _ in parts:
            assert (leg.rate is not None) == (currencies.get(leg.code, "USD") != "USD")
            balances[leg.code] += leg.amount if leg.side == "debit" else -leg.amount
        for code in ("1001", "1011", "1012", "1013", "1211", "1212"):
            assert balances[code] >= 0, f"{code} is overdrawn by {happening}"
    assert sum(each.date == today or not each.is_draft for each in told) > 1_000


@pytest.mark.parametrize("today", DAYS)
def test_every_story_ends_today_and_names_known_accounts(today):
    plain = {row.code for row in template_for("small_business", None).rows}
    known = plain | {row[0] for row in stories.ROASTERY_ACCOUNTS}
    for told, codes in (
        (stories.roastery(today), known),
        (stories.small_shop(today, seed=7, trade="Café"), plain),
        (stories.small_shop(today, seed=3, trade="Tests", count=2), plain),
    ):
        assert max(each.date for each in told) <= today
        assert [each.date for each in told] == sorted(each.date for each in told)
        assert {leg.code for each in told for leg in each.legs} <= codes
        assert all(leg.amount > 0 for each in told for leg in each.legs)


def test_the_story_is_the_same_every_time():
    today = datetime.date(2026, 7, 14)
    assert stories.roastery(today) == stories.roastery(today)


def test_eighteen_months_end_with_this_one():
    months = stories.months(datetime.date(2026, 1, 5))
    assert (len(months), months[0], months[-1]) == (18, datetime.date(2024, 8, 1), datetime.date(2026, 1, 1))
    assert stories.month_end(datetime.date(2028, 2, 1)) == datetime.date(2028, 2, 29)
