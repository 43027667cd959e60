"""Exchange rates in the back office: typed, charted, uploaded, deleted."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from ledger.currencies.models import ExchangeRate
from organizations import clock
from tests.backoffice.desks import Person, address
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(cast: Cast) -> Person:
    return Person(cast.alice)


def test_a_rate_is_typed_and_deleted(cast, alice):
    fields = {"from_currency": "EUR", "to_currency": "USD", "rate": "1.10", "effective_date": "2024-01-15"}
    where = address(ExchangeRate, "add")
    assert "The rate was recorded." in alice.follow(alice.post(where, **fields, source="manual"))
    assert "There is a rate of this source" in alice.post(where, **fields, source="manual")
    assert "Another currency than" in alice.post(where, **fields | {"to_currency": "EUR"}, source="manual")
    listed = address(ExchangeRate)
    assert "EUR in USD" in alice.get(f"{listed}?pair=EUR-USD&source=manual&effective_date_from=2024-01-01&q=EUR")
    assert "1.1 manual" not in alice.get(f"{listed}?source=ecb")
    with cast.alices.acting():
        found = ExchangeRate.objects.of(cast.alices.organization).get()
    assert "1 EUR = 1.1 USD" in alice.get(address(ExchangeRate, "change", found.pk))
    assert "exchange_rate.created" in alice.get(address(ExchangeRate, "history", found.pk))
    assert "The rate was deleted." in alice.follow(alice.post(address(ExchangeRate, "delete_rate", found.pk)))


def test_a_file_is_checked_imported_and_charted(cast, alice):
    page, today = reverse("admin:exchange_rates"), clock.today()
    days = [(today - datetime.timedelta(days=each), f"1.0{each}") for each in (3, 2, 1)]
    cubes = "".join(f'<Cube time="{day}"><Cube currency="USD" rate="{rate}"/></Cube>' for day, rate in days)

    def file() -> SimpleUploadedFile:
        return SimpleUploadedFile("rates.xml", f"<Cube>{cubes}</Cube>".encode())

    assert "No rates yet" in alice.get(page)
    assert "Nothing was imported yet. 3 new rates" in alice.post(page, file=file(), _check="1")
    assert "3 new rates" in alice.follow(alice.post(page, file=file(), _import="1"))
    shown = alice.get(f"{page}?pair=EUR-USD")
    assert "lowest 1.01, highest 1.03" in shown and "EUR in USD" in shown
    broken = SimpleUploadedFile("rates.xml", b"<Cube>")
    assert "broken XML" in alice.post(page, file=broken, _import="1")
    assert "Upload rates" not in Person(cast.bob, cast.alices).get(page)
