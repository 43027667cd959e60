"""Web pages of other origins: listed by the organization of the path, told in the words of CORS, and no more."""

import pytest
from django.db import OperationalError, connection
from django.test import Client

from organizations.tenants.origins import lists, problem_with
from tests.cast import open_books, open_child

PAGE = "https://portal.example.com"
NOBODY = "/organizations/ORG_0000000000000001"


@pytest.fixture
def books(db):
    found = open_books("Portal Ltd")
    assert found.api.put("", {"cors_origins": [PAGE]}).status == 200
    return found


def preflight(path: str, origin: str = PAGE, method: str = "POST"):
    headers = {
        "origin": origin,
        "access-control-request-method": method,
        "access-control-request-headers": "authorization,idempotency-key",
    }
    return Client(HTTP_HOST="localhost").options(path, headers=headers)


def of_cors(response) -> dict[str, str]:
    found = {name: value for name, value in response.headers.items() if name.startswith("Access-Control-")}
    return found | {"Vary": response.headers.get("Vary", "")}


def test_a_preflight_needs_no_key_and_says_what_may_be_sent(books):
    answer = preflight(f"{books.api.base}/transactions")
    assert (answer.status_code, answer.content) == (204, b"")
    told = of_cors(answer)
    assert told["Access-Control-Allow-Origin"] == PAGE
    assert {"Authorization", "Idempotency-Key", "If-Match"} <= set(told["Access-Control-Allow-Headers"].split(", "))
    assert "PUT" in told["Access-Control-Allow-Methods"]
    assert "Access-Control-Allow-Credentials" not in told
    assert "Origin" in told["Vary"]


def test_a_preflight_tells_nobody_which_organizations_there_are(books):
    other = open_child(books, "Kid")
    places = (f"{books.api.base}/accounts", f"{other.api.base}/accounts", f"{NOBODY}/accounts", "/organizations/x/y")
    answers = [preflight(place, "https://evil.example") for place in places]
    told = [(each.status_code, each.content, of_cors(each), sorted(each.headers)) for each in answers]
    assert told == [told[0]] * len(places)
    assert told[0][:3] == (204, b"", {"Vary": "Origin"})
    assert of_cors(preflight(f"{other.api.base}/accounts")) == of_cors(preflight(f"{NOBODY}/accounts"))


def test_answers_and_refusals_may_be_read_by_the_listed_page_only(books, settings):
    def asked(path="/accounts", key=books.key, origin=PAGE):
        return books.api.call("GET", path, origin=origin, authorization=f"Bearer {key}")

    told = of_cors(asked())
    assert told["Access-Control-Allow-Origin"] == PAGE
    exposed = told["Access-Control-Expose-Headers"].split(", ")
    assert {"ETag", "X-RateLimit-Remaining", "Idempotent-Replayed", "Retry-After", "X-Request-Id"} <= set(exposed)
    assert of_cors(asked(origin="https://evil.example")) == {"Vary": "Origin"}
    assert of_cors(asked(origin="https://portal.example.com.evil.example")) == {"Vary": "Origin"}
    for refused, status in (
        (asked(key="cl_live_none"), 401),
        (asked("/nothing"), 404),
        (asked("/accounts?x=1"), 400),
    ):
        assert refused.status == status
        assert of_cors(refused)["Access-Control-Allow-Origin"] == PAGE
    settings.RATE_LIMIT_LIVE = 0
    full = asked()
    assert (full.status, of_cors(full)["Access-Control-Allow-Origin"]) == (429, PAGE)


def test_what_broke_may_be_read_too(books, monkeypatch):
    def broken(*_):
        raise RuntimeError("broken")

    monkeypatch.setattr("ledger.accounts.api.account_answers", broken)
    answer = books.api.call("GET", "/accounts", origin=PAGE)
    assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (500, PAGE)


def test_without_a_database_no_page_is_listed(books, monkeypatch):
    def away():
        raise OperationalError("away")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", away)
        assert of_cors(preflight(f"{books.api.base}/accounts")) == {"Vary": "Origin"}


def test_who_looks_at_the_list_leaves_nothing_open(books):
    preflight(f"{books.api.base}/accounts")
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(current_setting('app.superuser', true), '')")
        assert cursor.fetchone()[0] != "on"


def test_elsewhere_options_is_a_method_like_others(books):
    assert preflight("/currencies").status_code == 401
    asked = Client(HTTP_HOST="localhost").options(books.api.base, headers={"authorization": f"Bearer {books.key}"})
    assert asked.status_code == 405


@pytest.mark.parametrize(
    ("origin", "local", "fits"),
    [
        (PAGE, False, True),
        ("https://portal.example.com:8443", False, True),
        ("https://xn--bcher-kva.example", False, True),
        ("http://portal.example.com", True, False),
        ("https://portal.example.com/", False, False),
        ("https://Portal.example.com", False, False),
        ("https://*.example.com", False, False),
        ("https://portal.example.com:443", False, False),
        ("https://portal.example.com:70000", False, False),
        ("*", True, False),
        ("null", True, False),
        ("http://localhost:3000", True, True),
        ("http://localhost:*", True, True),
        ("http://[::1]:3000", True, True),
        ("http://localhost:3000", False, False),
        ("http://localhost.evil.example", True, False),
    ],
)
def test_what_is_an_origin(origin, local, fits):
    assert (problem_with(origin, local=local) is None) == fits


def test_a_star_stands_for_a_port_only():
    assert lists(["http://localhost:*"], "http://localhost:5173")
    assert not lists(["http://localhost:*"], "http://localhost.evil.example:5173")
    assert not lists([], PAGE)


def test_pages_of_ones_own_machine_call_test_organizations(db, settings):
    settings.LOCAL = False
    live, test = open_books("Live Ltd"), open_books("Test Ltd", mode="test")
    wish = {"cors_origins": ["http://localhost:*"]}
    refused = live.api.put("", wish)
    assert (refused.status, list(refused.error["details"]["fields"])) == (400, ["cors_origins[0]"])
    assert test.api.put("", wish)["cors_origins"] == wish["cors_origins"]
    told = of_cors(preflight(f"{test.api.base}/accounts", "http://localhost:5173"))
    assert told["Access-Control-Allow-Origin"] == "http://localhost:5173"
