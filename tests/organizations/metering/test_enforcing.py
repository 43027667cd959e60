"""Credits that must be there: refused without, with no effect, and given back for what was refused otherwise."""

from functools import partial

import pytest
import redis
from django.core.management import CommandError, call_command

from ledger.journal.models import Transaction
from organizations import ids, scoping
from organizations.keys.minting import create_key
from organizations.metering.collecting import collect
from organizations.metering.crediting import give, spend_what_was_used
from organizations.metering.pooling import change_pool
from organizations.requests import credits, limits
from organizations.requests.counters import client
from tests.cast import Books, api, api_of, open_books, open_child
from tests.concurrency.http import Client
from tests.concurrency.together import failures, together


def given(books: Books, number: int, reference: str = "INV-1", **more) -> None:
    with books.acting():
        give(actor=books.actor, organization=books.organization, credits=number, reference=reference, **more)


def enforce(books: Books, enforced: bool | None = True) -> None:
    with books.acting():
        change_pool(actor=books.actor, organization=books.organization, enforced=enforced)
    credits.forget()


def left(books: Books) -> int:
    return books.api.get("/credits/pool")["credits_remaining"]


@pytest.fixture
def books(committed_db):
    shop = open_books("Shop")
    given(shop, 3)
    enforce(shop)
    return shop


def posted(books: Books) -> int:
    with scoping.acting_in(books.organization.pk):
        return Transaction.objects.of(books.organization).count()


def test_at_zero_a_call_is_refused_and_does_nothing(books):
    sale = books.sale()
    assert [books.api.post("/transactions", sale).status for _ in range(3)] == [201] * 3
    refused = books.api.post("/transactions", sale)
    assert refused.status == 402 and refused.error["type"] == "credit_limit_error"
    assert refused.error["code"] == "credits_exhausted" and refused.error["details"]["credits_remaining"] == 0
    assert posted(books) == 3
    assert books.api.get("/accounts").status == 402
    assert books.api.get("/usage").status == 200 and left(books) == 0  # to see what was used is free
    given(books, 1, "INV-2")
    assert books.api.post("/transactions", sale).status == 201 and left(books) == 0


def test_what_is_refused_otherwise_costs_nothing(books):
    assert books.api.get("/accounts?nonsense=1").status == 400
    assert books.api.post("/transactions", {"entries": []}).status == 400
    assert books.api.get("/accounts/ACT_00000000000000ff").status == 404
    assert [books.api.get("/accounts").status for _ in range(4)] == [200, 200, 200, 402]


def test_what_was_paid_for_once_is_answered_again(books):
    sale = books.sale()
    first = books.api.post("/transactions", sale, idempotency_key="a")
    for number in range(2):
        books.api.get(f"/accounts?limit={number + 1}")
    again = books.api.post("/transactions", sale, idempotency_key="a")
    assert again.status == 201 and again["id"] == first["id"]
    assert books.api.post("/transactions", sale, idempotency_key="b").status == 402
    given(books, 5, "INV-2")
    assert books.api.post("/transactions", sale, idempotency_key="b").status == 201  # the refusal was not kept


def test_a_hundred_at_once_on_the_last_credit_have_one_effect(http_server):
    books = open_books("Shop")
    given(books, 1)
    enforce(books)
    call = partial(post_once, http_server, books)
    answers = together([call] * 100, threads=16)
    assert failures(answers) == []
    assert sorted(answer.status for answer in answers) == [201] + [402] * 99
    assert posted(books) == 1 and left(books) == 0


def test_a_debt_is_paid_first_when_credits_come(books):
    """What was used before it had to be paid for stays owed."""
    given(books, -8, "INV-2", kind="adjust")
    assert left(books) == -5 and books.api.get("/accounts").status == 402
    given(books, 3, "INV-3")
    assert [books.api.post("/transactions", books.sale()).status for _ in range(3)] == [402] * 3
    given(books, 4, "INV-4")
    assert left(books) == 2
    assert [books.api.post("/transactions", books.sale()).status for _ in range(3)] == [201, 201, 402]
    assert (posted(books), left(books)) == (2, 0)


def test_what_was_used_while_nobody_had_to_pay_counts_once_they_have_to_again(books):
    assert books.api.get("/accounts").status == 200  # Redis knows of two that are left
    enforce(books, False)
    assert [books.api.get("/accounts").status for _ in range(4)] == [200] * 4
    enforce(books)
    assert left(books) == -2 and books.api.get("/accounts").status == 402


def test_a_replay_costs_nothing_whatever_is_left(books):
    sale = books.sale()
    for number in (2, 2, 1, 0):
        assert books.api.post("/transactions", sale, idempotency_key="a").status == 201
        if number < 2:
            assert books.api.get("/accounts").status == 200
        assert left(books) == number
    assert [books.api.post("/transactions", sale, idempotency_key="a").status for _ in range(6)] == [201] * 6
    assert left(books) == 0 and posted(books) == 1
    collect()
    usage = {row["operation"]: row for row in books.api.get("/usage?group_by=operation")["groups"]}
    assert usage["transactions_create"]["requests"] == 1
    assert (usage["idempotent_replay"]["requests"], usage["idempotent_replay"]["credits"]) == (9, 0)


