from django.db import models
from django.db.models.functions import Lower

from organizations.fields import IdField, TenantRecord, pairs

TYPES = ("income", "expense", "other")
STATUSES = ("active", "archived")


def category_types():
    return pairs(TYPES)


def statuses():
    return pairs(STATUSES)


class Category(TenantRecord):
    """What a transaction is about, in the words of the business: "Travel", "Consulting".

    An account says where an amount belongs in the books; a category cuts across accounts
    and has no part in the balance. Its type is fixed for life. An archived one stays on the
    transactions that have it, and can be given to no other.
    """

    id = IdField(prefix="CAT")
    name = models.CharField(max_length=100)
    type = models.CharField(max_length=7, choices=category_types)
    description = models.TextField(blank=True)
    status = models.CharField(max_length=8, default="active", choices=statuses)

    class Meta:
        constraints = [models.UniqueConstraint("organization", "type", Lower("name"), name="category_name_once")]
        verbose_name_plural = "categories"

    def __str__(self):
        return self.name
