"""A category as the API shows it."""

from ledger.categories.models import Category
from organizations import ids


def category_answer(category: Category) -> dict:
    """One category."""
    return {
        "object": "category",
        "id": category.public_id,
        "organization_id": ids.encode("ORG", category.organization_id),
        "name": category.name,
        "type": category.type,
        "description": category.description,
        "status": category.status,
        "metadata": category.metadata,
        "created_at": category.created_at,
        "updated_at": category.updated_at,
    }
