"""What an organization is known by: its own, or of who is above it; on papers, reports and letters; and readable."""

import pytest
from django.core import mail
from hypothesis import given
from hypothesis import strategies as st

from ledger.stationery import colours
from ledger.stationery.branding import branding_of
from ledger.stationery.designing import set_logo, update_stationery
from organizations import scoping
from organizations.letters.posting import Enclosure, post_letter
from organizations.letters.tasks import send_letters
from organizations.tenants.models import Organization
from tests.cast import Api, Books, open_books, open_child
from tests.ledger.stationery.pictures import picture

GREEN = {"name": "Ledger & Sons", "color": "#0f766e"}


def billed(parent: Books, books: Books, how: str) -> Books:
    """The same organization, billed with its parent or by itself, as that says."""
    assert Api(parent.key, books.api.base).put("", {"billing_type": how}).status == 200
    return books.refresh()


@pytest.fixture
def firm(db) -> Books:
    found = open_books("Firm")
    assert found.api.put("/branding", GREEN).status == 200
    with found.acting():
        set_logo(actor=found.actor, organization=found.organization, content=picture())
    return found


def test_nobody_said_anything(db):
    shown = open_books("Plain Ltd").api.get("/branding")
    assert (shown["name"], shown["color"], shown["logo"]) == ("Plain Ltd", "#1f4e79", None)
    assert shown["sources"] == {"name": None, "color": None, "logo": None}


def test_the_own_is_shown_changed_and_taken_back(firm):
    shown, number = firm.api.get("/branding"), firm.organization.public_id
    assert (shown["name"], shown["color"], shown["on_color"]) == ("Ledger & Sons", "#0f766e", "#ffffff")
    assert shown["sources"] == dict.fromkeys(("name", "color", "logo"), number)
    assert shown["logo"]["url"] == f"{firm.api.base}/branding/logo"
    assert firm.api.get("/stationery")["brand_name"] == "Ledger & Sons"
    back = firm.api.put("/branding", {"name": None, "color": None})
    assert (back["name"], back["color"]) == ("Firm", "#1f4e79")
    assert back["sources"] == {"name": None, "color": None, "logo": number}
    assert firm.api.get("/events?event_type=stationery.updated").data


def test_a_child_billed_with_its_parent_takes_over_what_it_does_not_have(firm):
    kid = billed(firm, open_child(firm, "Kid"), "shared")
    grandchild = billed(kid, open_child(kid, "Grandchild"), "shared")
    shown = grandchild.api.get("/branding")
    assert (shown["name"], shown["color"]) == ("Ledger & Sons", "#0f766e")
    assert shown["sources"] == dict.fromkeys(("name", "color", "logo"), firm.organization.public_id)
    kid.api.put("/branding", {"color": "#7c2d12"})
    shown = grandchild.api.get("/branding")
    assert (shown["color"], shown["sources"]["color"]) == ("#7c2d12", kid.organization.public_id)
    assert shown["name"] == "Ledger & Sons"
    logo = grandchild.api.client.get(shown["logo"]["url"], headers={"authorization": f"Bearer {grandchild.key}"})
    assert (logo.content, logo["Content-Type"]) == (picture(), "image/png")
    assert grandchild.api.get("/stationery")["logo"] is None  # its own papers say nothing of the firm beside
    assert grandchild.api.get(f"//organizations/{firm.organization.public_id}/branding").status == 404


def test_one_that_is_billed_by_itself_stands_for_itself(firm):
    apart = open_child(firm, "Apart")
    below = billed(apart, open_child(apart, "Below"), "shared")
    for books in (apart, below):
        assert books.api.get("/branding")["sources"] == {"name": None, "color": None, "logo": None}
        assert books.api.get("/branding/logo").status == 404


def test_who_does_not_reach_an_organization_is_told_nothing_of_its_branding(firm):
    with scoping.acting_in(open_books("Stranger").organization.pk):
        assert branding_of(firm.organization).is_default
        assert scoping.current()["app.superuser"] != "on"
    with firm.acting():
        branding_of(firm.organization)
        assert scoping.current()["app.superuser"] != "on"
        assert list(Organization.objects.all()) == [firm.organization]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"color": "red"}, "color"), ({"color": "#12345"}, "color"), ({"name": "a\nb"}, "name"), ({"name": 5}, "name")],
)
def test_what_is_no_branding_is_refused(firm, change, field):
    refused = firm.api.put("/branding", change)
    assert (refused.status, list(refused.error["details"]["fields"])) == (400, [field])


def pdf(books: Books, path: str) -> bytes:
    return books.api.client.get(books.api.base + path, headers={"authorization": f"Bearer {books.key}"}).content


def test_reports_have_the_branding_too(firm):
    kid = open_child(firm, "Kid")
    path = "/reports/balance-sheet?format=pdf&as_of=2026-01-31"
    plain = pdf(kid, path)
    billed(firm, kid, "shared")
    branded = pdf(kid, path)
    assert (b"/Subtype /Image" in plain, b"/Subtype /Image" in branded) == (False, True)
    assert branded == pdf(kid, path)


def letter(books: Books, *files: Enclosure):
    with books.acting():
        post_letter(
            actor=books.actor,
            organization=books.organization,
            to=["ann@example.com"],
            subject="Hello",
            body="Dear <Ann>,\n\nsee https://example.com/a?b=1&c=2\n",
            attachments=files,
        )
    mail.outbox.clear()
    assert send_letters() >= 1
    return mail.outbox[0].message()


def test_letters_are_dressed_beside_their_plain_text(firm):
    message = letter(firm)
    assert message.get_content_type() == "multipart/related"
    texts, logo = message.get_payload()
    plain, html = texts.get_payload()
    assert plain.get_payload(decode=True).decode() == "Dear <Ann>,\n\nsee https://example.com/a?b=1&c=2\n"
    said = html.get_payload(decode=True).decode()
    assert "Dear &lt;Ann&gt;" in said and 'href="https://example.com/a?b=1&amp;c=2"' in said
    assert 'src="cid:logo"' in said and "#0f766e" in said and "Ledger &amp; Sons" in said
    assert (logo["Content-ID"], logo.get_payload(decode=True)) == ("<logo>", picture())
    filed = letter(firm, Enclosure("a.pdf", "application/pdf", b"%PDF"))
    kinds = [part.get_content_type() for part in filed.get_payload()]
    assert (filed.get_content_type(), kinds) == (
        "multipart/mixed",
        ["multipart/alternative", "image/png", "application/pdf"],
    )


def test_letters_without_a_logo_have_the_name_and_without_branding_nothing(db):
    books = open_books("Plain Ltd")
    assert letter(books).get_content_type() == "text/plain"
    with books.acting():
        update_stationery(actor=books.actor, organization=books.organization, changes={"accent_color": "#ffee00"})
    message = letter(books)
    assert message.get_content_type() == "multipart/alternative"
    said = message.get_payload()[1].get_payload(decode=True).decode()
    assert "background: #ffee00; color: #20242b" in said and "Plain Ltd" in said and "cid:" not in said


@given(st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}"))
def test_words_on_and_in_any_colour_can_be_read(colour):
    assert colours.is_colour(colour)
    assert colours.contrast(colours.on(colour), colour) >= colours.ENOUGH
    assert colours.contrast(colours.as_text(colour), colours.WHITE) >= colours.ENOUGH


def test_contrast_is_that_of_the_standard():
    assert colours.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colours.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # the guideline's own example
    assert colours.as_text("#1f4e79") == "#1f4e79"
