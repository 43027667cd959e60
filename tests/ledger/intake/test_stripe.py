"""Stripe's messages end in the books once, in whatever order they come; who is not Stripe is turned away."""

import time
from decimal import Decimal
from functools import partial

import pytest
from django.test import Client

from ledger.errors import EventBooked, EventUnbookable, MessageUnreadable
from organizations.requests.errors import SignatureInvalid
from tests.concurrency.together import together
from tests.ledger.intake import stripe_messages as stripe
from tests.ledger.trading import Trade, open_trade


@pytest.fixture
def trade(db) -> Trade:
    return connected(open_trade())


def connected(trade: Trade) -> Trade:
    answer = trade.api.put("/integrations/stripe", {"webhook_secret": stripe.SECRET})
    assert answer.status == 200, answer.body
    return trade


def send(trade: Trade, message: dict, *, status: int = 200, header: str | None = None, provider: str = "stripe"):
    body = stripe.written(message)
    path = f"/integrations/{provider}/{trade.books.organization.public_id}/webhook"
    header = stripe.signed(body) if header is None else header
    answer = Client().post(path, body, content_type="application/json", headers={"Stripe-Signature": header})
    assert answer.status_code == status, answer.content
    return answer.json()


def inbox(trade: Trade) -> list[dict]:
    return trade.api.get("/integrations/events?sort=received_at").data


def test_a_payment_that_names_an_invoice_pays_it_and_the_fee_is_split(trade):
    invoice = trade.invoice("120.00")
    item = stripe.payment(metadata={"invoice_id": invoice["id"]})
    assert send(trade, stripe.event("payment_intent.succeeded", item))["status"] == "booked"
    assert trade.again(invoice)["status"] == "paid"
    assert trade.balances() == {"1021": Decimal("116.22"), "5701": Decimal("3.78"), "4001": -120}
    (row,) = inbox(trade)
    assert (row["kind"], row["reference"], row["amount"]) == ("sale", "pi_1", 120)
    payment = trade.api.get(f"/payments/{row['payment_id']}").body
    assert (payment["payment_method"], payment["reference"], payment["payment_date"]) == (
        "stripe",
        "pi_1",
        "2026-01-09",
    )
    kinds = [one["event_type"] for one in trade.api.get(f"/events?entity_id={row['id']}").data]
    assert kinds == ["inbox_event.booked"]
    send(trade, stripe.event("payout.paid", stripe.payout(), "evt_2"))
    assert trade.balances() == {"1001": Decimal("116.22"), "5701": Decimal("3.78"), "4001": -120}


def test_what_names_no_invoice_is_revenue_refunded_disputed_and_won(trade):
    send(trade, stripe.event("payment_intent.succeeded", stripe.payment(fee=None)))
    send(trade, stripe.event("charge.refunded", stripe.charge(refunded=5_000), "evt_2"))
    send(trade, stripe.event("charge.refunded", stripe.charge(refunded=7_000), "evt_3"))
    assert trade.balances() == {"1021": 50, "4001": -50}
    move = {"amount": -5_000, "fee": 1_500, "currency": "usd"}
    dispute = {"id": "dp_1", "charge": "ch_1", "payment_intent": "pi_1", "balance_transactions": [move]}
    send(trade, stripe.event("charge.dispute.funds_withdrawn", dispute, "evt_4"))
    assert trade.balances() == {"1021": -15, "5701": 65, "4001": -50}
    dispute["balance_transactions"].append({"amount": 5_000, "fee": 0, "currency": "usd"})
    send(trade, stripe.event("charge.dispute.funds_reinstated", dispute, "evt_5"))
    assert trade.balances() == {"1021": 35, "5701": 15, "4001": -50}


def test_a_refund_before_its_payment_ends_right(trade):
    invoice = trade.invoice("120.00")
    assert send(trade, stripe.event("charge.refunded", stripe.charge(refunded=12_000), "evt_2"))["status"] == "waiting"
    item = stripe.payment(metadata={"invoice_id": invoice["id"]}, fee=None)
    send(trade, stripe.event("payment_intent.succeeded", item))
    assert [row["status"] for row in inbox(trade)] == ["booked", "booked"]
    assert trade.balances() == {"1101": 120, "4001": -120}
    assert trade.again(invoice)["amount_due"] == 120
    late = send(trade, stripe.event("charge.refunded", stripe.charge(refunded=5_000), "evt_3"))
    assert late["status"] == "ignored"  # an older one that came late: all of it was booked before


def test_what_cannot_be_booked_is_kept_and_booked_again_later(trade):
    draft = trade.invoice("120.00", issue=False)
    item = stripe.payment(metadata={"invoice_id": draft["id"]})
    assert send(trade, stripe.event("payment_intent.succeeded", item))["status"] == "failed"
    (row,) = inbox(trade)
    assert "no issued invoice" in row["reason"] and trade.balances() == {}
    assert row["error_code"] == EventUnbookable.code
    assert [one["event_type"] for one in trade.api.get(f"/events?entity_id={row['id']}").data] == ["inbox_event.failed"]
    trade.post(f"/invoices/{draft['id']}/issue", {}, 200)
    again = trade.post(f"/integrations/events/{row['id']}/replay", status=200)
    assert (again["status"], again["attempts"]) == ("booked", 2) and trade.again(draft)["status"] == "paid"
    refused = trade.api.post(f"/integrations/events/{row['id']}/replay")
    assert refused.error["code"] == EventBooked.code


