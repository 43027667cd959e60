from django.db import models

from organizations.fields import IdField, TenantRecord


class Revaluation(TenantRecord):
    """What is held and owed in foreign currencies, brought to the rates of a day (IAS 21.23), and back the day after.

    ``lines`` say for each account, and each open item, what it was carried at and what it is worth. The difference is
    posted as unrealised, in base currency alone, and taken back on the first day after. What is left in base currency
    on an account without a balance is realised for good. Its transactions are those that name it as their source.
    """

    id = IdField(prefix="RVL")
    as_of = models.DateField()
    lines = models.JSONField(default=list)
    unrealised = models.DecimalField(max_digits=28, decimal_places=8, default=0)
    realised = models.DecimalField(max_digits=28, decimal_places=8, default=0)

    class Meta:
        indexes = [models.Index(fields=["organization", "as_of", "id"], name="revaluation_by_day")]

    def __str__(self):
        return f"Revaluation as of {self.as_of}"
