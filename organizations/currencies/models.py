from django.db import models


class Currency(models.Model):
    """A currency of ISO 4217. Its minor unit (``decimals``) is fixed for life.

    Reference data for all organizations, loaded by a migration from the ``iso4217``
    table; the id on the wire is ``CUR_`` and the code.
    """

    code = models.CharField(max_length=3, primary_key=True)
    name = models.CharField(max_length=100)
    decimals = models.SmallIntegerField()
    symbol = models.CharField(max_length=8)

    class Meta:
        verbose_name_plural = "currencies"
        ordering = ["code"]

    def __str__(self):
        return self.code
