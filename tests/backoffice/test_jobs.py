"""Jobs in the back office: watched, stopped, and their results as files."""

import json

import pytest

from organizations.jobs import running
from organizations.jobs.models import Job, JobPart
from tests.backoffice.desks import Person, address


@pytest.fixture
def alice(cast):
    return Person(cast.alice, cast.alices)


def queued(books, **more) -> Job:
    with books.acting():
        return running.queue(actor=books.actor, organization_id=books.organization.pk, kind="import_journal", **more)


def test_a_job_is_stopped_by_a_button(cast, alice):
    job = queued(cast.alices, payload={})
    where = address(Job, "change", job.pk)
    assert "Cancel" in alice.get(where) and "Result (JSON)" not in alice.get(where)
    assert "It is told to stop." in alice.follow(alice.post(address(Job, "cancel", job.pk)))
    page = alice.get(where)
    assert "cancelled" in page and "Cancel</" not in page
    assert "has ended already" in alice.follow(alice.post(address(Job, "cancel", job.pk)))
    assert "job.finished" in alice.get(address(Job, "history", job.pk))


def test_a_result_is_a_file(cast, alice):
    books = cast.alices
    job = queued(books, payload={})
    result = address(Job, "result", job.pk)
    assert alice.get(result).status == 302  # there is none yet
    with books.acting():
        results = [{"index": 0, "client_ref": "a", "status": "skipped"}]
        JobPart.objects.create(organization_id=books.organization.pk, job_id=job.pk, number=0, results=results)
        running.finish(books.actor, job, status="succeeded", result={"object": "batch"})
    page = alice.get(address(Job, "change", job.pk))
    assert "Result (JSON)" in page and "Results (CSV)" in page
    assert json.loads(file(alice, result))["results"] == results
    assert file(alice, f"{result}?format=csv").decode().splitlines()[1] == "0,a,skipped,,,,"
    assert Person(cast.bob, books).post(address(Job, "cancel", job.pk)).status == 403


def test_a_long_result_is_folded(cast, alice):
    books = cast.alices
    short, long = queued(books, payload={}), queued(books, payload={})
    with books.acting():
        running.finish(books.actor, short, status="succeeded", result={"object": "batch"})
        running.finish(books.actor, long, status="succeeded", result={"object": "batch", "words": ["loaf"] * 99})
    page = alice.get(address(Job, "change", long.pk))
    assert page.text.count("<details>") == 1 and "words: [" in page.text.partition("</summary>")[2]
    assert len(page.text.partition('<summary class="co-mono">')[2].partition("</summary>")[0]) < 200
    page = alice.get(address(Job, "change", short.pk))
    assert "<details>" not in page.text and '{"object":"batch"}' in page


def file(person, where: str) -> bytes:
    """What is downloaded."""
    return person.client.get(where).getvalue()