def test_what_comes_while_an_organization_is_archived_is_kept_and_booked_once_it_is_restored(trade):
    trade.post("/archive", {}, 200)
    message = stripe.event("payment_intent.succeeded", stripe.payment())
    assert [send(trade, message)["status"] for _ in range(2)] == ["failed"] * 2
    assert send(trade, message, status=400, header="t=1,v1=00")["error"]["code"] == SignatureInvalid.code
    (row,) = inbox(trade)
    assert (row["error_code"], row["reason"]) == ("organization_archived", "The organization is archived.")
    replay = f"/integrations/events/{row['id']}/replay"
    assert trade.api.post(replay).error["code"] == "organization_archived"
    trade.post("/restore", {}, 200)
    assert trade.balances() == {} and trade.post(replay, status=200)["status"] == "booked"
    assert trade.balances() != {}


def test_other_messages_are_kept_and_shown(trade):
    assert send(trade, stripe.event("customer.created", {"id": "cus_1"}))["status"] == "ignored"
    assert send(trade, stripe.event("charge.succeeded", stripe.charge(), "evt_2"))["status"] == "ignored"
    assert [row["reason"] for row in inbox(trade)] == ["Nothing for the books.", "It is booked from another event."]
    euros = stripe.payment(currency="eur", fee=None)
    assert send(trade, stripe.event("payment_intent.succeeded", euros, "evt_3"))["status"] == "failed"


def test_who_is_not_stripe_is_turned_away(trade):
    message = stripe.event("payment_intent.succeeded", stripe.payment())
    body = stripe.written(message)
    for header in (
        "",
        "t=1,v1=00",
        stripe.signed(body, secret="whsec_other"),
        stripe.signed(body, moment=time.time() - 3_600),
        stripe.signed(body + b" "),
    ):
        assert send(trade, message, status=400, header=header)["error"]["code"] == SignatureInvalid.code
    unreadable = send(trade, {"id": "evt_9", "type": "payment_intent.succeeded", "data": {}}, status=400)
    assert unreadable["error"]["code"] == MessageUnreadable.code
    for odd in (stripe.payment(cents=True), stripe.payment(currency="xyz"), {"id": 1}, []):
        send(trade, {**stripe.event("payment_intent.succeeded", {}), "data": {"object": odd}}, status=400)
    assert inbox(trade) == [] and trade.balances() == {}
    assert send(trade, message, status=400, provider="square")["error"]["code"] == SignatureInvalid.code
    trade.api.put("/integrations/stripe", {"enabled": False})
    send(trade, message, status=400)
    nobody = Client().post("/integrations/stripe/ORG_00000000000000ff/webhook", b"{}", content_type="application/json")
    assert nobody.status_code == 400 and nobody.json()["error"]["code"] == SignatureInvalid.code


def test_a_connection_is_kept_and_its_secret_sealed(trade):
    fees = trade.books.account("5501")
    changed = trade.api.put("/integrations/stripe", {"fee_account_id": fees}).body
    assert changed["fee_account_id"] == fees and stripe.SECRET not in str(changed)
    with trade.books.acting():
        from ledger.intake.models import Connection

        assert stripe.SECRET.encode() not in bytes(Connection.objects.of(trade.books.organization).get().secret)
    wrong = trade.api.put("/integrations/stripe", {"fee_account_id": trade.books.account("1101")})
    assert list(wrong.error["details"]["fields"]) == ["fee_account_id"]
    assert list(trade.api.put("/integrations/square", {}).error["details"]["fields"]) == ["webhook_secret"]
    assert trade.api.put("/integrations/paypal", {"webhook_secret": "x"}).status == 404
    kinds = {one["event_type"] for one in trade.api.get(f"/events?entity_id={changed['id']}").data}
    assert kinds == {"integration.updated"}
    assert trade.api.delete("/integrations/stripe").status == 204
    assert trade.api.delete("/integrations/stripe").status == 404
    assert "integration.removed" in {
        one["event_type"] for one in trade.api.get(f"/events?entity_id={changed['id']}").data
    }


@pytest.mark.slow
def test_the_same_message_twenty_times_at_once_is_booked_once(committed_db):
    trade = connected(open_trade())
    invoice = trade.invoice("120.00")
    message = stripe.event("payment_intent.succeeded", stripe.payment(metadata={"invoice_id": invoice["id"]}))
    outcomes = together([partial(send, trade, message) for _ in range(20)], threads=16)
    assert {one["status"] for one in outcomes} == {"booked"}
    assert len(inbox(trade)) == 1 and trade.balances()["4001"] == -120
    assert len(trade.api.get(f"/invoices/{invoice['id']}/payments").data) == 1
