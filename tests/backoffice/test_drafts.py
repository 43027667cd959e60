"""The review queue in the back office: staged, looked at, edited, approved by somebody else, rejected with a reason."""

import json

import pytest

from ledger.journal.models import Transaction
from organizations.drafts.models import Draft
from organizations.members.joining import add_member
from organizations.users.models import User
from tests.backoffice.desks import Person, address
from tests.cast import Books


@pytest.fixture
def alice(cast):
    return Person(cast.alice, cast.alices)


@pytest.fixture
def clerk(cast):
    """A member who keeps the books and approves nothing."""
    who = {"actor": cast.alices.actor, "organization_id": cast.alices.organization.pk}
    with cast.alices.acting():
        add_member(**who, email="clerk@example.com", role="accountant")
    return Person(User.objects.get(email="clerk@example.com"), cast.alices)


def staged_by(person, books: Books, **payload) -> Draft:
    """Stage a posting as a person does."""
    sent = books.sale("12.00", description="Desk lamp") | payload
    seen = person.post(
        address(Draft, "add"), operation="transactions_create", parameters="", payload=json.dumps(sent), note="Ann's"
    )
    assert seen.status == 302, seen.said
    with books.acting():
        return Draft.objects.of(books.organization).latest("id")


def test_the_queue_shows_what_would_be_done_and_does_it(cast, alice, clerk):
    books = cast.alices
    draft = staged_by(clerk, books)
    where = address(Draft, "change", draft.pk)
    page = clerk.get(where)
    assert "Desk lamp" in page and "clerk@example.com" in page and "Approve" not in page
    assert clerk.post(address(Draft, "approve", draft.pk)).status == 403
    with books.acting():
        assert Draft.objects.of(books.organization).get(pk=draft.pk).status == "pending"
    assert "transactions_create" in alice.get(address(Draft))
    assert "Approve" in alice.get(where)
    assert "It is done." in alice.follow(alice.post(address(Draft, "approve", draft.pk)))
    assert "approved" in alice.get(where)
    with books.acting():
        assert Transaction.objects.of(books.organization).get().description == "Desk lamp"
    assert "draft.approved" in alice.get(address(Draft, "history", draft.pk))
    assert "It is done." not in alice.follow(alice.post(address(Draft, "approve", draft.pk)))
    with books.acting():
        assert Transaction.objects.of(books.organization).count() == 1


def test_a_draft_is_mended_by_its_author_and_looked_at_again(cast, alice, clerk):
    draft = staged_by(clerk, cast.alices, entries=[])
    where, edit = address(Draft, "change", draft.pk), address(Draft, "edit", draft.pk)
    assert "error" in clerk.get(where)
    refused = clerk.post(edit, parameters="", payload="{", note="")
    assert refused.status == 200 and "JSON" in refused.said
    clerk.follow(clerk.post(edit, parameters="", payload=json.dumps(cast.alices.sale("3.00")), note="Right now"))
    assert "Right now" in clerk.get(where)
    assert "It was tried again." in clerk.follow(clerk.post(address(Draft, "validate", draft.pk)))
    assert alice.post(edit, parameters="", payload="{}", note="").status != 302


def test_a_draft_is_rejected_with_its_reason(cast, alice, clerk):
    draft = staged_by(clerk, cast.alices)
    reject = address(Draft, "reject", draft.pk)
    assert "required" in alice.post(reject, reason="").said
    alice.follow(alice.post(reject, reason="Paid in May already"))
    page = alice.get(address(Draft, "change", draft.pk))
    assert "Paid in May already" in page and "Approve" not in page
