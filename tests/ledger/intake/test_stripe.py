"""Stripe's messages end in the books once, in whatever order they come; who is not Stripe is turned away."""

import time
from decimal import Decimal
from functools import partial

import pytest
from django.test import Client

from ledger.errors import EventBooked, EventUnbookable, MessageUnreadable
from ledger.intake.booking import Booker
from organizations.errors import Busy
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


def send(trade: Trade, message: dict | bytes, *, status: int = 200, header: str | None = None, provider="stripe"):
    body = message if isinstance(message, bytes) else stripe.written(message)
    path = f"/integrations/{provider}/{trade.books.organization.public_id}/webhook"
    header = stripe.signed(body) if header is None else header
    answer = Client().post(path, body, content_type="application/json", headers={"Stripe-Signature": header})
    assert answer.status_code == status, answer.content
    return answer.json()


def insist(trade: Trade, message: dict) -> dict:
    """Send as a provider does: again, where somebody was at work on the same for too long."""
    while True:
        try:
            return send(trade, message)
        except AssertionError as refused:
            if Busy.code not in str(refused):
                raise


def inbox(trade: Trade) -> list[dict]:
    return trade.api.get("/integrations/events?sort=received_at&limit=100").data


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
    send(trade, stripe.event("charge.dispute.funds_withdrawn", stripe.dispute(), "evt_4"))
    assert trade.balances() == {"1021": -15, "5701": 65, "4001": -50}
    send(trade, stripe.event("charge.dispute.funds_reinstated", stripe.dispute(won=True), "evt_5"))
    assert trade.balances() == {"1021": 35, "5701": 15, "4001": -50}


def test_what_two_messages_tell_is_booked_once(trade):
    invoice = trade.invoice("120.00")
    item = stripe.payment(metadata={"invoice_id": invoice["id"]}, fee=None)
    told = [
        ("payment_intent.succeeded", item),
        ("payment_intent.succeeded", stripe.payment("pi_2", 3_000, fee=None)),
        ("charge.dispute.funds_withdrawn", stripe.dispute("pi_2", 1_000)),
        ("payout.paid", stripe.payout(2_000)),
        ("payout.failed", stripe.payout(2_000)),
    ]
    for number, (kind, about) in enumerate(told):
        assert send(trade, stripe.event(kind, about, f"evt_a{number}"))["status"] == "booked"
    before = trade.balances()
    for number, (kind, about) in enumerate(told):
        assert send(trade, stripe.event(kind, about, f"evt_b{number}"))["status"] == "ignored"
    assert trade.balances() == before == {"1021": 125, "5701": 25, "4001": -150}
    assert len(trade.api.get(f"/invoices/{invoice['id']}/payments").data) == 1
    reasons = {row["event_id"]: row["reason"] for row in inbox(trade)}
    assert (reasons["evt_b0"], reasons["evt_b2"]) == ("It was booked from evt_a0.", "All of it was booked before.")
    other = stripe.event("payment_intent.succeeded", stripe.payment("pi_2", 4_000, fee=None), "evt_c")
    assert send(trade, other)["status"] == "failed"  # somebody has to look
    assert inbox(trade)[-1]["reason"].endswith("It was booked from evt_a1, with other amounts.")
    again = trade.post(f"/integrations/events/{inbox(trade)[5]['id']}/replay", status=200)
    assert again["status"] == "ignored" and trade.balances() == before


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (0, 2, 1, 3), (2, 3, 1, 0), (1, 3, 2, 0)])
def test_a_dispute_ends_right_in_whatever_order_it_is_told(trade, order):
    won = stripe.dispute(won=True)
    told = [
        stripe.event("payment_intent.succeeded", stripe.payment(fee=None), "evt_1"),
        stripe.event("charge.dispute.funds_withdrawn", stripe.dispute(), "evt_2"),
        stripe.event("charge.dispute.funds_reinstated", won, "evt_3"),
        stripe.event("charge.dispute.funds_withdrawn", stripe.dispute(cents=700, number="dp_2"), "evt_4"),
    ]
    for place in order:
        send(trade, told[place])
    assert trade.balances() == {"1021": 83, "5701": 37, "4001": -120}
    ignored = [row for row in inbox(trade) if row["status"] == "ignored"]
    for row in ignored:
        assert trade.post(f"/integrations/events/{row['id']}/replay", status=200)["status"] == "ignored"
    assert trade.balances() == {"1021": 83, "5701": 37, "4001": -120}


