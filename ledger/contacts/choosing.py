"""Whether contacts that transactions name are there: one question for many transactions.

A single transaction asks nothing: the database refuses a contact that is not there, or was merged, by name. In a batch
it would refuse the whole lot and leave open whose it was.
"""

from collections.abc import Iterable

from ledger.contacts.models import Contact
from ledger.contacts.usable import contact_problem
from ledger.errors import ContactDisabled
from organizations.tenants.models import Organization


class Choices:
    """The contacts of an organization that somebody named, by id; asks nothing where nobody named any."""

    def __init__(self, organization: Organization, wanted: Iterable[int | None]):
        numbers = {number for number in wanted if number is not None}
        self._contacts: dict[int, Contact] = Contact.objects.of(organization).in_bulk(numbers) if numbers else {}

    def check(self, number: int | None) -> None:
        """Raises ContactNotFound or ContactMerged for what a new transaction cannot have. A disabled one it can."""
        if number is None:
            return
        problem = contact_problem(self._contacts.get(number))
        if problem is not None and not isinstance(problem, ContactDisabled):
            raise problem
