"""Credits: given once, spent once for what was used, also by those somebody pays for, and told when few are left."""

import datetime
import threading
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from organizations import clock
from organizations.errors import Invalid
from organizations.letters.models import Letter
from organizations.metering.collecting import collect
from organizations.metering.crediting import LOW_BELOW, balance_of, give, spend_what_was_used
from organizations.notices.sending import send
from organizations.requests import spool
from tests.cast import Api, Books, open_books, open_child
from tests.ledger.proof.books import wait_until_settled

TODAY = datetime.datetime(2026, 5, 20, 12, tzinfo=datetime.UTC)


@pytest.fixture
def folder(settings, tmp_path):
    spool.close()
    settings.USAGE_SPOOL = str(tmp_path / "usage")
    yield tmp_path / "usage"
    spool.close()


def use(books: Books, times: int, monkeypatch, *, days_ago: int = 1) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: TODAY - datetime.timedelta(days=days_ago))
        for _ in range(times):
            spool.note(books.organization.pk, 1, "accounts_list", refused=False)
    collect()


def given(books: Books, credits: int, reference: str = "INV-1", **more):
    with books.acting():
        return give(actor=books.actor, organization=books.organization, credits=credits, reference=reference, **more)


def left(books: Books) -> int:
    with books.acting():
        return balance_of(books.organization.pk)


def test_what_was_used_is_spent_once_by_who_pays(db, folder, monkeypatch):
    firm, client = open_books("Firm"), None
    client = open_child(firm, "Client", relationship="linked")
    apart = open_child(firm, "Apart", relationship="linked")
    assert Api(firm.key, client.api.base).put("", {"billing_type": "shared"}).status == 200
    for path in folder.glob("*.usage"):
        path.write_bytes(b"")
    spool.close()
    given(firm, 1000)
    monkeypatch.setattr(clock, "now", lambda: TODAY)
    for books, times in ((firm, 3), (client, 4), (apart, 5)):
        use(books, times, monkeypatch)
    use(firm, 2, monkeypatch, days_ago=0)  # today is not over
    assert spend_what_was_used() == 2
    assert (left(firm), left(client), left(apart)) == (993, 0, -5)
    assert spend_what_was_used() == 0
    use(client, 6, monkeypatch)  # it comes late
    assert spend_what_was_used() == 1 and left(firm) == 987
    rows = firm.api.get("/credits").data
    assert [(row["kind"], row["credits"]) for row in rows] == [("spend", -6), ("spend", -7), ("grant", 1000)]
    assert rows[1]["reference"] == "usage:2026-05-19:7"
    assert firm.api.get("/billing")["credits_balance"] == 987 and client.api.get("/billing")["credits_balance"] is None
    assert Api(firm.key, client.api.base).put("", {"billing_type": "separate"}).status == 200
    (asked, other) = sorted(firm.api.get("/usage/invoices?period=2026-05")["invoices"], key=lambda row: row["credits"])
    assert asked["customer_organization_id"] == apart.organization.public_id and asked["organizations"] == 1
    assert asked["lines"] == [
        {"operation": "accounts_list", "requests": 5, "price": 1, "credits": 5, "amount": Decimal("0.05")}
    ]
    assert (other["customer_name"], other["credits"], other["amount"]) == ("Client", 10, Decimal("0.10"))
    assert client.api.get("/usage/invoices")["invoices"] == []
    types = {event["event_type"] for event in firm.api.get("/events?limit=100").data}
    assert {"credit_entry.granted", "credit_entry.spent"} <= types


def test_a_grant_happens_once(db):
    books = open_books("Shop")
    assert given(books, 50).pk == given(books, 50).pk and left(books) == 50
    given(books, -20, "INV-2", kind="adjust")
    assert left(books) == 30
    for credits, kind in ((0, "grant"), (-1, "grant"), (-1, "purchase"), (1, "spend"), (10**13, "grant")):
        with pytest.raises(Invalid):
            given(books, credits, "x", kind=kind)
    number = books.organization.public_id
    call_command("grant_credits", number, "5", reference="INV-3")
    call_command("grant_credits", number, "5", reference="INV-3")
    assert left(books) == 35
    for wrong in ("ORG_00000000000000ff", "nonsense"):
        with pytest.raises(CommandError):
            call_command("grant_credits", wrong, "5", reference="x")
    with pytest.raises(CommandError):
        call_command("grant_credits", number, "0", reference="x")


def test_eight_workers_spend_once(committed_db, folder, monkeypatch):
    books = open_books("Shop")
    given(books, 500)
    use(books, 40, monkeypatch)
    monkeypatch.setattr(clock, "now", lambda: TODAY)

    def work():
        try:
            spend_what_was_used()
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(8)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert left(books) == 460


def test_few_credits_are_told_once_by_letter(committed_db, folder, monkeypatch):
    books = open_books("Shop")
    (member,) = books.api.get("/members").data
    wish = {"delivery": "at_once", "kinds": ["low_credits"]}
    assert books.api.put(f"/members/{member['id']}/notifications", wish).status == 200
    given(books, LOW_BELOW + 5)
    use(books, 7, monkeypatch, days_ago=2)
    use(books, 1, monkeypatch)
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: TODAY)
        assert spend_what_was_used() == 2
    events = [event["event_type"] for event in books.api.get("/events?limit=100").data]
    assert events.count("credit_entry.low") == 1
    wait_until_settled()
    assert send(books.organization.pk) == 1
    with books.acting():
        (letter,) = Letter.objects.of(books.organization)
    assert "98 credits are left" in letter.body
