"""What the routes of trade are for: exchange rates, and what is bought and sold at them."""

from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.contract.declaring import ORGANIZATION, Case, File
from tests.contract.estate import Estate

RATES = f"{ORGANIZATION}/exchange-rates"
REFERENCE = b'<Cube><Cube time="2026-01-05"><Cube currency="USD" rate="1.0945"/></Cube></Cube>'


def _file(estate: Estate) -> tuple[bytes, str]:
    return encode_multipart(BOUNDARY, {"file": File("rates.xml", REFERENCE)}), MULTIPART_CONTENT


def _rate(estate: Estate) -> dict:
    return {"from_currency": "GBP", "to_currency": "USD", "rate": "1.27", "effective_date": "2026-01-31"}


TRADE: dict[str, dict[str, Case]] = {
    RATES: {"GET": Case("exchange-rates"), "POST": Case("exchange-rates", 201, _rate)},
    f"{RATES}/import": {"POST": Case("exchange-rates", 201, _file)},
    f"{RATES}/latest": {"GET": Case("exchange-rates", query="from_currency=EUR&to_currency=USD")},
    f"{RATES}/<exchange_rate_id>": {"GET": Case("exchange-rates"), "DELETE": Case("exchange-rates", 204)},
}
