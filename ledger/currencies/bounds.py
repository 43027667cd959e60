"""Amounts that the books cannot hold in base currency are the request's fault, and name its field."""

from collections.abc import Iterator
from contextlib import contextmanager

from organizations.errors import Invalid
from organizations.money import MoneyError


@contextmanager
def within_books(field: str) -> Iterator[None]:
    """Raise Invalid with this field where a conversion inside comes to more digits than an amount may have.

    ``with within_books("amount"):``, or ``@within_books("amount")`` above a function.
    """
    try:
        yield
    except MoneyError as problem:
        raise Invalid(fields={field: problem.message}) from problem
