"""What a payment is worth: for the contact, on the bank, and in base currency, from what a client wrote.

Of a payment in one currency from an account in another, base currency ties the two: its value is what the side in base
currency says, and else the amount at the payment's rate.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from ledger.accounts.models import Account
from ledger.currencies.bounds import within_books
from ledger.currencies.rates import rate_on
from ledger.errors import ExchangeRateMissing
from ledger.journal.composing import LARGEST_RATE, SMALLEST_RATE, implied_rate
from organizations.currencies.iso import decimals_of
from organizations.errors import Invalid
from organizations.money import MoneyError, add_up, read_amount, read_rate, to_base
from organizations.tenants.models import Organization

ONE, ZERO = Decimal(1), Decimal(0)


class Wished(Protocol):
    """As much of a new payment as this reads."""

    amount: object
    rate: object
    account_amount: object
    fee_amount: object


@dataclass(slots=True)
class Moneys:
    """``amount`` at ``rate`` is ``base``, which is what moved on the account plus the ``fee``.

    All positive, but that the fee of money that goes out is negative: it is paid on top.
    """

    amount: Decimal
    rate: Decimal
    base: Decimal
    account_amount: Decimal
    fee: Decimal
    fee_base: Decimal

    @property
    def account_base(self) -> Decimal:
        return add_up([self.base, -self.fee_base])


@within_books("amount")
def moneys_of(
    organization: Organization, new: Wished, *, direction: str, currency: str, account: Account, date: datetime.date
) -> Moneys:
    """Read the figures of a payment. Raises Invalid with every field, ExchangeRateMissing.

    The fee is in the payment's currency; the account gets ``amount`` less the fee, or gives as much more.
    """
    base_currency = organization.base_currency_id
    amount, fee = _read(new, currency)
    fee = fee if direction == "in" else -fee
    net = add_up([amount, -fee])
    bank = account.currency_id
    if bank == currency:
        if new.account_amount is not None and _account_amount(new, bank) != net:
            raise Invalid(fields={"account_amount": "The account is in the payment's currency: leave it out."})
        on_account = net
        rate = _rate(organization, new, currency, date)
        base = _exchanged(amount, rate, base_currency)
    elif currency == base_currency:
        base, rate = amount, ONE
        on_account = _account_amount(new, bank) if new.account_amount is not None else None
        if on_account is None:
            found = _rate(organization, None, bank, date)
            on_account = _exchanged(net, _inverse(found), bank)
    elif bank == base_currency and new.account_amount is not None:
        on_account = _account_amount(new, bank)
        base = on_account if not fee else _exchanged(amount, _implied(net, on_account), base_currency)
        rate = _implied(amount, base)
    else:
        rate = _rate(organization, new, currency, date)
        base = _exchanged(amount, rate, base_currency)
        on_account = _on_account(organization, new, net, base, fee, rate, bank, date)
    if not on_account and (fee or bank != base_currency):  # else posting says more of it
        raise Invalid(fields={"amount": f"On an account in {bank} it is nothing."})
    fee_base = _fee_base(fee, amount, base, bank, base_currency, on_account)
    return Moneys(amount, rate, base, on_account, fee, fee_base)


def _read(new: Wished, currency: str) -> tuple[Decimal, Decimal]:
    problems, decimals = {}, decimals_of(currency)
    amount = fee = ZERO
    try:
        amount = read_amount(new.amount, decimals=decimals)
    except MoneyError as problem:
        problems["amount"] = problem.message
    try:
        fee = ZERO if new.fee_amount is None else read_amount(new.fee_amount, decimals=decimals, allow_zero=True)
    except MoneyError as problem:
        problems["fee_amount"] = problem.message
    if not problems and fee >= amount:
        problems["fee_amount"] = "Less than the amount."
    if problems:
        raise Invalid(fields=problems)
    return amount, fee


def _account_amount(new: Wished, bank: str) -> Decimal:
    try:
        return read_amount(new.account_amount, decimals=decimals_of(bank))
    except MoneyError as problem:
        raise Invalid(fields={"account_amount": problem.message}) from problem


def _rate(organization: Organization, new: Wished | None, currency: str, date: datetime.date) -> Decimal:
    """Base currency for one unit: as given, or the organization's rate of the day."""
    base = organization.base_currency_id
    if currency == base:
        return ONE
    if new is not None and new.rate is not None:
        try:
            return read_rate(new.rate)
        except MoneyError as problem:
            raise Invalid(fields={"currency_rate": problem.message}) from problem
    found = rate_on(organization, currency, base, date)
    if found is None:
        reason = f"A rate from {currency} on {date} is needed."
        raise ExchangeRateMissing(details={"reason": reason}, fields={"currency_rate": reason})
    return found.rate


def _implied(amount: Decimal, base: Decimal) -> Decimal:
    """The rate that two amounts say. Raises Invalid where none says it."""
    if not SMALLEST_RATE <= Fraction(base) / Fraction(amount) < LARGEST_RATE:
        raise Invalid(fields={"account_amount": "No rate makes this of the amount."})
    return implied_rate(amount, base)


def _exchanged(amount: Decimal, rate: Decimal, currency: str) -> Decimal:
    """An amount in another currency. Raises Invalid where that is more than the books can hold."""
    try:
        return to_base(amount, rate, decimals_of(currency))
    except MoneyError as problem:
        raise Invalid(fields={"amount": f"In {currency} it has too many digits before the point."}) from problem


def _inverse(rate: Decimal) -> Decimal:
    return implied_rate(rate, ONE)


def _on_account(organization, new, net, base, fee, rate, bank, date) -> Decimal:
    """What an account in base currency, or in a third one, gets."""
    base_currency = organization.base_currency_id
    if bank == base_currency:
        return base if not fee else _exchanged(net, rate, base_currency)
    if new.account_amount is not None:
        return _account_amount(new, bank)
    in_base = _exchanged(net, rate, base_currency)
    return _exchanged(in_base, _inverse(_rate(organization, None, bank, date)), bank)


def _fee_base(fee, amount, base, bank, base_currency, on_account) -> Decimal:
    """What the fee is in base currency: of an account in base currency, whatever did not reach it."""
    if not fee:
        return ZERO
    if bank == base_currency:
        return add_up([base, -on_account])
    in_base = _exchanged(abs(fee), implied_rate(amount, base), base_currency)
    return in_base if fee > 0 else -in_base
