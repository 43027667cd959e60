"""Webhooks over HTTP and on the wire: signed, in order, at least once, and never inside the house."""

import datetime
import random
import threading
import time

import pytest

from organizations import clock
from organizations.events import recording
from organizations.webhooks import delivering
from organizations.webhooks.delivering import claim, deliver, fan_out, note
from organizations.webhooks.errors import DeliveryWaiting, WebhookDisabled
from organizations.webhooks.models import Delivery
from organizations.webhooks.tasks import deliver_webhooks, forget_old_deliveries
from tests.cast import Api, Books, open_books
from tests.ledger.proof.books import wait_until_settled
from tests.organizations.webhooks.receiving import Receiver


@pytest.fixture
def books(committed_db, settings) -> Books:
    settings.OUTGOING_ALLOWED_HOSTS = ["127.0.0.1"]
    return open_books("Listening Ltd")


@pytest.fixture
def receiver():
    with Receiver() as found:
        yield found


def subscribe(books: Books, receiver: Receiver, **more) -> dict:
    made = books.api.post("/webhooks", {"url": receiver.url, "events": ["contact.*"]} | more)
    assert made.status == 201, made.body
    return made.body


def contact(books: Books, name: str) -> str:
    return books.api.post("/contacts", {"name": name})["id"]


def run(books: Books) -> int:
    wait_until_settled()  # transactions of other tests count, too
    return deliver([books.organization.pk])


def deliveries(books: Books, hook: dict) -> list[dict]:
    return books.api.get(f"/webhooks/{hook['id']}/deliveries").data


def test_an_event_arrives_signed_and_is_written_down(books, receiver):
    hook = subscribe(books, receiver, description="Ours")
    assert hook["secret"].startswith("whsec_") and "secret" not in books.api.get(f"/webhooks/{hook['id']}").body
    made = contact(books, "Carla")
    wait_until_settled()
    assert deliver_webhooks() == 1
    (message,) = receiver.heard
    assert message.is_signed_by(hook["secret"])
    assert (message.data["type"], message.data["data"]["entity_id"]) == ("contact.created", made)
    assert message.data["data"]["after_state"]["name"] == "Carla"
    (row,) = deliveries(books, hook)
    assert (row["status"], row["response_status"], row["response_excerpt"], row["attempts"]) == (
        "delivered",
        200,
        "heard",
        1,
    )
    assert message.headers["webhook-id"] == row["id"]
    assert run(books) == 0 and len(receiver.heard) == 1
    again = books.api.post(f"/webhooks/{hook['id']}/deliveries/{row['id']}/resend")
    assert (again.status, again["status"]) == (200, "queued")
    waiting = books.api.post(f"/webhooks/{hook['id']}/deliveries/{row['id']}/resend")
    assert waiting.error["code"] == DeliveryWaiting.code
    assert run(books) == 1 and receiver.heard[1].headers["webhook-id"] == row["id"]
    assert books.api.get(f"/events?entity_id={hook['id']}").data[0]["event_type"] == "webhook.resent"


def test_a_replay_does_not_show_the_secret_again(books, receiver):
    wish = {"url": receiver.url, "events": ["*"]}
    first, again = (books.api.post("/webhooks", wish, idempotency_key="once") for _ in range(2))
    assert first["secret"].startswith("whsec_") and again.headers["Idempotent-Replayed"] == "true"
    assert "secret" not in again.body and again["id"] == first["id"]