def test_a_dispute_that_came_to_nothing_stays_so(trade):
    send(trade, stripe.event("payment_intent.succeeded", stripe.payment(fee=None)))
    nothing = stripe.dispute(won=True, fee=0)
    assert send(trade, stripe.event("charge.dispute.funds_reinstated", nothing, "evt_2"))["status"] == "ignored"
    late = stripe.event("charge.dispute.funds_withdrawn", stripe.dispute(fee=0), "evt_3")
    assert send(trade, late)["status"] == "ignored"
    for row in inbox(trade)[1:]:
        assert trade.post(f"/integrations/events/{row['id']}/replay", status=200)["status"] == "ignored"
    assert trade.balances() == {"1021": 120, "4001": -120}


@pytest.mark.parametrize("failed_first", [False, True])
def test_a_payout_that_failed_moves_nothing_in_either_order(trade, failed_first):
    send(trade, stripe.event("payment_intent.succeeded", stripe.payment(fee=None)))
    told = [stripe.event(kind, stripe.payout(5_000), kind) for kind in ("payout.paid", "payout.failed")]
    first, second = reversed(told) if failed_first else told
    status = send(trade, first)["status"]
    assert (status, trade.balances().get("1001")) == (("waiting", None) if failed_first else ("booked", 50))
    send(trade, second)
    assert trade.balances() == {"1021": 120, "4001": -120}
    assert [row["status"] for row in inbox(trade)] == ["booked"] * 3
    assert sorted(row["amount"] for row in inbox(trade)) == [-50, 50, 120]


def test_a_payment_is_of_the_day_on_which_it_succeeded_where_the_organization_is(trade):
    trade.api.put("", {"time_zone": "America/Los_Angeles"})
    evening = 1_768_017_600 + 3 * 3_600  # 2026-01-10 07:00 UTC, 2026-01-09 23:00 in Los Angeles
    begun = stripe.payment(created=stripe.DAY - 60 * 86_400, fee=None)
    send(trade, stripe.event("payment_intent.succeeded", begun, created=evening))
    send(trade, stripe.event("charge.refunded", stripe.charge(refunded=1_000), "evt_2", created=evening))
    midnight = {**stripe.payout(), "arrival_date": 1_768_176_000}  # 2026-01-12 00:00 UTC: a day, not a moment
    send(trade, stripe.event("payout.paid", midnight, "evt_3", created=evening))
    days = [trade.api.get(f"/transactions/{row['transaction_id']}").body["transaction_date"] for row in inbox(trade)]
    assert days == ["2026-01-09", "2026-01-09", "2026-01-12"]


def test_a_charge_without_a_payment_is_a_sale_once_it_is_captured(trade):
    bare = {**stripe.charge(refunded=0), "payment_intent": None, "description": "Of old", "captured": False}
    assert send(trade, stripe.event("charge.succeeded", bare))["status"] == "ignored"
    bare |= {"captured": True, "amount_captured": 9_000, "amount_refunded": 3_000}
    assert send(trade, stripe.event("charge.captured", bare, "evt_2"))["status"] == "booked"
    assert send(trade, stripe.event("charge.succeeded", bare, "evt_3"))["status"] == "ignored"
    never = send(trade, stripe.event("charge.refunded", bare, "evt_4"))
    assert never["status"] == "ignored" and trade.balances() == {"1021": 90, "4001": -90}
    bare["amount_refunded"] = 5_000  # with the 30.00 that were never captured
    assert send(trade, stripe.event("charge.refunded", bare, "evt_5"))["status"] == "booked"
    assert trade.balances() == {"1021": 70, "4001": -70}


def test_a_refund_that_did_not_go_through_is_shown(trade):
    refund = {"id": "re_1", "payment_intent": "pi_1", "charge": "ch_1", "amount": 500, "currency": "usd"}
    assert send(trade, stripe.event("refund.failed", {**refund, "status": "failed"}))["status"] == "failed"
    (row,) = inbox(trade)
    assert (row["error_code"], row["reference"]) == (EventUnbookable.code, "pi_1") and "by hand" in row["reason"]


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
        "t=1,v1=é",
    ):
        assert send(trade, message, status=400, header=header)["error"]["code"] == SignatureInvalid.code
    unreadable = send(trade, {"id": "evt_9", "type": "payment_intent.succeeded", "data": {}}, status=400)
    assert unreadable["error"]["code"] == MessageUnreadable.code
    for odd in (
        *(stripe.payment(cents=True), stripe.payment(cents=-1), stripe.payment(currency="xyz"), {"id": 1}, []),
        *(stripe.payment(number) for number in (5, "", ["pi_1"], "p" * 256, None)),
    ):
        send(trade, {**stripe.event("payment_intent.succeeded", {}), "data": {"object": odd}}, status=400)
    for moment in (99_999_999_999, 10**17, 10**400, -(10**17), None):
        late = stripe.event("payment_intent.succeeded", stripe.payment(), created=moment)
        assert send(trade, late, status=400)["error"]["code"] == MessageUnreadable.code
    assert inbox(trade) == [] and trade.balances() == {}
    assert send(trade, message, status=400, provider="square")["error"]["code"] == SignatureInvalid.code
    trade.api.put("/integrations/stripe", {"enabled": False})
    send(trade, message, status=400)
    nobody = Client().post("/integrations/stripe/ORG_00000000000000ff/webhook", b"{}", content_type="application/json")
    assert nobody.status_code == 400 and nobody.json()["error"]["code"] == SignatureInvalid.code


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (r"a\u0000b", "ab"),
        (r"C:\\u0000", r"C:\u0000"),
        (r"half \ud83d", "half ?"),
    ],
)
def test_a_text_that_no_database_holds_is_kept_without_that(trade, written, kept):
    body = stripe.written(stripe.event("payment_intent.succeeded", stripe.payment(fee=None)))
    assert send(trade, body.replace(b"Twelve cups", written.encode()))["status"] == "booked"
    (row,) = inbox(trade)
    assert trade.api.get(f"/transactions/{row['transaction_id']}").body["description"] == kept


