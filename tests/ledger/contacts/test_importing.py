"""Contacts from files of other programs."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from ledger.contacts.csv_files import Unreadable, read_contacts
from organizations.jobs.running import run
from tests.cast import number_of

FILE = """Kundennummer;Firma;E-Mail;Land;Zahlungsziel;Typ;Fax
K-1;Bäckerei Müller;info@mueller.example;DE;14;customer;1

K-2;"Café
Noir";noir@example.com;Deutschland;;;2
K-3;Rösterei;roast@example.com;AT;30;Supplier;3
K-3;Rösterei again;;AT;;;4
;bäckerei müller;INFO@mueller.example;;;;5
K-6;;;;;;6
K-7;Too;many;;;;7;8
"""


def upload(books, data: bytes, **fields):
    file = SimpleUploadedFile("contacts.csv", data, "text/csv")
    where = f"{books.api.base}/contacts/import"
    return books.api.client.post(where, {"file": file, **fields}, headers={"authorization": f"Bearer {books.api.key}"})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_each_line_has_its_verdict(cast, encoding):
    books = cast.alices
    data = FILE.encode(encoding)
    tried = upload(books, data, dry_run="true")
    assert tried.status_code == 200 and books.api.get("/contacts").data == []
    done = upload(books, data)
    assert done.status_code == 201, done.content
    answer = done.json()
    assert [(each["line"], each["verdict"], list(each["fields"])) for each in answer["lines"]] == [
        (2, "created", []),
        (4, "error", ["country"]),
        (6, "created", []),
        (7, "duplicate", []),
        (8, "duplicate", []),
        (9, "error", ["name"]),
        (10, "error", ["file"]),
    ]
    assert [each["verdict"] for each in tried.json()["lines"]] == [each["verdict"] for each in answer["lines"]]
    assert (answer["created"], answer["duplicates"], answer["errors"], answer["ignored_columns"]) == (2, 2, 3, ["Fax"])
    shown = books.api.get("/contacts").data
    assert [(row["name"], row["reference"], row["payment_terms_days"], row["contact_type"]) for row in shown] == [
        ("Bäckerei Müller", "K-1", 14, "customer"),
        ("Rösterei", "K-3", 30, "vendor"),
    ]
    again = upload(books, data).json()
    assert (again["created"], again["duplicates"]) == (0, 4)
    events = [each for each in books.api.get("/events").data if each["event_type"] == "contact.imported"]
    assert [event["after_state"]["created"] for event in events] == [2]


def test_a_long_file_becomes_a_job_and_what_is_no_list_is_refused(cast, monkeypatch):
    books = cast.alices
    monkeypatch.setattr("ledger.contacts.api.MOST_AT_ONCE", 2)
    job = upload(books, b"name,email\nA,\nB,\nC,\n")
    assert job.status_code == 202
    run(books.organization.pk, number_of("REQ", job.json()["id"]))
    assert books.api.get(f"/jobs/{job.json()['id']}")["result"]["created"] == 3
    for data in (b"email\na@example.com\n", b"", b"name\n", b"name\0\n"):
        refused = upload(books, data)
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, "contact_file_invalid")


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: f"name,{text}".encode()))
def test_whatever_a_file_holds_it_is_read_or_refused(data):
    try:
        found = read_contacts(data)
    except Unreadable as problem:
        assert str(problem)
    else:
        assert found.rows and all(row is None or "name" in row or row == {} for _, row in found.rows)
