"""Exports over HTTP and in the back office: asked for by who may, made in the background, loaded down for a day."""

import hashlib
import json
import os
import time

import pytest

from ledger.archives.tasks import KIND
from ledger.attachments import storing
from ledger.attachments.sweeping import sweep_attachments
from organizations.jobs.models import Job
from organizations.jobs.running import queue, run
from organizations.members.joining import add_member
from organizations.tenants.models import Organization
from tests.backoffice.desks import Person, address
from tests.cast import Cast, api_of, number_of
from tests.ledger.archives.archives import contents
from tests.ledger.attachments.conftest import kept as kept


@pytest.fixture
def alices(committed_cast: Cast, kept):
    return committed_cast.alices


def done(books) -> dict:
    """An export that was asked for over HTTP and made."""
    asked = books.api.post("/exports")
    assert (asked.status, asked["kind"], asked["status"]) == (202, "organization_export", "queued"), asked.body
    assert run(books.organization.pk, number_of("REQ", asked["id"])) == "succeeded"
    return books.api.get(f"/jobs/{asked['id']}").body


def load(api, job: dict, method: str = "GET"):
    headers = {"authorization": f"Bearer {api.key}"} if api.key else {}
    return api.client.generic(method, f"{api.base}/exports/{job['id']}/file", headers=headers)


def test_an_export_is_made_and_loaded_down(alices, tmp_path):
    alices.api.post("/transactions", alices.sale("3.00"))
    job = done(alices)
    assert job["result"]["download"] == f"{alices.api.base}/exports/{job['id']}/file"
    answered = load(alices.api, job)
    content = b"".join(answered)
    assert (answered.status_code, answered["Content-Type"]) == (200, "application/zip")
    assert len(content) == int(answered["Content-Length"]) == job["result"]["size"]
    assert hashlib.sha256(content).hexdigest() == job["result"]["sha256"]
    (tmp_path / "books.zip").write_bytes(content)
    files = contents(tmp_path / "books.zip")
    assert files["tables/ledger_entry.jsonl"].count(b"\n") == 2
    assert job["result"]["rows"] == sum(text.count(b"\n") for name, text in files.items() if name.startswith("tables/"))
    chain = [json.loads(line) for line in files["tables/ledger_checkpoint.jsonl"].splitlines()]
    assert job["result"]["head"]["seq"] == chain[-1]["seq"], "All that was there was sealed before."
    head = load(alices.api, job, "HEAD")
    assert (head.status_code, head["Content-Length"], head.content) == (200, answered["Content-Length"], b"")
    types = [event["event_type"] for event in alices.api.get("/events?limit=100").data]
    assert types.count("organization.exported") == 1
    alices.api.put("", {"status": "archived"})
    assert alices.api.post("/exports").status == 202  # who leaves takes the books along


def test_who_may_not_export(committed_cast, alices):
    job = done(alices)
    with alices.acting():
        who = {"actor": alices.actor, "organization_id": alices.organization.pk}
        people = [add_member(**who, email=f"{role}@example.com", role=role).user for role in ("accountant", "admin")]
    for person, statuses in ((committed_cast.bob, (403, 403)), (people[0], (403, 403)), (people[1], (202, 200))):
        speaking = api_of(person, alices.api.base)
        speaking.client.handler.enforce_csrf_checks = False
        assert (speaking.post("/exports").status, load(speaking, job).status_code) == statuses
    for narrow in (["read"], {"exports": ["read"]}, {"jobs": ["read", "write"]}):
        assert alices.key_for(narrow).post("/exports").status == 403
    assert load(alices.key_for({"jobs": ["read"]}), job).status_code == 403
    foreign = committed_cast.charlies.api
    foreign.base = alices.api.base
    assert (foreign.post("/exports").status, load(foreign, job).status_code) == (404, 404)


def test_an_archive_that_is_not_there(alices, monkeypatch):
    who = {"actor": alices.actor, "organization_id": alices.organization.pk}
    job = done(alices)
    with alices.acting():
        waiting = queue(**who, kind=KIND, payload={})
        other = queue(**who, kind="import_journal", payload={})
    assert load(alices.api, {"id": waiting.public_id}).status_code == 409
    for number in (other.public_id, "REQ_00000000000000ff"):
        assert load(alices.api, {"id": number}).status_code == 404
    assert load(alices.api, {"id": "nonsense"}).status_code == 404
    with alices.acting():
        path = Job.objects.get(pk=number_of("REQ", job["id"])).payload["path"]
    assert sweep_attachments() == 0  # it stays for a day
    file = storing.storage().path(path)
    os.utime(file, (time.time() - 90_000,) * 2)
    assert sweep_attachments() == 1
    assert load(alices.api, job).status_code == 410
    with alices.acting():
        Job.objects.filter(pk=number_of("REQ", job["id"])).update(payload={})
    assert load(alices.api, job).status_code == 410


def test_the_button_on_the_organization_s_page(committed_cast, alices):
    alice, bob = Person(committed_cast.alice), Person(committed_cast.bob)
    number = alices.organization.pk
    where, page = address(Organization, "export", number), address(Organization, "change", number)
    assert "Export everything" in alice.get(page) and "Export everything" not in bob.get(page)
    assert alice.get(where).status == 302 and bob.post(where).status == 403
    shown = alice.follow(alice.post(where))
    assert "organization_export" in shown and "kept for a day" in shown
    with alices.acting():
        job = Job.objects.get(kind=KIND)
    assert run(number, job.pk) == "succeeded"
    assert f"/exports/{job.public_id}/file" in alice.get(address(Job, "change", job.pk))
    assert alice.post(address(Organization, "export", committed_cast.charlies.organization.pk)).status == 404
