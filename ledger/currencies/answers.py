"""An exchange rate as the API shows it, and the one that the books would use."""

import datetime

from ledger.currencies.models import ExchangeRate
from ledger.currencies.rates import FoundRate
from organizations import ids
from organizations.money import plain_rate

PATHS = ("direct", "inverse", "cross")


def rate_answer(row: ExchangeRate) -> dict:
    """The exchange rate."""
    return {
        "object": "exchange_rate",
        "id": row.public_id,
        "organization_id": ids.encode("ORG", row.organization_id),
        "from_currency": row.from_currency_id,
        "to_currency": row.to_currency_id,
        "rate": plain_rate(row.rate),
        "effective_date": row.effective_date,
        "source": row.source,
        "metadata": row.metadata,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def found_answer(found: FoundRate, asked: tuple[str, str, datetime.date], organization_id: int) -> dict:
    """The rate that the books would use for a day, and where it comes from."""
    from_code, to_code, day = asked
    return {
        "object": "exchange_rate_lookup",
        "organization_id": ids.encode("ORG", organization_id),
        "from_currency": from_code,
        "to_currency": to_code,
        "date": day,
        "rate": found.rate,
        "effective_date": found.effective_date,
        "source": found.source,
        "path": found.path,
        "through": found.through,
        "exchange_rate_ids": [ids.encode("EXR", number) for number in found.rate_ids],
    }
