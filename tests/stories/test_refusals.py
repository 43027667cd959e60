"""Ways to be refused that no other story meets."""

import threading

import pytest
from django.db import Error, connection, connections, transaction

from organizations.errors import RecordsAreFinal
from organizations.wire.refusing import translate
from tests.cast import api, open_books


def test_the_id_of_another_kind(db):
    books = open_books("Kinds Ltd", chart=None)
    answer = api(books.key, "/organizations/ACT_0123456789abcdef").get()
    assert (answer.status, answer.error["code"]) == (400, "wrong_id_kind")
    assert list(answer.error["details"]["fields"]) == ["organization_id"]


def test_a_chart_that_nobody_drew(db):
    books = open_books("Charts Ltd", chart=None)
    answer = books.api.post("/accounts/from-template", {"template": "space_station"})
    assert (answer.status, answer.error["code"]) == (404, "chart_template_not_found")
    assert "small_business" in answer.error["message"]


def test_the_same_request_while_the_first_one_runs(committed_db):
    books = open_books("Haste Ltd")
    posted, finish = threading.Event(), threading.Event()

    def first():
        with transaction.atomic():  # holds the whole request back from its commit
            books.api.post("/transactions", books.sale(), idempotency_key="one sale")
            posted.set()
            finish.wait(30)
        connection.close()

    running = threading.Thread(target=first)
    running.start()
    assert posted.wait(30)
    second = books.api.post("/transactions", books.sale(), idempotency_key="one sale")
    finish.set()
    running.join()
    assert (second.status, second.error["code"]) == (409, "request_in_progress")
    third = books.api.post("/transactions", books.sale(), idempotency_key="one sale")
    assert (third.status, third.headers["Idempotent-Replayed"]) == (201, "true")
    assert len(books.api.get("/transactions").data) == 1


def test_not_even_the_owner_of_the_table_rewrites_an_event(committed_db):
    books = open_books("Final Ltd", chart=None)
    number = books.organization.pk
    with pytest.raises(Error) as refused, transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        scope = "select set_config('app.organization_id', %s, true), set_config('app.reach', %s, true)"
        cursor.execute(scope, [str(number), f"{{{number}}}"])
        cursor.execute("update organizations_event set event_type = 'nothing.happened'")
    refusal = translate(refused.value)
    assert isinstance(refusal, RecordsAreFinal) and refusal.code == "records_are_final"
