"""The review queue in the back office: staged, looked at, edited, approved by somebody else, rejected with a reason."""

import json
import re

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


def version_on(page) -> str:
    """The version of the draft that a page shows, as its buttons send it."""
    return re.search(r'name="version" value="(\w+)"', page.text)[1]


def approve(person, draft: Draft, **fields):
    """Approve a draft as its page shows it now."""
    shown = version_on(person.get(address(Draft, "change", draft.pk)))
    return person.post(address(Draft, "approve", draft.pk), **({"version": shown} | fields))


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
    shown = version_on(alice.get(where))
    assert "It is done." in alice.follow(alice.post(address(Draft, "approve", draft.pk), version=shown))
    assert "approved" in alice.get(where)
    with books.acting():
        assert Transaction.objects.of(books.organization).get().description == "Desk lamp"
    assert "draft.approved" in alice.get(address(Draft, "history", draft.pk))
    assert "It is done." not in alice.follow(alice.post(address(Draft, "approve", draft.pk), version=shown))
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
    link = re.search(rf'href="({reject}[^"]*)"', alice.get(address(Draft, "change", draft.pk)).text)[1]
    alice.follow(alice.post(reject, reason="Paid in May already", version=version_on(alice.get(link))))
    page = alice.get(address(Draft, "change", draft.pk))
    assert "Paid in May already" in page and "Approve" not in page


def test_nobody_decides_on_what_they_did_not_see(cast, alice, clerk):
    books = cast.alices
    draft = staged_by(clerk, books)
    where = address(Draft, "change", draft.pk)
    shown = version_on(alice.get(where))
    larger = json.dumps(books.sale("99999.00", description="Desk lamp"))
    assert clerk.post(address(Draft, "edit", draft.pk), parameters="", payload=larger, note="").status == 302
    for sent in ({"version": shown}, {}):
        page = alice.follow(alice.post(address(Draft, "approve", draft.pk), **sent))
        assert "It was changed meanwhile; look again" in page and "99999.00" in page
        page = alice.post(address(Draft, "reject", draft.pk), reason="Too much", **sent)
        assert page.status == 200 and "It was changed meanwhile; look again" in page
    with books.acting():
        assert not Transaction.objects.of(books.organization).exists()
        assert Draft.objects.of(books.organization).get(pk=draft.pk).status == "pending"
    assert "It is done." in alice.follow(approve(alice, draft))


def test_a_change_of_what_was_changed_meanwhile_is_looked_at_again(cast, alice, clerk):
    books = cast.alices
    saved = books.api.post("/transactions", books.sale("5.00", auto_post=False))["id"]
    entries = books.sale("6.00")["entries"]
    clerk.post(
        address(Draft, "add"),
        operation="transactions_update",
        parameters=f"transaction_id={saved}",
        payload=json.dumps({"entries": entries}),
        note="",
    )
    with books.acting():
        draft = Draft.objects.of(books.organization).latest("id")
    assert books.api.put(f"/transactions/{saved}", {"entries": books.sale("500.00")["entries"]}).status == 200
    assert "was changed meanwhile; validate" in alice.follow(approve(alice, draft))
    page = alice.follow(alice.post(address(Draft, "validate", draft.pk)))
    assert "500.00" in page
    assert "It is done." in alice.follow(approve(alice, draft))
    assert books.api.get(f"/transactions/{saved}")["amount"] == 6


def test_who_decides_reads_names_beside_ids(cast, alice, clerk):
    draft = staged_by(clerk, cast.alices)
    page = alice.get(address(Draft, "change", draft.pk))
    cash = cast.alices.account("1001")
    assert f"account_id: {cash} (1001 Cash - Operating)" in page and '"account_id"' not in page


def test_of_a_long_batch_it_is_said_that_it_is_too_long_and_what_fails(cast, alice, clerk):
    books = cast.alices
    batch = {"transactions": [books.sale(f"{number + 1}.00") for number in range(300)]}
    batch["transactions"][7]["entries"][0]["amount"] = "0.50"
    clerk.post(
        address(Draft, "add"), operation="transactions_batch_create", parameters="", payload=json.dumps(batch), note=""
    )
    with books.acting():
        draft = Draft.objects.of(books.organization).latest("id")
    page = alice.get(address(Draft, "change", draft.pk))
    assert "results It is too long to be shown here." in page and "succeeded: 299" in page
    assert "1 of 300 items fails. Item 7: Transaction debits and credits do not balance." in page
    assert "as a deletion does" not in page
