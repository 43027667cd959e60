"""Every answer says what a browser may do with it."""

import pytest
from django.test import Client

from organizations.wire import guarding
from tests.cast import api_of

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def headers_of(response, *names) -> list[str | None]:
    return [response.headers.get(name) for name in names]


@pytest.mark.parametrize(
    "path", ["/health", "/", "/nowhere", "/organizations/ORG_0000000000000001", "/docs", "/admin/"]
)
def test_every_answer_carries_them(db, path):
    response = Client(HTTP_HOST="localhost").get(path)
    assert {name: response.headers[name] for name in ALWAYS} == ALWAYS
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    assert "camera=()" in response.headers["Permissions-Policy"]


def test_what_is_under_a_key_runs_nothing_and_is_kept_by_nobody(cast):
    for answer in (cast.alices.api.get("/accounts"), cast.alices.api.get("/accounts/ACT_0000000000000001")):
        found = headers_of(answer, "Content-Security-Policy", "Cache-Control")
        assert found == [guarding.NOTHING, "no-store"]


def test_no_layer_is_too_early(db):
    """Also what is refused before anybody reads it."""
    refused = Client(HTTP_HOST="localhost", HTTP_TRANSFER_ENCODING="chunked").get("/health")
    assert refused.status_code == 411
    assert headers_of(refused, "Content-Security-Policy", "Cache-Control") == [guarding.NOTHING, "no-store"]


def test_the_back_office_runs_its_own_files_only(cast):
    page = api_of(cast.alice).client.get("/admin/")
    policy = dict(part.split(" ", 1) for part in page.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self' 'unsafe-eval'"  # and no inline script
    assert policy["form-action"] == "'self'"
    assert "no-store" in page.headers["Cache-Control"]


def test_the_reference_has_a_policy_of_its_own():
    first, second = (Client(HTTP_HOST="localhost").get("/docs").headers["Content-Security-Policy"] for _ in range(2))
    assert "'unsafe-inline'" not in first.partition("script-src")[2] and "'unsafe-eval'" not in first
    assert first != second, "The nonce is another each time."


def test_what_is_the_same_for_everybody_may_be_kept():
    assert Client(HTTP_HOST="localhost").get("/openapi.json").headers["Cache-Control"] == "no-cache"


def test_no_page_elsewhere_is_let_in(cast):
    """Neither told that it may, nor able to send a form that needs no asking."""
    api = cast.alices.api
    answer = api.get("/accounts", origin="https://evil.example")
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]
    plain = api.client.post(
        f"{api.base}/contacts", "name=x", content_type="text/plain", headers={"authorization": f"Bearer {api.key}"}
    )
    assert plain.status_code == 415


def test_a_login_leads_nowhere_else(cast):
    cast.alice.set_password("a long password")
    cast.alice.save()
    typed = {"username": cast.alice.email, "password": "a long password", "next": "https://evil.example/"}
    answer = Client(HTTP_HOST="localhost").post("/admin/login/?next=https://evil.example/", typed)
    assert answer.status_code == 302 and answer.headers["Location"].startswith("/")


@pytest.mark.parametrize(
    "path",
    ["/.git/config", "/.env", "/manage.py", "/static/", "/static/../manage.py", "/static/%2e%2e/config/settings.py"],
)
def test_nothing_of_the_source_is_served(db, path):
    assert Client(HTTP_HOST="localhost").get(path).status_code == 404


def test_logging_out_clears_what_pages_kept(cast):
    client = api_of(cast.alice).client
    assert client.post("/admin/logout/").headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "Clear-Site-Data" not in client.get("/admin/login/").headers
