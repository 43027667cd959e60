"""Sealing anew, by the newest key, what older keys sealed: so that these can go.

Safe while everything runs and to run twice: each secret is opened by any key that is left, and is changed only if it is
still what was read.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db.models import Model

from organizations import scoping
from organizations.fields import SealedField
from organizations.sealing import Sealed, is_newest, seal, unseal


@dataclass(slots=True)
class Resealed:
    """What was done, in one organization for example. ``lost`` names what no key opens: it must be given again."""

    resealed: int
    newest: int
    lost: list[str]


def sealed_columns() -> Iterator[tuple[type[Model], str]]:
    """Every column that holds sealed secrets."""
    for model in apps.get_models():
        yield from ((model, field.attname) for field in model._meta.concrete_fields if isinstance(field, SealedField))


def reseal(organization_id: int) -> Resealed:
    """Bring the sealed secrets of one organization to the newest key."""
    done = Resealed(0, 0, [])
    for model, column in sealed_columns():
        with scoping.acting_in(organization_id):
            rows = model.objects.of(organization_id).exclude(**{column: None})
            for number, sealed in rows.order_by("pk").values_list("pk", column):
                if is_newest(sealed, organization_id):
                    done.newest += 1
                    continue
                try:
                    again = seal(unseal(sealed, organization_id), organization_id)
                except Sealed:
                    done.lost.append(f"{model._meta.label_lower} {number}")
                    continue
                done.resealed += rows.filter(pk=number, **{column: sealed}).update(**{column: again})
    return done
