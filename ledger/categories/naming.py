"""Making, renaming, archiving and deleting categories."""

from typing import Any

from django.db import DatabaseError, transaction

from ledger.categories.answers import category_answer
from ledger.categories.models import Category
from ledger.errors import CategoryInUse, CategoryNameTaken, CategoryTypeFinal
from organizations.actors import Actor
from organizations.errors import Invalid, NotFound
from organizations.events.recording import event, record
from organizations.tenants.models import Organization
from organizations.wire.database_rules import reported_by

CREATED = event("category.created")
UPDATED = event("category.updated")
DELETED = event("category.deleted")


def _clean_name(name: str) -> str:
    clean = " ".join(name.split())
    if not clean:
        raise Invalid(fields={"name": "A name is needed."})
    return clean


@transaction.atomic
def create_category(
    *,
    actor: Actor,
    organization: Organization,
    name: str,
    type: str,
    description: str = "",
    metadata: dict[str, str] | None = None,
) -> Category:
    """Make a category. Raises Invalid, CategoryNameTaken (upper and lower case are the same name)."""
    name = _clean_name(name)
    _refuse_taken(organization, name, type)
    category = Category(
        organization=organization, name=name, type=type, description=description, metadata=metadata or {}
    )
    category.save()
    category.refresh_from_db()
    record(
        CREATED,
        actor=actor,
        organization_id=organization.pk,
        entity_id=category.public_id,
        after=category_answer(category),
    )
    return category


@transaction.atomic
def update_category(*, actor: Actor, organization: Organization, category_id: int, changes: dict[str, Any]) -> Category:
    """Change a category; ``status`` archives it or brings it back.

    Raises NotFound, Invalid, CategoryTypeFinal, CategoryNameTaken.
    """
    category = _held(organization, category_id)
    if changes.get("type", category.type) != category.type:
        raise CategoryTypeFinal(fields={"type": "Fixed for life."})
    columns = {name: value for name, value in changes.items() if name != "type"}
    if "name" in columns:
        columns["name"] = _clean_name(columns["name"])
        if columns["name"] != category.name:
            _refuse_taken(organization, columns["name"], category.type, but=category.pk)
    if all(getattr(category, name) == value for name, value in columns.items()):
        return category
    before = category_answer(category)
    Category.objects.of(organization).filter(pk=category.pk).update(**columns)
    category = Category.objects.of(organization).get(pk=category.pk)
    record(
        UPDATED,
        actor=actor,
        organization_id=organization.pk,
        entity_id=category.public_id,
        before=before,
        after=category_answer(category),
    )
    return category


@transaction.atomic
def delete_category(*, actor: Actor, organization: Organization, category_id: int) -> None:
    """Delete a category that no transaction has. Raises NotFound, CategoryInUse."""
    category = _held(organization, category_id)
    before = category_answer(category)
    try:
        with transaction.atomic():
            Category.objects.of(organization).filter(pk=category.pk)._raw_delete(using="default")
    except DatabaseError as problem:
        report = reported_by(problem)
        if report is None or report.diag.constraint_name != "transaction_of_own_category":
            raise
        raise CategoryInUse() from problem
    record(DELETED, actor=actor, organization_id=organization.pk, entity_id=category.public_id, before=before)


def _held(organization: Organization, category_id: int) -> Category:
    """A category of the organization, locked until the end. Raises NotFound."""
    found = Category.objects.of(organization).select_for_update().filter(pk=category_id).first()
    if found is None:
        raise NotFound()
    return found


def _refuse_taken(organization: Organization, name: str, type: str, *, but: int | None = None) -> None:
    if Category.objects.of(organization).filter(type=type, name__iexact=name).exclude(pk=but).exists():
        raise CategoryNameTaken(fields={"name": CategoryNameTaken.message})
