"""Letters and stationery in the back office."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from ledger.stationery.answers import FIELDS, stationery_of
from ledger.stationery.models import Stationery
from organizations.letters.models import Letter
from organizations.letters.sending import send_due
from tests.backoffice.desks import Person, Seen, address, written
from tests.cast import Cast
from tests.ledger.stationery.pictures import picture


@pytest.fixture
def alice(cast: Cast) -> Person:
    return Person(cast.alice)


def stored(cast: Cast) -> Stationery:
    with cast.alices.acting():
        return stationery_of(cast.alices.organization)


def save(cast: Cast, alice: Person, **changes) -> Seen:
    """The form as it is shown, posted with some changes."""
    typed = {name: getattr(stored(cast), name) for name in FIELDS} | changes
    return alice._seen(lambda: alice.client.post(address(Stationery), typed))


def test_a_letter_is_found_and_sent_again(cast, alice):
    letter = written(cast.alices)
    own = address(Letter, "change", letter.pk)
    assert "Send again" not in alice.get(own)  # it waits by itself
    assert "waiting" in alice.follow(alice.post(address(Letter, "resend", letter.pk)))
    assert send_due(cast.alices.organization.pk) == 1
    assert "Invoice INV-1 ann@example.com" in alice.get(f"{address(Letter)}?status=sent")
    assert "Invoice INV-1" in alice.get(f"{address(Letter)}?q=ann@")
    assert "Invoice INV-1 ann@" not in alice.get(f"{address(Letter)}?status=failed")
    again = alice.follow(alice.post(address(Letter, "resend", letter.pk)))
    assert "The letter will be sent again." in again and "queued" in again
    assert "letter.sent" in alice.get(address(Letter, "history", letter.pk))


def test_stationery_is_changed_with_its_logo_and_looked_at(cast, alice):
    assert "None yet." in alice.get(address(Stationery))
    assert "please find (number)" in alice.get(reverse("admin:ledger_stationery_letter"))
    logo = SimpleUploadedFile("logo.png", picture(), "image/png")
    saved = alice.follow(save(cast, alice, legal_name="Bakery LLC", locale="de_DE", logo=logo))
    assert "Saved." in saved and "Remove the logo" in saved
    preview = alice.client.get(reverse("admin:ledger_stationery_preview"))
    assert preview.content.startswith(b"%PDF-") and preview.headers["Content-Type"] == "application/pdf"
    shown = alice.client.get(reverse("admin:ledger_stationery_letter"))
    assert "data:image/png;base64," in shown.text and "Bakery LLC" in shown.text
    assert "img-src data:" in shown.headers["Content-Security-Policy"]
    wrong = save(cast, alice, accent_color="red", email_subject="{nobody}")
    assert "A colour such as" in wrong and "Braces stand around" in wrong
    text = SimpleUploadedFile("logo.png", b"no picture", "image/png")
    assert "A PNG or JPEG." in save(cast, alice, logo=text)
    assert bytes(stored(cast).logo) == picture()
    alice.follow(alice.post(reverse("admin:ledger_stationery_remove_logo")))
    assert (stored(cast).logo, stored(cast).legal_name) == (None, "Bakery LLC")


def test_a_viewer_sees_both_and_changes_neither(cast):
    letter = written(cast.alices)
    bob = Person(cast.bob, at=cast.alices)
    shown = bob.get(address(Stationery))
    assert "payment terms days 30" in shown and "Remove" not in shown
    assert bob.post(address(Letter, "resend", letter.pk)).status == 403
    assert bob.post(reverse("admin:ledger_stationery_remove_logo")).status == 403
    assert save(cast, bob, legal_name="Bob's").status == 200 and stored(cast).legal_name == ""
