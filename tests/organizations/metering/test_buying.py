"""Buying credits: on Stripe's page or by itself, credited once by the signed message, at once in test mode."""

import hashlib
import hmac
import json
import time
from functools import partial
from types import SimpleNamespace
from urllib.request import Request, urlopen

import pytest
import stripe

from organizations.metering import checkouts
from organizations.metering.buying import recharge
from organizations.metering.models import CreditPool
from organizations.metering.tasks import buy_credits as buy_task
from tests.cast import Api, Books, open_books
from tests.concurrency.together import failures, together

SECRET = "whsec_for_credits"
PAGES = {"success_url": "https://shop.example/paid", "cancel_url": "https://shop.example/back"}


class Account:
    """Stripe as far as it is asked; like Stripe it makes one payment for one idempotency key."""

    def __init__(self):
        self.calls: list[tuple[str, dict]] = []
        self.made: dict[str, SimpleNamespace] = {}
        self.refuses: Exception | None = None
        pages, intents = (
            SimpleNamespace(create=partial(self.make, "cs")),
            SimpleNamespace(create=partial(self.make, "pi")),
        )
        self.v1 = SimpleNamespace(checkout=SimpleNamespace(sessions=pages), payment_intents=intents)

    def make(self, kind: str, *, params: dict, options: dict):
        self.calls.append((kind, params))
        if self.refuses is not None:
            raise self.refuses
        number = f"{kind}_test_{len(self.made)}"
        page = f"https://checkout.example/{number}"
        return self.made.setdefault(options["idempotency_key"], SimpleNamespace(id=number, url=page))


@pytest.fixture
def account(settings, monkeypatch):
    settings.CREDITS_STRIPE_SECRET_KEY, settings.CREDITS_STRIPE_WEBHOOK_SECRET = "sk_test_x", SECRET
    found = Account()
    monkeypatch.setattr(checkouts, "stripe_client", lambda: found)
    return found


@pytest.fixture
def books(committed_db, account):
    return open_books("Shop")


def message(kind: str, purchase: dict, **item) -> tuple[str, str]:
    """A message as Stripe sends it, and its signature."""
    names = {"purchase_id": purchase["id"], "organization_id": purchase["organization_id"]}
    body = json.dumps({"id": "evt_1", "type": kind, "data": {"object": {"id": "cs_1", "metadata": names, **item}}})
    now = int(time.time())
    signature = hmac.new(SECRET.encode(), f"{now}.{body}".encode(), hashlib.sha256).hexdigest()
    return body, f"t={now},v1={signature}"


def tell(kind: str, purchase: dict, **item):
    body, signature = message(kind, purchase, **item)
    return Api().post("//integrations/stripe/credits", body, stripe_signature=signature)


PAID = {"payment_status": "paid", "amount_total": 1000, "currency": "usd", "customer": "cus_1"}


def bought(books: Books, package: str = "1000") -> dict:
    answer = books.api.post("/credits/purchases", {"package": package, **PAGES})
    assert answer.status == 201, answer.body
    buy_task()
    return books.api.get(f"/credits/purchases/{answer['id']}").body


def left(books: Books) -> int:
    return books.api.get("/billing")["credits_balance"]


def test_a_package_is_paid_on_stripes_page_and_credited_by_its_message(books, account):
    purchase = bought(books)
    assert purchase["status"] == "open" and purchase["checkout_url"].startswith("https://checkout.example/cs_")
    (kind, asked), *_ = account.calls
    assert kind == "cs" and asked["line_items"][0]["price_data"]["unit_amount"] == 1000
    assert left(books) == 0
    assert tell("checkout.session.completed", purchase, **PAID)["outcome"] == "credited"
    intent = {"amount_received": 1000, "currency": "usd", "customer": "cus_1", "payment_method": "pm_1"}
    assert tell("payment_intent.succeeded", purchase, **intent)["outcome"] == "known"
    assert left(books) == 1000
    assert books.api.get("/credits/pool")["can_recharge"] is True
    assert books.api.get("/credits/purchases?status=paid").data[0]["id"] == purchase["id"]
    types = {row["event_type"] for row in books.api.get("/events?limit=100").data}
    assert {"credit_purchase.begun", "credit_purchase.paid"} <= types


def test_twenty_messages_at_once_credit_once(http_server, account):
    books = open_books("Shop")
    purchase = bought(books)
    body, signature = message("checkout.session.completed", purchase, **PAID)

    def send():
        headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
        asked = Request(f"{http_server}/integrations/stripe/credits", body.encode(), headers)
        with urlopen(asked, timeout=30) as answer:
            return json.load(answer)["outcome"]

    outcomes = together([send] * 20, threads=10)
    assert failures(outcomes) == []
    assert sorted(outcomes) == ["credited"] + ["known"] * 19 and left(books) == 1000


