"""Attacks on exchange rates."""

from tests.invariants.attacking import Attacker, breaks

NEW = """
    insert into ledger_exchangerate
           (organization_id, from_currency_id, to_currency_id, rate, effective_date, source, metadata)
    values (%s, %s, %s, %s, %s, %s, '{}')
"""


def rate(a: Attacker, *, pair: str = "EURUSD", number: str = "1.1", day: str = "2024-01-15", source: str = "manual"):
    a.run(NEW, a.alice, pair[:3], pair[3:], number, day, source)


@breaks("exchange_rate_once")
def two_rates_of_one_source_for_a_day(a: Attacker):
    rate(a)
    rate(a, number="1.2")


@breaks("exchange_rate_pair")
def a_currency_that_is_worth_more_than_itself(a: Attacker):
    rate(a, pair="USDUSD")


@breaks("exchange_rate_positive")
def worth_nothing(a: Attacker):
    rate(a, number="0")


@breaks("exchange_rate_source")
def from_nowhere(a: Attacker):
    rate(a, source=" ")


@breaks("exchange_rate_date_in_range")
def a_rate_of_the_middle_ages(a: Attacker):
    rate(a, day="1492-10-12")


@breaks("exchange_rate_final")
def touch_a_rate(a: Attacker):
    rate(a)
    a.run("update ledger_exchangerate set updated_at = now() where organization_id = %s", a.alice)


@breaks("exchange_rate_final", by="owner")
def change_a_rate_as_the_owner(a: Attacker):
    rate(a)
    a.run("update ledger_exchangerate set rate = 2 where organization_id = %s", a.alice)
