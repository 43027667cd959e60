"""A purchase of credits that Stripe knows nothing of yet."""

from organizations import ids
from organizations.metering.models import CreditPurchase
from tests.cast import Books


def purchase_credits(books: Books) -> str:
    """One, by its id."""
    package = {"package": "1000", "credits": 1000, "cents": 1000}
    with books.acting():
        return ids.encode("CPU", CreditPurchase.objects.create(**package, organization=books.organization).pk)
