from django.db import models

from organizations.currencies.models import Currency
from organizations.fields import IdField, TenantRecord

MANUAL = "manual"
ECB = "ecb"


class ExchangeRate(TenantRecord):
    """How much one unit of a currency was in another on a day, as one source has it.

    It is never changed. A posting keeps the rate that it was made with, so a rate that is deleted takes nothing along.
    """

    id = IdField(prefix="EXR")
    from_currency = models.ForeignKey(Currency, on_delete=models.PROTECT, related_name="+", db_index=False)
    to_currency = models.ForeignKey(Currency, on_delete=models.PROTECT, related_name="+", db_index=False)
    rate = models.DecimalField(max_digits=24, decimal_places=12)
    effective_date = models.DateField()
    source = models.CharField(max_length=50, default=MANUAL)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "from_currency", "to_currency", "effective_date", "source"],
                name="exchange_rate_once",
            )
        ]

    def __str__(self):
        return f"{self.from_currency_id} in {self.to_currency_id} on {self.effective_date}"