def test_two_signatures_while_a_secret_is_rotated(books, receiver, monkeypatch):
    hook = subscribe(books, receiver)
    rotated = books.api.post(f"/webhooks/{hook['id']}/rotate-secret", {"overlap_seconds": 3600}).body
    contact(books, "Carla")
    run(books)
    assert receiver.heard[0].is_signed_by(hook["secret"]) and receiver.heard[0].is_signed_by(rotated["secret"])
    later = clock.now() + datetime.timedelta(hours=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    books.api.post(f"/webhooks/{hook['id']}/test")
    run(books)
    assert receiver.heard[1].data["type"] == "webhook.tested"
    kinds = [one["event_type"] for one in books.api.get(f"/events?entity_id={hook['id']}").data]
    assert kinds == ["webhook.tested", "webhook.rotated", "webhook.created"]
    assert not receiver.heard[1].is_signed_by(hook["secret"]) and receiver.heard[1].is_signed_by(rotated["secret"])


def test_a_rotation_warns_of_what_nobody_read(books, receiver):
    hook = subscribe(books, receiver)
    rotated = books.api.post(f"/webhooks/{hook['id']}/rotate-secret", {"overlap_second": 0}).body
    assert [(one["code"], one["field"]) for one in rotated["warnings"]] == [("unknown_field", "overlap_second")]
    assert "did you mean overlap_seconds?" in rotated["warnings"][0]["message"]


def test_every_secret_signs_until_the_end_that_it_was_given(books, receiver, monkeypatch):
    moment = [clock.now() + datetime.timedelta(minutes=1)]  # after that of the database, by which deliveries are due
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    hook = subscribe(books, receiver)

    def rotate(**body) -> dict:
        done = books.api.post(f"/webhooks/{hook['id']}/rotate-secret", body)
        assert done.status == 200, done.body
        return done.body

    def signing() -> list[bool]:
        books.api.post(f"/webhooks/{hook['id']}/test")
        run(books)
        return [receiver.heard[-1].is_signed_by(each["secret"]) for each in secrets]

    secrets = [hook, rotate(overlap_seconds=7200), rotate(overlap_seconds=3600)]
    assert secrets[2]["overlap_until"] == secrets[1]["overlap_until"]  # the last end of any
    assert signing() == [True, True, True]
    moment[0] += datetime.timedelta(seconds=3601)
    assert signing() == [True, False, True]
    moment[0] += datetime.timedelta(seconds=3600)
    assert signing() == [False, False, True]
    secrets += [rotate(), rotate(overlap_seconds=0)]
    assert secrets[4]["overlap_until"] is None and signing() == [False, False, False, False, True]
    for _ in range(5):
        rotate()
    refused = books.api.post(f"/webhooks/{hook['id']}/rotate-secret", {})
    assert (refused.status, list(refused.error["details"]["fields"])) == (400, ["overlap_seconds"])
    assert rotate(overlap_second=0, overlap_seconds=0)["warnings"][0]["field"] == "overlap_second"


def test_a_delivery_is_sent_again_to_its_own_webhook_alone(books, receiver):
    one, other = subscribe(books, receiver), subscribe(books, receiver)
    contact(books, "Carla")
    run(books)
    (delivery,) = deliveries(books, other)
    assert books.api.post(f"/webhooks/{one['id']}/deliveries/{delivery['id']}/resend").status == 404
    assert books.api.post(f"/webhooks/{other['id']}/deliveries/{delivery['id']}/resend").status == 200


def test_other_events_are_told_from_when_they_were_chosen(books, receiver):
    hook = subscribe(books, receiver, events=["tax.*"])
    contact(books, "Too early")
    assert run(books) == 0  # nothing that it wants: how far that is true is not written down
    books.api.post("/taxes", {"name": "VAT", "rate": "20"})
    assert books.api.put(f"/webhooks/{hook['id']}", {"events": ["contact.*"]}).status == 200
    contact(books, "Carla")
    books.api.post("/taxes", {"name": "GST", "rate": "10"})
    run(books)
    told = [(one.data["type"], one.data["data"]["after_state"]["name"]) for one in receiver.heard]
    assert sorted(told) == [("contact.created", "Carla"), ("tax.created", "VAT")]


def test_what_is_not_settled_when_events_are_chosen_may_come(books, receiver):
    hook = subscribe(books, receiver, events=["tax.*"])
    begun, go_on = threading.Event(), threading.Event()

    def late() -> None:
        from django.db import connection

        with books.acting(), connection.cursor() as cursor:
            cursor.execute("select pg_current_xact_id()")
            begun.set()
            go_on.wait(10)
            contact(books, "Late")
        connection.close()

    writer = threading.Thread(target=late)
    writer.start()
    begun.wait(10)
    books.api.post("/taxes", {"name": "VAT", "rate": "20"})
    assert books.api.put(f"/webhooks/{hook['id']}", {"events": ["contact.*"]}).status == 200
    go_on.set()
    writer.join(10)
    run(books)
    assert sorted(one.data["type"] for one in receiver.heard) == ["contact.created", "tax.created"]


def test_the_names_of_events_stand_where_a_webhook_is_made(books):
    wrong = books.api.post("/webhooks", {"url": "https://example.com/", "events": ["invoice.issue", "invoices.*", "x"]})
    said = {name: problems[0] for name, problems in wrong.error["details"]["fields"].items()}
    assert "Did you mean invoice.issued?" in said["events[0]"] and "Did you mean invoice.*?" in said["events[1]"]
    assert "mean" not in said["events[2]"]
    shapes = books.api.get("//openapi.json")["components"]["schemas"]
    described = shapes["NewWebhookRequest"]["properties"]["events"]["description"]
    assert all(f"`{name}`" in described for name in recording.EVENT_TYPES)


def test_each_hears_what_it_wants_from_when_it_was_made(books, receiver):
    contact(books, "Too early")
    wait_until_settled()  # what is not settled yet when a webhook is made may come, too: rather that than miss one
    with Receiver() as other:
        subscribe(books, receiver, events=["contact.updated", "tax.*"])
        everything = subscribe(books, other, events=["*"])
        carla = contact(books, "Carla")
        books.api.put(f"/contacts/{carla}", {"city": "Rome"})
        books.api.post("/taxes", {"name": "VAT", "rate": "20"})
        run(books)
        assert [one.data["type"] for one in receiver.heard] == ["contact.updated", "tax.created"]
        told = {one.data["type"] for one in other.heard}
        assert {"contact.created", "contact.updated", "tax.created", "webhook.created"} <= told
        assert "Too early" not in str([one.data for one in other.heard])
    wrong = books.api.post("/webhooks", {"url": "https://example.com/", "events": ["invoice.sung"]})
    assert list(wrong.error["details"]["fields"]) == ["events[0]"]
    assert books.api.put(f"/webhooks/{everything['id']}", {"description": "All"})["description"] == "All"
    assert books.api.delete(f"/webhooks/{everything['id']}").status == 204
    kinds = [one["event_type"] for one in books.api.get(f"/events?entity_id={everything['id']}").data]
    assert kinds == ["webhook.deleted", "webhook.updated", "webhook.created"]


def test_a_receiver_that_fails_answers_slowly_and_hears_twice_gets_all_in_order(books, monkeypatch):
    chance = random.Random(4)
    monkeypatch.setattr(delivering, "PAUSES", (0.01,))

    def moody(message) -> int:
        time.sleep(chance.choice((0, 0, 0.02)))
        return chance.choice((200, 200, 500, 429))

    with Receiver(moody) as receiver:
        hook = subscribe(books, receiver)
        several = [contact(books, f"Contact {number}") for number in range(3)]
        for turn in range(5):
            for each in several:
                books.api.put(f"/contacts/{each}", {"city": f"City {turn}"})
        wait_until_settled()
        deadline = time.monotonic() + 30
        while any(one["status"] == "queued" for one in deliveries(books, hook)) or not receiver.heard:
            assert time.monotonic() < deadline
            deliver([books.organization.pk], seconds=1)
        assert all(message.is_signed_by(hook["secret"]) for message in receiver.heard)
        for each in several:
            seqs = [one.data["data"]["seq"] for one in receiver.heard if one.data["data"]["entity_id"] == each]
            assert seqs == sorted(seqs) and len(set(seqs)) == 6


def test_one_slow_address_holds_up_nobody(books, receiver):
    lazy = threading.Event()
    with Receiver(lambda message: 200 if lazy.wait(20) else 500) as slow:
        subscribe(books, slow)
        subscribe(books, receiver)
        for number in range(5):
            contact(books, f"Contact {number}")
        turn = threading.Thread(target=run, args=(books,))
        turn.start()
        wait_until_settled()
        deadline = time.monotonic() + 10
        while len(receiver.heard) < 5:
            assert time.monotonic() < deadline, "The quick one waits for the slow one."
            time.sleep(0.02)
        lazy.set()
        turn.join(20)
        assert len(slow.heard) == 5


def test_what_nobody_takes_for_three_days_disables_the_webhook(books, monkeypatch):
    moment = [clock.now()]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    with Receiver(lambda message: 503) as receiver:
        hook = subscribe(books, receiver)
        contact(books, "Carla")
        contact(books, "Dora")
        for _ in range(60):
            run(books)
            moment[0] += datetime.timedelta(hours=2)
        now = books.api.get(f"/webhooks/{hook['id']}").body
        assert now["status"] == "disabled" and now["disabled_reason"].startswith("Three days without success")
        assert 10 < len(receiver.heard) < 60
        kinds = [one["event_type"] for one in books.api.get(f"/events?entity_id={hook['id']}").data]
        assert kinds == ["webhook.disabled", "webhook.created"]
        assert books.api.post(f"/webhooks/{hook['id']}/test").error["code"] == WebhookDisabled.code
        receiver.answer = lambda message: 200
        assert books.api.put(f"/webhooks/{hook['id']}", {"status": "enabled"})["status"] == "enabled"
        assert run(books) == 1  # what still waited; the one that was given up can be sent again
        moment[0] += datetime.timedelta(days=40)
        assert forget_old_deliveries() == 2 and deliveries(books, hook) == []


def test_who_may_not_read_events_makes_no_webhook(books, receiver):
    made = books.api.post("/api-keys", {"name": "Half", "permissions": {"webhooks": ["read", "write"]}})
    assert made.status == 201, made.body
    half = Api(made["key"], books.api.base)
    assert half.post("/webhooks", {"url": receiver.url}).status == 403
    hook = subscribe(books, receiver)
    assert half.put(f"/webhooks/{hook['id']}", {"events": ["*"]}).status == 403
    assert half.get(f"/webhooks/{hook['id']}").status == 200


def test_gone_is_gone(books):
    with Receiver(lambda message: 410) as receiver:
        hook = subscribe(books, receiver)
        contact(books, "Carla")
        run(books)
        assert books.api.get(f"/webhooks/{hook['id']}")["disabled_reason"] == "It answered 410 Gone."


def test_a_redirect_is_not_followed(books, receiver):
    with Receiver(lambda message: 307, location=receiver.url) as first:
        hook = subscribe(books, first)
        contact(books, "Carla")
        run(books)
        assert receiver.heard == [] and deliveries(books, hook)[0]["last_error"] == "The answer was 307."


def test_a_worker_that_dies_in_between_sends_it_again_under_the_same_id(books, receiver, monkeypatch):
    hook = subscribe(books, receiver)
    contact(books, "Carla")
    number = books.organization.pk
    wait_until_settled()
    (webhook,) = fan_out(number)
    errand = claim(number, webhook)
    outcome = delivering.carry_out(errand)  # and then it died
    assert run(books) == 0
    later = clock.now() + datetime.timedelta(minutes=3)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert run(books) == 1
    assert [one.headers["webhook-id"] for one in receiver.heard] == [deliveries(books, hook)[0]["id"]] * 2
    note(errand, outcome)  # it comes back to life: its claim ran out
    assert deliveries(books, hook)[0]["attempts"] == 2


def test_two_workers_deliver_nothing_twice(books, receiver):
    subscribe(books, receiver)
    for number in range(12):
        contact(books, f"Contact {number}")
    wait_until_settled()
    turns = [threading.Thread(target=run, args=(books,)) for _ in range(4)]
    for turn in turns:
        turn.start()
    for turn in turns:
        turn.join(30)
    heard = [one.headers["webhook-id"] for one in receiver.heard]
    assert len(heard) == len(set(heard)) == 12
    with books.acting():
        assert Delivery.objects.of(books.organization).count() == 12


def test_the_feed_misses_nothing_that_commits_late(books):
    organization = books.organization.pk
    wait_until_settled()
    seqs, after = [], 0
    while True:
        page = books.api.get(f"/events?after={after}&limit=2").body
        seqs += [one["seq"] for one in page["data"]]
        after = seqs[-1]
        if not page["has_more"]:
            break
    assert len(seqs) == len(set(seqs)) == len(books.api.get("/events?limit=100").data)
    begun, go_on = threading.Event(), threading.Event()

    def late() -> None:
        from django.db import connection

        with books.acting(), connection.cursor() as cursor:
            cursor.execute("update organizations_organization set name = name where id = %s", [organization])
            begun.set()
            go_on.wait(10)
            contact(books, "Late")
        connection.close()

    writer = threading.Thread(target=late)
    writer.start()
    begun.wait(10)
    contact(books, "Early")
    early = [one["seq"] for one in books.api.get(f"/events?after={after}").data]
    go_on.set()
    writer.join(10)
    wait_until_settled()
    told = early + [one["seq"] for one in books.api.get(f"/events?after={(early or [after])[-1]}").data]
    assert len(told) == len(set(told)) == 2
    for asked, field in (("after=999999999", "after"), (f"after={after}&sort=seq", "sort")):
        assert list(books.api.get(f"/events?{asked}").error["details"]["fields"]) == [field]
