"""A job that a request queues wakes a worker at once, over our own broker."""

import base64
import json

from organizations import ids
from organizations.requests import limits
from tests.cast import open_books


def sent() -> list[list[int]]:
    """The arguments of every message that waits for a worker."""
    messages = [json.loads(message) for message in limits.client().lrange("celery", 0, -1)]
    return [json.loads(base64.b64decode(message["body"]))[0] for message in messages]


def test_a_queued_job_is_sent_to_the_broker_of_the_settings(committed_db):
    books = open_books("Waking Ltd")
    answer = books.api.post("/health/ledger")
    assert answer.status == 202
    assert [books.organization.pk, ids.decode("REQ", answer["id"])] in sent()
