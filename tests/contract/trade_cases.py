"""What the routes of trade are for: exchange rates, and what is bought and sold at them."""

from tests.contract.declaring import ORGANIZATION, Case
from tests.contract.estate import Estate
from tests.contract.uploads import rates

RATES = f"{ORGANIZATION}/exchange-rates"


def _rate(estate: Estate) -> dict:
    return {"from_currency": "GBP", "to_currency": "USD", "rate": "1.27", "effective_date": "2026-01-31"}


TRADE: dict[str, dict[str, Case]] = {
    RATES: {"GET": Case("exchange-rates"), "POST": Case("exchange-rates", 201, _rate)},
    f"{RATES}/import": {"POST": Case("exchange-rates", 201, rates)},
    f"{RATES}/latest": {"GET": Case("exchange-rates", query="from_currency=EUR&to_currency=USD")},
    f"{RATES}/<exchange_rate_id>": {"GET": Case("exchange-rates"), "DELETE": Case("exchange-rates", 204)},
}