def test_what_is_not_stripes_or_not_paid_credits_nothing(books, account, settings):
    purchase = bought(books)
    body, signature = message("checkout.session.completed", purchase, **PAID)
    forged = signature[:-1] + ("0" if signature[-1] != "0" else "1")
    for wrong_body, wrong in ((body, forged), (body, ""), (body + " ", signature), (body, "t=1,v1=00")):
        refused = Api().post("//integrations/stripe/credits", wrong_body, stripe_signature=wrong)
        assert refused.status == 400 and refused.error["code"] == "signature_invalid"
    assert tell("checkout.session.completed", purchase, **PAID | {"payment_status": "unpaid"})["outcome"] == "waiting"
    assert tell("checkout.session.completed", purchase, **PAID | {"amount_total": 1})["outcome"] == "waiting"
    assert tell("checkout.session.completed", purchase, **PAID | {"currency": "eur"})["outcome"] == "waiting"
    assert tell("checkout.session.completed", purchase | {"id": "CPU_00000000000000ff"}, **PAID)["outcome"] == "ignored"
    assert tell("customer.created", purchase, **PAID)["outcome"] == "ignored"
    assert left(books) == 0
    assert tell("checkout.session.expired", purchase)["outcome"] == "ended"
    assert books.api.get(f"/credits/purchases/{purchase['id']}")["status"] == "expired"
    # The money came after all: the transfer was slow.
    assert tell("checkout.session.async_payment_succeeded", purchase, **PAID)["outcome"] == "credited"
    settings.CREDITS_STRIPE_WEBHOOK_SECRET = None
    assert tell("checkout.session.completed", purchase, **PAID).status == 400
    assert left(books) == 1000


def test_what_runs_low_is_bought_by_itself_once(books, account):
    assert tell("checkout.session.completed", bought(books), **PAID)["outcome"] == "credited"
    with books.acting():
        CreditPool.objects.of(books.organization).update(method="pm_1")
    wish = {"recharge_below": 5000, "recharge_package": "5000"}
    assert books.api.put("/credits/pool", wish).status == 200
    number = books.organization.pk
    assert sum(recharge(number) is not None for _ in range(3)) == 1
    buy_task()
    kind, asked = account.calls[-1]
    assert kind == "pi" and asked["off_session"] and (asked["customer"], asked["payment_method"]) == ("cus_1", "pm_1")
    (purchase,) = books.api.get("/credits/purchases?status=open").data
    intent = {"amount_received": 5000, "currency": "usd", "customer": "cus_1", "payment_method": "pm_1"}
    assert tell("payment_intent.succeeded", purchase, **intent)["outcome"] == "credited"
    assert left(books) == 6000 and recharge(number) is None
    nothing = {"recharge_below": None, "recharge_package": None}
    assert books.api.put("/credits/pool", nothing)["recharge_below"] is None


def test_a_card_that_is_refused_is_not_asked_again_by_itself(books, account):
    with books.acting():
        CreditPool(organization=books.organization, customer="cus_1", method="pm_1").save(force_insert=True)
    books.api.put("/credits/pool", {"recharge_below": 10, "recharge_package": "1000"})
    account.refuses = stripe.CardError("declined", None, "card_declined", json_body={"error": {"message": "Declined."}})
    buy_task()
    (purchase,) = books.api.get("/credits/purchases").data
    assert purchase["status"] == "failed" and purchase["error"]
    buy_task()
    assert len(account.calls) == 1
    assert "credit_purchase.failed" in {row["event_type"] for row in books.api.get("/events?limit=100").data}


def test_trouble_on_the_way_to_stripe_is_tried_again(books, account):
    account.refuses = stripe.APIConnectionError("no route")
    purchase = bought(books)
    assert purchase["status"] == "preparing"
    account.refuses = None
    buy_task()
    assert books.api.get(f"/credits/purchases/{purchase['id']}")["status"] == "open" and len(account.made) == 1


def test_in_test_mode_credits_are_mock_and_there_at_once(committed_db, settings):
    books = open_books("Sandbox", mode="test")
    begun = left(books)
    assert begun == settings.CREDITS_OF_TEST_MODE
    assert books.api.post("/credits/purchases", {"package": "5000"})["status"] == "paid"
    assert left(books) == begun + 5000 and books.api.get("/credits/pool")["mock"] is True


def test_what_cannot_be_bought(books, settings):
    for body, field in (
        ({"package": "7", **PAGES}, "package"),
        ({"package": "1000"}, "success_url"),
        ({"package": "1000", "success_url": "https://x.example", "cancel_url": "javascript:alert(1)"}, "cancel_url"),
    ):
        refused = books.api.post("/credits/purchases", body)
        assert refused.status == 400 and field in refused.error["details"]["fields"]
    for body in ({"recharge_below": 5, "recharge_package": None}, {"recharge_below": 5, "recharge_package": "7"}):
        assert books.api.put("/credits/pool", body).status == 400
    settings.CREDITS_STRIPE_SECRET_KEY = None
    refused = books.api.post("/credits/purchases", {"package": "1000", **PAGES})
    assert refused.status == 422 and refused.error["code"] == "credits_not_sold"
    assert books.api.get("/credits/purchases/CPU_00000000000000ff").status == 404
