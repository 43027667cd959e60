"""The ECB's reference file: read, uploaded, and fetched from the address that the installation names."""

import datetime
import threading
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ledger.currencies import api as rates_api
from ledger.currencies import fetching, tasks
from ledger.currencies.ecb_files import Unreadable, read
from ledger.currencies.models import ExchangeRate
from organizations.jobs.running import run
from tests.cast import Books, number_of, open_books

FILE = b"""<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="urn:example:gesmes" xmlns="urn:example:eurofxref">
 <gesmes:subject>Reference rates</gesmes:subject>
 <Cube>
  <Cube time="2024-01-16"><Cube currency="USD" rate="1.0882"/><Cube currency="JPY" rate="160.03"/></Cube>
  <Cube time="2024-01-15">
   <Cube currency="USD" rate="1.0945"/><Cube currency="ISK" rate="N/A"/><Cube currency="LTL" rate="3.4528"/>
  </Cube>
 </Cube>
</gesmes:Envelope>"""
BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + FILE.partition(b"?>")[2]


@pytest.fixture
def books(cast) -> Books:
    return cast.alices


def upload(books: Books, data: bytes, **fields):
    file = SimpleUploadedFile("rates.xml", data, "application/xml")
    where = f"{books.api.base}/exchange-rates/import"
    return books.api.client.post(where, {"file": file, **fields}, headers={"Authorization": f"Bearer {books.key}"})


def test_a_file_is_read():
    found = read(FILE)
    assert found.skipped == 2
    assert found.rates[0] == (datetime.date(2024, 1, 16), "USD", Decimal("1.0882"))
    assert len(found.rates) == 3
    for wrong in (
        b"",
        b"<Cube>",
        b"<a/>",
        BOMB,
        FILE.replace(b"2024-01-15", b"yesterday"),
        FILE.replace(b" time=", b" x="),
    ):
        with pytest.raises(Unreadable):
            read(wrong)


def test_a_file_is_uploaded_once(books, monkeypatch):
    told = upload(books, FILE, dry_run="true")
    assert (told.status_code, told.json()["new"], told.json()["dry_run"]) == (200, 3, True)
    assert books.api.get("/exchange-rates").data == []
    done = upload(books, FILE).json()
    assert (done["new"], done["duplicates"], done["skipped"]) == (3, 0, 2)
    assert (done["first_date"], done["last_date"]) == ("2024-01-15", "2024-01-16")
    again = upload(books, FILE.replace(b"1.0945", b"1.2345")).json()
    assert (again["new"], again["duplicates"]) == (0, 3)
    (first,) = books.api.get("/exchange-rates?source=ecb&to_currency=USD&end_date=2024-01-15").data
    assert (first["from_currency"], first["rate"]) == ("EUR", Decimal("1.0945"))
    (event,) = [each for each in books.api.get("/events").data if each["event_type"] == "exchange_rate.imported"]
    assert (event["after_state"]["new"], event["after_state"]["source"]) == (3, "ecb")
    refused = upload(books, BOMB)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "rate_file_invalid")
    monkeypatch.setattr(rates_api, "LARGEST_AT_ONCE", 10)
    job = upload(books, FILE.replace(b"2024-01-16", b"2024-01-17")).json()
    run(books.organization.pk, number_of("REQ", job["id"]))
    assert books.api.get(f"/jobs/{job['id']}")["result"]["new"] == 2


def test_a_whole_history_is_stored_set_by_set(books):
    start = datetime.date(2000, 1, 1)
    codes = "".join(f'<Cube currency="{code}" rate="1.2345"/>' for code in ("USD", "JPY", "GBP", "CHF", "SEK"))
    days = "".join(f'<Cube time="{start + datetime.timedelta(days=each)}">{codes}</Cube>' for each in range(5000))
    done = upload(books, f"<Cube>{days}</Cube>".encode())
    assert done.json()["new"] == 25_000


class Desk(BaseHTTPRequestHandler):
    """A server that knows one file, a way to it, and ways to nowhere."""

    def do_GET(self):
        moved = {"/moved": "/rates.xml", "/circle": "/circle", "/away": "http://other.example.com/rates.xml"}
        if self.path in moved:
            self.send_response(302)
            self.send_header("Location", moved[self.path])
        else:
            self.send_response(200 if self.path == "/rates.xml" else 404)
        self.end_headers()
        if self.path == "/rates.xml":
            self.wfile.write(FILE)

    def log_message(self, *args):
        """Nobody reads it."""


@pytest.fixture
def address():
    server = HTTPServer(("127.0.0.1", 0), Desk)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_fetching_stays_with_its_host(address):
    plain = ["127.0.0.1"]
    assert fetching.fetch(f"{address}/rates.xml", largest=10_000, plain=plain) == FILE
    assert fetching.fetch(f"{address}/moved", largest=10_000, plain=plain) == FILE
    for path, largest, hosts in (
        ("/away", 10_000, [*plain, "other.example.com"]),
        ("/circle", 10_000, plain),
        ("/nothing", 10_000, plain),
        ("/rates.xml", 100, plain),
        ("/rates.xml", 10_000, []),
    ):
        with pytest.raises(fetching.Unfetched):
            fetching.fetch(address + path, largest=largest, plain=hosts)


def test_reference_rates_are_fetched_for_those_who_need_them(books, address, settings):
    domestic = open_books("Charlie's Garage", email="charlie@example.com")
    account = {"code": "1190", "name": "Euros", "type": "asset", "currency_id": "CUR_EUR"}
    assert books.api.post("/accounts", account).status == 201
    assert tasks.fetch_reference_rates() == 0
    settings.ECB_RATES_URL, settings.OUTGOING_ALLOWED_HOSTS = f"{address}/rates.xml", ["127.0.0.1"]
    assert (tasks.fetch_reference_rates(), tasks.fetch_reference_rates()) == (3, 0)
    with books.acting():
        assert ExchangeRate.objects.of(books.organization).filter(source="ecb").count() == 3
    assert domestic.api.get("/exchange-rates").data == []
    (event,) = books.api.get("/events?event_type=exchange_rate.imported").data
    assert event["system"] == "ecb"
    settings.ECB_RATES_URL = f"{address}/nothing"
    assert tasks.fetch_reference_rates() == 0
