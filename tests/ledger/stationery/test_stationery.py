"""Stationery over HTTP: defaults, changes, a logo that is looked at before it is kept."""

import io

import pytest
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from hypothesis import given
from hypothesis import strategies as st

from ledger.stationery.answers import looks_of, stationery_of
from ledger.stationery.placeholders import PLACEHOLDERS, fill, problem_with
from tests.cast import Books
from tests.ledger.stationery.pictures import picture


@pytest.fixture
def books(cast) -> Books:
    return cast.alices


def upload(books: Books, content: bytes, name: str = "file", **headers):
    file = io.BytesIO(content)
    file.name = "logo.png"
    body = encode_multipart(BOUNDARY, {name: file})
    headers["authorization"] = f"Bearer {books.key}"
    where = f"{books.api.base}/stationery/logo"
    return books.api.client.generic("PUT", where, body, content_type=MULTIPART_CONTENT, headers=headers)


def test_the_defaults_are_shown_and_the_first_change_makes_the_row(books):
    shown = books.api.get("/stationery")
    assert (shown.status, shown["id"], shown["locale"], shown["invoice_prefix"]) == (200, None, "en_US", "INV")
    assert (shown["payment_terms_days"], shown["logo"]) == (30, None)
    with books.acting():
        assert looks_of(books.organization)["seller"].name == books.organization.name
    assert books.api.put("/stationery", {}).body == shown.body
    changes = {"legal_name": "Bäckerei GmbH", "locale": "de_DE", "accent_color": "#0F766E", "payment_terms_days": 14}
    made = books.api.put("/stationery", changes)
    assert made.status == 200
    assert made.body | changes | {"accent_color": "#0f766e"} == made.body
    assert books.api.get("/stationery").body == made.body
    again = books.api.put("/stationery", {"footer": "Amtsgericht"}, if_match=made.headers["ETag"])
    assert (again.status, again["id"], again["legal_name"]) == (200, made["id"], "Bäckerei GmbH")
    assert books.api.put("/stationery", {"footer": ""}, if_match=made.headers["ETag"]).status == 412
    with books.acting():
        assert looks_of(books.organization)["locale"] == "de_DE"
    events = books.api.get(f"/events?entity_id={made['id']}").data
    assert [event["event_type"] for event in events] == ["stationery.updated"] * 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("locale", "xx_YY"),
        ("locale", "../en"),
        ("accent_color", "red"),
        ("payment_terms_days", -1),
        ("payment_terms_days", 366),
        ("invoice_prefix", "INV/"),
        ("bill_prefix", ""),
        ("email", "nobody"),
        ("legal_name", "Two\nlines"),
        ("email_subject", "{number} {password}"),
        ("email_subject", "One\r\nBcc: eve@example.com"),
        ("email_body", "{number.__class__}"),
        ("email_body", "{ number }"),
        ("email_body", " "),
    ],
)
def test_what_does_not_fit_is_refused_by_field(books, field, value):
    answer = books.api.put("/stationery", {field: value})
    assert (answer.status, list(answer.error["details"]["fields"])) == (400, [field])
    assert books.api.get("/stationery")["id"] is None


def test_a_logo_is_kept_shown_and_removed(books):
    assert books.api.get("/stationery/logo").status == 404
    content = picture(mode="RGBA")
    answer = upload(books, content)
    assert answer.status_code == 200, answer.content
    shown = books.api.get("/stationery")
    assert (shown["logo"]["content_type"], shown["logo"]["size"]) == ("image/png", len(content))
    loaded = books.api.client.get(shown["logo"]["url"], headers={"authorization": f"Bearer {books.key}"})
    assert (loaded.content, loaded.headers["Content-Type"]) == (content, "image/png")
    assert loaded.headers["X-Content-Type-Options"] == "nosniff"
    with books.acting():
        assert bytes(stationery_of(books.organization).logo) == content
    assert books.api.delete("/stationery/logo").status == 204
    assert books.api.get("/stationery")["logo"] is None
    events = books.api.get(f"/events?entity_id={shown['id']}").data
    assert len(events) == 2


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"GIF89a", 415, "logo_refused"),
        (picture(kind="GIF"), 415, "logo_refused"),
        (picture()[:50], 415, "logo_refused"),
        (picture((4001, 1)), 415, "logo_refused"),
        (picture((4000, 4000), mode="1"), 415, "logo_refused"),  # a small file of sixteen million pixels
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "logo_refused"),
        (picture() + bytes(1024 * 1024), 413, "logo_too_large"),
    ],
)
def test_what_cannot_be_a_logo_is_refused(books, content, status, code):
    answer = upload(books, content)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert books.api.get("/stationery")["id"] is None


def test_an_upload_is_of_one_file(books):
    assert upload(books, b"x", name="picture").json()["error"]["details"]["fields"] == {"file": ["One file is needed."]}


@given(st.text(alphabet="{}abcnumer_.!: ", max_size=40))
def test_a_template_without_problems_is_filled_to_the_last_brace(template):
    values = dict.fromkeys(PLACEHOLDERS, "{total}")
    if problem_with(template) is None:
        assert "{" not in fill(template, dict.fromkeys(PLACEHOLDERS, "x"))
    fill(template, values)  # what is filled in is not filled again, and nothing breaks


def test_what_is_filled_in_is_not_filled_again():
    assert fill("{number} {contact}!", {"number": "{contact}", "contact": "Ann"}) == "{contact} Ann!"
