"""Deletion over HTTP and by itself: asked for by name, called off, done when it is due, certified."""

import datetime
import hashlib
import io

import pytest
from django.core.management import call_command

from ledger.attachments import storing
from ledger.deletions.models import DeletionCertificate
from ledger.deletions.performing import delete_organization
from ledger.deletions.tasks import delete_due_organizations
from organizations import clock, scoping
from organizations.errors import Refusal
from organizations.members.joining import add_member
from organizations.tenants.models import Organization
from organizations.wire.database_rules import refusal_of
from tests.backoffice.desks import Person, address
from tests.cast import Api, Books, api_of, open_books, open_child
from tests.ledger.attachments.conftest import kept as kept
from tests.ledger.attachments.uploads import attach
from tests.ledger.proof.books import seal_everything

CERTIFICATES = "//deletion-certificates"


@pytest.fixture
def firm(committed_db, kept) -> Books:
    return open_books("Firm LLP")


@pytest.fixture
def client(firm) -> Books:
    return open_child(firm, "Client Ltd", relationship="linked")


def ask(books: Books, **more):
    return books.api.post("/deletion", {"confirm_name": books.organization.name, **more})


def make_due(superuser, books: Books) -> None:
    """Only who rules the server moves the day on which it was asked for."""
    query = "update ledger_deletion set created_at = now() - interval '31 days' where organization_id = %s"
    superuser.execute(query, [books.organization.pk])


def test_asked_for_called_off_and_asked_for_again(client):
    assert client.api.get("/deletion").error["code"] == "deletion_not_requested"
    for wrong in ({}, {"confirm_name": ""}, {"confirm_name": "client ltd"}, {"confirm_name": 5}):
        assert client.api.post("/deletion", wrong).status == 400
    asked = ask(client, reason="Moved away")
    assert (asked.status, asked["object"], asked["reason"]) == (201, "deletion", "Moved away"), asked.body
    days = datetime.datetime.fromisoformat(asked["due_at"]) - datetime.datetime.fromisoformat(asked["requested_at"])
    assert days == datetime.timedelta(days=30) and asked["requested_by"]["api_key_id"].startswith("KEY_")
    assert client.api.get("/deletion").body == asked.body and client.api.get()["status"] == "archived"
    assert client.api.post("/transactions", client.sale()).error["code"] == "organization_archived"
    assert ask(client).error["code"] == "deletion_requested"
    assert client.api.put("", {"status": "active"}).error["code"] == "deletion_pending"
    assert client.api.delete("/deletion").status == 204
    assert client.api.delete("/deletion").error["code"] == "deletion_not_requested"
    assert client.api.get()["status"] == "archived" and client.api.put("", {"status": "active"}).status == 200
    assert ask(client).status == 201
    types = {event["event_type"] for event in client.api.get("/events?limit=100").data}
    assert {"organization.deletion_requested", "organization.deletion_cancelled"} <= types


def test_who_may_not(firm, client):
    assert ask(firm).error["code"] == "organization_has_children"  # it pays for them, too
    assert ask(firm).error["details"] == {"children": 1}
    usual = ["read", "write"]  # what a key may do unless its maker says otherwise
    others = {"organizations": ["read", "write", "delete"]}
    for permissions in (["read"], usual, {"*": usual}, others, {"deletion": ["read"]}):
        narrow = client.key_for(permissions)
        assert narrow.post("/deletion", {"confirm_name": "Client Ltd"}).status == 403
    named = client.key_for({"deletion": ["write"]})
    assert named.post("/deletion?dry_run=true", {"confirm_name": "Client Ltd"}).status == 201
    assert Api(firm.key, client.api.base).post("/deletion", {"confirm_name": "Client Ltd"}).status == 404  # linked
    with client.acting():
        who = {"actor": client.actor, "organization_id": client.organization.pk}
        for role, status in (("admin", 403), ("accountant", 403), ("owner", 201)):
            person = add_member(**who, email=f"{role}@example.com", role=role).user
            speaking = api_of(person, client.api.base)
            assert speaking.post("/deletion", {"confirm_name": "Client Ltd"}).status == status
    assert Api().get(CERTIFICATES).status == 401


