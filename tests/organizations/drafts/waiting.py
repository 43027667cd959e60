"""A write that waits for approval, for tests of what is done with one."""

from organizations import clock
from organizations.actors import Actor
from organizations.drafts.models import Draft
from organizations.drafts.staging import stage
from organizations.requests.opening import Opening
from tests.cast import ALL, Books


def staged(books: Books, key: int, **payload) -> Draft:
    """A contact that waits for approval, staged by a key."""
    opening = Opening(
        actor=Actor(api_key_id=key, home_id=books.organization.pk, permissions=ALL),
        organization=books.organization,
        oversight=False,
        opened_at=clock.now(),
        mode=books.organization.mode,
    )
    with books.acting():
        return stage(
            opening=opening, operation_name="contacts_create", parameters={}, payload={"name": "Ann"} | payload
        )
