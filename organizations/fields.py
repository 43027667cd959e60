"""Columns that every table shares."""

import json
from collections.abc import Iterable
from decimal import Decimal

from django.db import models
from django.db.models.functions import Now

from organizations import ids


class ExactDecoder(json.JSONDecoder):
    """Reads stored JSON without binary fractions: an amount in an event keeps its cents."""

    def __init__(self, **options):
        super().__init__(**options, parse_float=Decimal)


def pairs(names: Iterable[str]) -> list[tuple[str, str]]:
    """Choices whose stored value is also what is shown."""
    return [(name, name) for name in names]


class NextId(models.Func):
    """The database's own next id: milliseconds since 2024 above, a sequence below."""

    function = "crane_next_id"
    output_field = models.BigIntegerField()


class IdField(models.BigIntegerField):
    """A primary key that the database gives and the outside sees as ``PREFIX_hex``."""

    def __init__(self, prefix: str = "", **options):
        self.prefix = prefix
        options.setdefault("primary_key", True)
        options.setdefault("db_default", NextId())
        options.setdefault("editable", False)
        super().__init__(**options)

    def deconstruct(self):
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "prefix": self.prefix}


class SealedField(models.BinaryField):
    """A secret that somebody gave us or was given, sealed for the row's organization (``organizations/sealing.py``).

    Rotation finds such columns by this type.
    """


class Record(models.Model):
    """What every object of the API has beside its own fields."""

    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)
    metadata = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True

    @property
    def public_id(self) -> str:
        return ids.encode(self._meta.pk.prefix, self.pk)


class TenantQuerySet(models.QuerySet):
    """The first wall: a query names its organization. Row-level security is the second."""

    def of(self, organization) -> "TenantQuerySet":
        """Only the rows of one organization (a record or its id)."""
        return self.filter(organization_id=getattr(organization, "pk", organization))


class TenantRecord(Record):
    """A row that belongs to exactly one organization."""

    organization = models.ForeignKey(
        "organizations.Organization", on_delete=models.PROTECT, related_name="+", editable=False, db_index=False
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        abstract = True


def tenant_reference(to: str, **options) -> models.ForeignKey:
    """A reference to a row of the same organization.

    The constraint is a composite foreign key ``(organization_id, x_id)`` made in the
    migration: row-level security does not cover foreign keys, so only this stops an
    entry on another organization's account.
    """
    options.setdefault("on_delete", models.PROTECT)
    options.setdefault("related_name", "+")
    options.setdefault("db_index", False)
    return models.ForeignKey(to, db_constraint=False, **options)