def test_due_it_goes_as_a_whole_with_a_certificate(firm, client, superuser_connection, kept):
    sale = client.api.post("/transactions", client.sale("5.00"))["id"]
    assert attach(client.api, sale).status == 201
    firm.api.post("/transactions", firm.sale("7.00"))
    seal_everything(client)
    head = client.api.get("/proof")["head"]["hash"]
    assert ask(client, reason="Moved away").status == 201
    assert delete_due_organizations() == 0 and len(kept()) == 1
    before = scoping.every_organization()
    make_due(superuser_connection, client)
    assert delete_due_organizations() == 1
    assert scoping.every_organization() == [number for number in before if number != client.organization.pk]
    assert client.api.get().status == 401 and Api(firm.key, client.api.base).get().status == 404
    assert kept() == []  # files as well
    (found,) = firm.api.get(CERTIFICATES).data
    assert (found["organization_id"], found["organization_name"]) == (client.organization.public_id, "Client Ltd")
    assert (found["head"], found["reason"]) == (head, "Moved away")
    assert found["counts"]["ledger_entry"] == 2 and found["counts"]["ledger_checkpoint"] >= 1
    assert hashlib.sha256(found["statement"].encode()).hexdigest() == found["sha256"]
    assert '"ledger_entry": 2' in found["statement"]
    assert delete_due_organizations() == 0 and delete_organization(client.organization.pk) is None
    event = firm.api.get("/events?filters[event_type]=organization.deleted").data
    told = [(each["event_type"], each["entity_id"]) for each in event]
    assert told == [("organization.deleted", client.organization.public_id)]
    call_command("doctor", stdout=io.StringIO())
    call_command("verify_ledger", stdout=io.StringIO())
    # Nobody else hears of it, but who runs the installation.
    stranger = open_books("Stranger", email="stranger@example.com")
    assert stranger.api.get(CERTIFICATES).data == []
    assert api_of(stranger.owner).get(CERTIFICATES).data == []
    stranger.owner.is_superuser = True
    stranger.owner.save(update_fields=["is_superuser"])
    assert len(api_of(stranger.owner).get(CERTIFICATES).data) == 1
    assert len(api_of(firm.owner).get(CERTIFICATES).data) == 1


def test_the_database_looks_for_itself(firm, client, superuser_connection, monkeypatch):
    """A clock of ours that is wrong deletes nothing, and one that cannot go does not keep the others."""
    other = open_child(firm, "Other Ltd")
    for books in (client, other):
        assert ask(books).status == 201
    late = clock.now() + datetime.timedelta(days=400)
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: late)
        assert delete_due_organizations() == 0
    make_due(superuser_connection, client)
    make_due(superuser_connection, other)
    query = "update organizations_organization set status = 'active' where id = %s"
    superuser_connection.execute("alter table organizations_organization disable trigger organization_stays_archived")
    superuser_connection.execute(query, [client.organization.pk])
    assert delete_due_organizations() == 1
    assert {client.organization.pk, firm.organization.pk} == set(scoping.every_organization())
    with pytest.raises(Exception, match="is not due") as problem:
        delete_organization(client.organization.pk)
    refusal = refusal_of(problem.value)
    assert isinstance(refusal, Refusal) and refusal.code == "deletion_not_due"


def test_files_of_those_gone_are_looked_for_again(firm, client, superuser_connection, kept, monkeypatch):
    """A crash after the deletion leaves files; the next day's run finds them."""
    sale = client.api.post("/transactions", client.sale("5.00"))["id"]
    assert attach(client.api, sale).status == 201 and ask(client).status == 201
    make_due(superuser_connection, client)
    with monkeypatch.context() as patch:
        patch.setattr(storing, "discard_all", lambda number: 0)
        assert delete_due_organizations() == 1 and len(kept()) == 1
    assert delete_due_organizations() == 0 and kept() == []


def test_the_page_of_the_back_office(firm, client, superuser_connection):
    owner, number = Person(firm.owner), firm.organization.pk
    assert "Deletion" in owner.get(address(Organization, "change", number))
    page = "/admin/deletion/"
    assert "letter by letter" in owner.get(page)
    assert "Other organizations stand below" in owner.post(page, confirm_name="Firm LLP")
    assert ask(client).status == 201
    make_due(superuser_connection, client)
    assert delete_due_organizations() == 1
    with scoping.acting_in(number):
        scoping.bind(superuser="on")
        certificate = DeletionCertificate.objects.get()
    assert certificate.digest in owner.get(page) and str(certificate) == "Client Ltd"
    wrong = owner.post(page, confirm_name="firm llp")
    assert "not the organization" in wrong
    shown = owner.follow(owner.post(page, confirm_name="Firm LLP", reason="Enough"))
    assert "Until then" in shown and "Keep the organization" in shown and "Enough" in shown
    back = owner.follow(owner.post(page))
    assert "It is not deleted" in back and "archived" in back
