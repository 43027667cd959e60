"""Taxes as documents use them."""

import datetime

from ledger.taxes.arithmetic import TaxRate
from ledger.taxes.models import Tax


def rate_of(tax: Tax) -> TaxRate:
    """The tax as the arithmetic reads it."""
    return TaxRate(tax.pk, tax.name, tax.rate, tax.is_compound, tax.is_inclusive, tax.treatment)


def effective_on(tax: Tax, day: datetime.date) -> bool:
    """Whether the tax is in force on a day; both ends count."""
    return (tax.effective_from is None or tax.effective_from <= day) and (
        tax.effective_to is None or day <= tax.effective_to
    )