def test_a_session_pays_like_a_key(books):
    person = api_of(books.owner, books.api.base)
    assert [person.post("/transactions", books.sale()).status for _ in range(4)] == [201, 201, 201, 402]
    assert person.get("/accounts").status == 402 and books.api.get("/accounts").status == 402
    assert person.get("/credits/pool")["credits_remaining"] == 0  # to see what is left is free
    assert posted(books) == 3
    given(books, 1, "INV-2")
    assert person.get("/accounts?nonsense=1").status == 400
    assert [person.get("/accounts").status for _ in range(2)] == [200, 402]
    assert person.client.get("/admin/").status_code == 200 and left(books) == 0  # the back office is not metered


def post_once(base_url: str, books: Books):
    caller = Client(base_url, books.key)
    try:
        return caller.post(f"/organizations/{books.organization.public_id}/transactions", books.sale())
    finally:
        caller.close()


def test_the_pool_is_that_of_who_pays(committed_db):
    firm = open_books("Firm")
    client_, apart = open_child(firm, "Client", relationship="linked"), open_child(firm, "Apart", relationship="owned")
    assert api(firm.key, client_.api.base).put("", {"billing_type": "shared"}).status == 200
    given(firm, 3)  # one is spent: the change of the client
    enforce(firm)
    assert [client_.api.get("/accounts").status for _ in range(3)] == [200, 200, 402]
    assert firm.api.get("/accounts").status == 402
    assert [apart.api.get("/accounts").status for _ in range(3)] == [200] * 3  # its own switch says nothing
    shown = client_.api.get("/credits/pool")
    assert shown["billing_organization_id"] == firm.organization.public_id and shown["credits_remaining"] is None
    refused = client_.api.put("/credits/pool", {"recharge_below": 5, "recharge_package": "1000"})
    assert refused.status == 422 and refused.error["code"] == "another_organization_pays"


def test_a_key_that_sees_a_part_pays_like_any_other(books):
    given(books, -2, "INV-2", kind="adjust")
    with books.acting():
        _, secret = create_key(
            actor=books.actor, organization_id=books.organization.pk, mode="live", name="Portal", permissions=["read"],
            scope={"account_ids": [books.accounts["1001"].pk], "contact_ids": []},
        )  # fmt: skip
    part = api(secret, books.api.base)
    assert [part.get("/accounts").status for _ in range(2)] == [200, 402]
    assert part.get(f"/accounts/{books.account('1001')}").status == 402


def test_the_number_is_worked_out_again_when_redis_lost_it(books):
    """With what is counted and not yet in the database, and with what is there and not yet spent."""
    given(books, 4, "INV-2")
    assert [books.api.get("/accounts").status for _ in range(2)] == [200] * 2
    client().flushdb()
    assert [books.api.get("/accounts").status for _ in range(6)] == [200] * 5 + [402]
    spend_what_was_used()
    client().flushdb()
    assert books.api.get("/accounts").status == 402


def test_without_redis_nobody_is_refused(books, monkeypatch):
    def down(*args, **kwargs):
        raise redis.ConnectionError("no Redis")

    monkeypatch.setattr(limits, "script", lambda text: down)
    monkeypatch.setattr(credits, "script", lambda text: down)
    assert [books.api.get("/accounts").status for _ in range(5)] == [200] * 5
    assert books.api.get("/accounts?nonsense=1").status == 400
    given(books, 1, "INV-2")


def test_the_switch_is_the_operators(committed_db, settings):
    books = open_books("Shop")
    number = books.organization.public_id
    assert books.api.get("/accounts").status == 200
    settings.CREDITS_ENFORCED = True
    credits.forget()
    assert books.api.get("/accounts").status == 402 and books.api.get("/credits/pool")["enforced"]
    call_command("enforce_credits", number, "off")
    assert books.api.get("/accounts").status == 200
    call_command("enforce_credits", number, "default")
    assert books.api.get("/accounts").status == 402
    settings.CREDITS_ENFORCED = False
    call_command("enforce_credits", number, "on")
    assert books.api.get("/accounts").status == 402
    call_command("enforce_credits", number, "off")
    assert "credit_pool.changed" in {row["event_type"] for row in books.api.get("/events?limit=100").data}
    with pytest.raises(CommandError):
        call_command("enforce_credits", ids.encode("ORG", 255), "on")


def test_the_books_of_credits_are_double(books):
    given(books, -1, "INV-2", kind="adjust")
    given(books, 10, "INV-3", kind="purchase")
    accounts = {row["account"]: (row["received"], row["given"]) for row in books.api.get("/credits/pool")["accounts"]}
    assert accounts == {"adjust": (1, 0), "grant": (0, 3), "pool": (13, 1), "purchase": (0, 10)}
    assert sum(received for received, _ in accounts.values()) == sum(gave for _, gave in accounts.values())
