"""A currency as the API shows it."""

from organizations.currencies.models import Currency


def currency_answer(currency: Currency) -> dict:
    """A currency of ISO 4217."""
    return {
        "object": "currency",
        "id": f"CUR_{currency.code}",
        "code": currency.code,
        "name": currency.name,
        "symbol": currency.symbol,
        "decimal_places": currency.decimals,
    }
