"""Whether categories that transactions name are there: one question for many transactions.

A single transaction asks nothing: the database refuses a category that is not there, or
archived, by name. In a batch it would refuse the whole lot and leave open whose it was.
"""

from collections.abc import Iterable

from ledger.categories.models import Category
from ledger.errors import CategoryArchived, CategoryNotFound
from organizations.tenants.models import Organization


class Choices:
    """The categories of an organization that somebody named, by id; asks nothing where nobody named any."""

    def __init__(self, organization: Organization, wanted: Iterable[int | None]):
        numbers = {number for number in wanted if number is not None}
        rows = Category.objects.of(organization).filter(pk__in=numbers).values_list("pk", "status")
        self._statuses: dict[int, str] = dict(rows) if numbers else {}

    def check(self, number: int | None) -> None:
        """Raises CategoryNotFound or CategoryArchived for what a new transaction cannot have."""
        if number is None or self._statuses.get(number) == "active":
            return
        refusal = CategoryArchived if number in self._statuses else CategoryNotFound
        raise refusal(fields={"category_id": refusal.message})