@pytest.mark.parametrize(
    "odd",
    [b"NaN", b"-Infinity", b"[" * 3_000 + b"]" * 3_000, b"[" * 70 + b"]" * 70, b'"\xff"', b"1" * 5_000 + b"]", b"{"],
)
def test_a_body_that_is_no_message_is_refused(trade, odd):
    body = b'{"id": "evt_1", "type": "customer.created", "data": {"object": {"odd": %s}}}' % odd
    assert send(trade, body, status=400)["error"]["code"] in (MessageUnreadable.code, SignatureInvalid.code)
    assert inbox(trade) == []


@pytest.mark.parametrize("number", [b"1" * 400, b"1e400", b"0.1", b"-7"])
def test_a_number_that_is_no_amount_stays_as_it_was_written(trade, number):
    body = b'{"id": "evt_1", "type": "customer.created", "data": {"object": {"odd": %s}}}' % number
    send(trade, body)
    (row,) = inbox(trade)
    with trade.books.acting():
        from ledger.intake.models import InboxEvent

        assert str(InboxEvent.objects.get().payload["data"]["object"]["odd"]) == number.decode()
    assert trade.post(f"/integrations/events/{row['id']}/replay", status=200)["status"] == "ignored"


def test_a_message_that_somebody_holds_up_is_sent_again(trade, monkeypatch):
    message = stripe.event("payment_intent.succeeded", stripe.payment())
    with monkeypatch.context() as patch:
        patch.setattr(Booker, "_sale", lambda *_: (_ for _ in ()).throw(Busy()))
        assert send(trade, message, status=409)["error"]["code"] == Busy.code
    assert inbox(trade) == [] and send(trade, message)["status"] == "booked"


def test_a_connection_is_kept_and_its_secret_sealed(trade):
    fees = trade.books.account("5501")
    changed = trade.api.put("/integrations/stripe", {"fee_account_id": fees}).body
    assert changed["fee_account_id"] == fees and stripe.SECRET not in str(changed)
    with trade.books.acting():
        from ledger.intake.models import Connection

        assert stripe.SECRET.encode() not in bytes(Connection.objects.of(trade.books.organization).get().secret)
    unread = trade.api.put("/integrations/stripe", {**changed, "fees_account_id": None}).body
    assert [warning["field"] for warning in unread["warnings"]] == ["fees_account_id"]
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


@pytest.mark.slow
def test_two_messages_about_one_payment_at_once_are_booked_once(committed_db):
    """Twenty ids for one payment, and the refund of it in the midst of them, which finds it or is found by it."""
    trade = connected(open_trade())
    invoice = trade.invoice("120.00")
    item = stripe.payment(metadata={"invoice_id": invoice["id"]}, fee=None)
    messages = [stripe.event("payment_intent.succeeded", item, f"evt_{number}") for number in range(20)]
    messages[5:5] = [stripe.event("charge.refunded", stripe.charge(), f"evt_r{number}") for number in range(3)]
    outcomes = together([partial(insist, trade, message) for message in messages], threads=16)
    assert {one["status"] for one in outcomes} <= {"booked", "ignored", "waiting"}
    rows = inbox(trade)
    assert sorted(row["kind"] for row in rows if row["status"] == "booked") == ["refund", "sale"]
    assert {row["status"] for row in rows} == {"booked", "ignored"} and len(rows) == 23
    assert trade.balances() == {"1021": 70, "1101": 50, "4001": -120}
    assert len(trade.api.get(f"/invoices/{invoice['id']}/payments").data) == 1
