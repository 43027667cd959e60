"""Refusals of exchange rates."""

from organizations.errors import Conflict, Invalid


class ExchangeRateExists(Conflict):
    """A source has one rate for a pair and a day. A rate is never changed; delete it first."""

    code = "exchange_rate_exists"
    message = "There is a rate of this source for the pair and day already"


class RateFileInvalid(Invalid):
    """An uploaded file of exchange rates cannot be read."""

    code = "rate_file_invalid"
    message = "The file of exchange rates cannot be read"
