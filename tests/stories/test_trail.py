"""Every act leaves its event, in the order of the acts, with what was before and what came after."""

import pytest

from organizations.jobs import running
from tests.cast import open_books


@pytest.fixture
def books(db):
    return open_books("Trail Ltd", chart=None)


def trail(books, since=0) -> list[dict]:
    """The events from one on, oldest first."""
    return books.api.get("/events?sort=seq&limit=100").data[since:]


def told(books, act, *names) -> list[dict]:
    """Do something; it tells these events and no others."""
    before = len(trail(books))
    act()
    events = trail(books, before)
    assert [event["event_type"] for event in events] == list(names)
    return events


def test_the_organization_and_its_people(books):
    created = [event["event_type"] for event in trail(books)]
    assert created[0] == "organization.created" and "api_key.created" in created
    (changed,) = told(books, lambda: books.api.put("", {"name": "Trail & Sons"}), "organization.updated")
    assert (changed["before_state"]["name"], changed["after_state"]["name"]) == ("Trail Ltd", "Trail & Sons")
    assert "name" in changed["changes"] and changed["api_key_id"].startswith("KEY_")

    dora = {"email": "dora@example.com", "role": "viewer"}
    (added,) = told(books, lambda: books.api.post("/members", dora), "member.added")
    member = f"/members/{added['entity_id']}"
    (promoted,) = told(books, lambda: books.api.put(member, {"role": "admin"}), "member.role_changed")
    assert (promoted["before_state"]["role"], promoted["after_state"]["role"]) == ("viewer", "admin")
    told(books, lambda: books.api.delete(member), "member.removed")


def test_accounts(books):
    cash = {"code": "1001", "name": "Cash", "type": "asset"}
    (created,) = told(books, lambda: books.api.post("/accounts", cash), "account.created")
    account = f"/accounts/{created['entity_id']}"
    (renamed,) = told(books, lambda: books.api.put(account, {"name": "Till"}), "account.updated")
    assert (renamed["before_state"]["name"], renamed["after_state"]["name"]) == ("Cash", "Till")
    (deleted,) = told(books, lambda: books.api.delete(account), "account.deleted")
    assert deleted["before_state"]["name"] == "Till" and deleted["after_state"] is None


def test_transactions(db):
    books = open_books("Journal Ltd")
    draft = books.sale(auto_post=False)
    (created,) = told(books, lambda: books.api.post("/transactions", draft), "transaction.created")
    transaction = f"/transactions/{created['entity_id']}"
    told(books, lambda: books.api.put(transaction, {"description": "Sale at the till"}), "transaction.updated")
    told(books, lambda: books.api.post(f"{transaction}/post"), "transaction.posted")
    undo = {"reason": "Wrong till"}
    mirror, original = told(
        books, lambda: books.api.post(f"{transaction}/reverse", undo), "transaction.posted", "transaction.reversed"
    )
    assert original["entity_id"] == created["entity_id"] != mirror["entity_id"]
    assert original["changes"]["status"] == {"from": "posted", "to": "reversed"}

    (other,) = told(books, lambda: books.api.post("/transactions", draft), "transaction.created")
    (gone,) = told(books, lambda: books.api.delete(f"/transactions/{other['entity_id']}"), "transaction.deleted")
    assert gone["after_state"] is None


def test_jobs(books, monkeypatch):
    monkeypatch.setitem(running.kinds, "nothing", lambda actor, job, progress: {"done": True})

    def queue():
        with books.acting():
            job = running.queue(actor=books.actor, organization_id=books.organization.pk, kind="nothing", payload={})
        running.run(books.organization.pk, job.pk)

    queued, finished = told(books, queue, "job.queued", "job.finished")
    assert queued["entity_id"] == finished["entity_id"]


def test_a_refused_act_leaves_nothing(books):
    told(books, lambda: books.api.put("", {"name": ""}))
    told(books, lambda: books.api.post("/accounts", {"code": "1001", "name": "Cash", "type": "furniture"}))
