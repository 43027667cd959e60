"""The security log: each refusal on one line that says who, from where and why, and nothing that was sent."""

import re

import pytest
import redis
import structlog
from django.http import HttpResponse
from django.test import Client, RequestFactory
from structlog.testing import capture_logs

from organizations.requests import limits, watching
from tests.backoffice.desks import Person
from tests.cast import Api, api_of
from tests.ledger.health.test_health_api import scrape
from tests.organizations.logins.people import enrol, log_in, type_code

#: What must be in no line: amounts, words, names and passwords that are sent below.
MARKERS = ("771.53", "marker-of-a-body", "marker-of-a-query", "marker-password", "marker-header")


@pytest.fixture(autouse=True)
def counter():
    limits.client().delete(watching.COUNTS)
    yield
    limits.client().delete(watching.COUNTS)


def line_of(ask) -> dict:
    """The one line that the security log has of what is asked."""
    with capture_logs() as lines:
        ask()
    everything = str(lines)
    for marker in MARKERS:
        assert marker not in everything
    (line,) = [each for each in lines if "key_prefix" in each]
    return line


def body(books) -> dict:
    return books.sale("771.53", description="marker-of-a-body")


def test_who_has_no_key_or_a_wrong_one(cast):
    books = cast.alices
    stranger = Api(base=books.api.base)
    line = line_of(lambda: stranger.post("/transactions?q=marker-of-a-query", body(books), x_extra="marker-header"))
    assert (line["event"], line["code"], line["status"]) == ("not_authenticated", "not_authenticated", 401)
    assert (line["api_key"], line["key_prefix"], line["user"], line["address"]) == (None, None, None, "127.0.0.1")
    assert (line["method"], line["log_level"]) == ("POST", "warning")
    assert line["route"] == "organizations/<str:organization_id>/transactions"
    head, _, secret = books.key.rpartition("_")
    wrong = Api(f"{head}_{'x' * len(secret)}", books.api.base)
    line = line_of(lambda: wrong.get("/accounts"))
    assert (line["code"], line["key_prefix"]) == ("invalid_api_key", books.key.split("_")[2])
    assert secret not in str(line) and "x" * len(secret) not in str(line)


def test_who_may_not_and_who_reaches_too_far(cast):
    narrow = cast.alices.key_for({"accounts": ["read"]})
    line = line_of(lambda: narrow.post("/transactions", body(cast.alices)))
    assert (line["event"], line["code"], line["status"]) == ("not_permitted", "not_authorized", 403)
    assert re.fullmatch("KEY_[0-9a-f]{16}", line["api_key"]) and line["key_prefix"] == narrow.key.split("_")[2]
    far = Api(cast.alices.key, cast.charlies.api.base)
    line = line_of(lambda: far.get("/accounts"))
    assert (line["event"], line["code"], line["status"]) == ("out_of_reach", "not_found", 404)
    bob = api_of(cast.bob, cast.alices.api.base)
    line = line_of(lambda: bob.post("/transactions", body(cast.alices)))
    assert (line["event"], line["user"], line["api_key"]) == ("not_permitted", cast.bob.public_id, None)


def test_an_address_that_leads_nowhere_is_no_matter_of_security(cast):
    with capture_logs() as lines:
        Client(HTTP_HOST="localhost").get("/wp-login.php")
        cast.alices.api.get("/accounts")
        assert api_of(cast.alice).client.get("/admin/nowhere/").status_code == 404
    assert [each for each in lines if "key_prefix" in each] == []


def test_who_asks_too_often(cast, settings):
    settings.RATE_LIMIT_LIVE = 0
    line = line_of(lambda: cast.alices.api.get("/accounts"))
    assert (line["event"], line["code"], line["status"]) == ("too_often", "rate_limit_exceeded", 429)


def test_a_change_without_its_token(cast):
    api = api_of(cast.alice, cast.alices.api.base)
    api.client.handler.enforce_csrf_checks = True
    answer = None

    def ask():
        nonlocal answer
        answer = api.post("/transactions", body(cast.alices))

    line = line_of(ask)
    assert (answer.status, answer.error["code"], line["code"]) == (403, "csrf_failed", "csrf_failed")
    assert line["event"] == "not_permitted"
    line = line_of(lambda: api.client.post("/admin/choose/", {"organization": "marker-of-a-body"}))
    assert (line["code"], line["route"]) == ("csrf_failed", "admin/choose/")


def test_a_login_that_fails(db):
    typed = {"username": "alice@example.com", "password": "marker-password"}
    line = line_of(lambda: Client(HTTP_HOST="localhost").post("/admin/login/", typed))
    assert (line["event"], line["status"], line["route"]) == ("login_failed", 200, "admin/login/")


def test_a_wrong_code_after_the_right_password_says_whose_login_it_was(cast):
    cast.alice.set_password("marker-password")
    cast.alice.save()
    enrol(cast.alice)
    client = Client(HTTP_HOST="localhost")
    assert log_in(client, cast.alice.email, "marker-password").status_code == 302
    line = line_of(lambda: type_code(client, "marker-of-a-body"))
    assert (line["event"], line["user"], line["route"]) == ("login_failed", cast.alice.public_id, "admin/login/code/")


def test_a_login_that_succeeds(cast):
    cast.alice.set_password("marker-password")
    cast.alice.save()
    typed = {"username": cast.alice.email, "password": "marker-password"}
    with capture_logs() as lines:
        assert Client(HTTP_HOST="localhost").post("/admin/login/", typed).status_code == 302
    (line,) = [each for each in lines if each["event"] == "logged_in"]
    assert (line["user"], line["address"], line["log_level"]) == (cast.alice.public_id, "127.0.0.1", "info")
    assert "marker-password" not in str(lines) and cast.alice.email not in str(line)


def test_who_is_locked_out():
    structlog.contextvars.clear_contextvars()
    request = RequestFactory().post("/admin/login/", {"password": "marker-password"})
    line = line_of(lambda: watching.SecurityLogMiddleware(lambda _: HttpResponse(status=429))(request))
    assert (line["event"], line["code"], line["status"]) == ("locked_out", "locked_out", 429)


def test_a_page_that_is_not_for_a_role(cast):
    bob = Person(cast.bob)
    line = line_of(lambda: bob.client.get("/admin/ledger/transaction/add/"))
    assert (line["event"], line["status"], line["user"]) == ("not_permitted", 403, cast.bob.public_id)


def test_refusals_are_counted_for_metrics(cast, settings):
    settings.METRICS_TOKEN = "t" * 20
    before = watching.refusals().get("not_authenticated", 0)
    for _ in range(2):
        Api(base=cast.alices.api.base).get("/accounts")
    shown = scrape(authorization=f"Bearer {settings.METRICS_TOKEN}").content.decode()
    assert "# TYPE crane_security_refusals_total counter" in shown
    (line,) = [each for each in shown.splitlines() if 'refusals_total{code="not_authenticated"}' in each]
    assert int(line.rsplit(" ", 1)[1]) >= before + 2  # other tests are refused meanwhile


def test_a_counter_that_is_away_refuses_nobody_longer(cast, monkeypatch):
    class Away:
        def __getattr__(self, name):
            raise redis.ConnectionError("away")

    monkeypatch.setattr(watching, "client", Away)
    with capture_logs() as lines:
        assert Api(base=cast.alices.api.base).get("/accounts").status == 401
    assert "refusals_not_counted" in [each["event"] for each in lines]
    assert watching.refusals() == {}
