"""The second clock: what the books said at a past moment, and receipts that reproduce it to the byte."""

import datetime
import json
import time
from decimal import Decimal

import pytest

from ledger.balances.moments import Moment
from ledger.balances.receipts import Receipt, seal
from tests.cast import Books, api_of, open_books

PATHS = (
    "/accounts/{cash}/balance",
    "/accounts/{cash}/balance?as_of=2026-01-31",
    "/accounts/{cash}/balance/explain",
    "/accounts/{cash}/balance/explain?as_of=2026-01-31&day=2026-01-15",
    "/accounts/{cash}/entries?sort=transaction_date",
    "/accounts/{cash}/entries?limit=2",
    "/accounts/{cash}/entries?limit=2&include=total_count",
    "/accounts/{empty}/balance",
    "/accounts/{empty}/balance/explain",
    "/accounts/{empty}/entries",
    "/reports/trial-balance",
    "/reports/trial-balance?as_of=2026-01-31",
    "/reports/trial-balance?depth=1",
)


@pytest.fixture
def books(committed_db) -> Books:
    """A bakery that sold three times in January."""
    books = open_books("Alice's Bakery", email="alice@example.com")
    for day in ("2026-01-05", "2026-01-15", "2026-01-31"):
        post(books, day)
    return books


def post(books: Books, day: str, amount="100.00") -> dict:
    answer = books.api.post("/transactions", books.sale(amount, transaction_date=day))
    assert answer.status == 201, answer.body
    return answer.body


def raw(books: Books, path: str) -> bytes:
    """The very bytes of an answer."""
    found = books.api.client.get(books.api.base + path, headers={"Authorization": f"Bearer {books.key}"})
    assert found.status_code == 200, found.content
    return found.content


def ask(books: Books, path: str, known_at: str | None = None) -> bytes:
    named = path.format(cash=books.account("1001"), empty=books.account("1201"))
    return raw(books, named if known_at is None else f"{named}{'&' if '?' in named else '?'}known_at={known_at}")


def receipt_in(body: bytes) -> str:
    return body.split(b'"receipt":"')[1].split(b'"')[0].decode()


def disturb(books: Books) -> None:
    """Everything that could change an answer about the past: back-dated postings, reversals, a new chart."""
    sale = post(books, "2026-01-02", "7.77")
    post(books, "2026-01-15", "1.00")
    first = books.api.get("/transactions?sort=transaction_date&limit=2").data[1]
    assert books.api.post(f"/transactions/{first['id']}/reverse", {"reversal_date": "2026-01-05"}).status == 201
    assert books.api.post(f"/transactions/{sale['id']}/reverse", {}).status == 201
    cash = books.account("1001")
    above = books.api.post("/accounts", {"code": "1090", "name": "All cash", "type": "asset"})["id"]
    assert books.api.put(f"/accounts/{cash}", {"name": "Renamed", "parent_account_id": above}).status == 200


def test_a_receipt_gives_the_same_answer_to_the_byte(books):
    before = {path: ask(books, path) for path in PATHS}
    disturb(books)
    for path, answer in before.items():
        assert ask(books, path) != answer or "empty" in path, path
        again = ask(books, path, receipt_in(answer))
        assert again == answer, path
        assert receipt_in(again) == receipt_in(answer)


def test_the_receipt_alone_is_enough_where_the_rest_had_a_default(books):
    answer = ask(books, "/reports/trial-balance?as_of=2026-01-31&depth=1")
    disturb(books)
    assert ask(books, "/reports/trial-balance", receipt_in(answer)) == answer
    balance = ask(books, "/accounts/{cash}/balance?as_of=2026-01-31")
    post(books, "2026-01-20")
    assert ask(books, "/accounts/{cash}/balance", receipt_in(balance)) == balance


def test_a_receipt_answers_other_questions_of_its_moment(books):
    receipt = receipt_in(ask(books, "/reports/trial-balance"))
    disturb(books)
    cash = books.account("1001")
    then = books.api.get(f"/accounts/{cash}/balance?as_of=2026-01-15&known_at={receipt}")
    assert (then["balance"]["amount"], then["entries_count"]) == (Decimal("200.00"), 2)
    lines = books.api.get(f"/accounts/{cash}/entries?known_at={receipt}").data
    assert [line["running_balance"] for line in lines] == [300, 200, 100]
    assert {line["remaining"] for line in lines} == {Decimal("100.00")}


def test_links_lead_to_the_books_of_the_same_moment(books):
    time.sleep(1.1)  # until the instant is settled
    instant = books.api.get("/transactions?limit=1").data[0]["posting_date"]
    paths = ("/accounts/{cash}/balance/explain", "/accounts/{cash}/balance/explain?as_of=2026-01-31")
    answers = [ask(books, path, known_at) for path in paths for known_at in (None, instant)]
    answers += [ask(books, "/accounts/{cash}/balance/explain", receipt_in(answers[0]))]
    disturb(books)
    for answer in map(json.loads, answers):
        for part in [*answer["months"], *answer["days"]]:
            lines = books.api.get("/" + part["entries_query"])
            assert (lines.status, sum(line["balance_impact"] for line in lines.data)) == (200, part["net"])
        day = books.api.get("/" + answer["entries"]["entries_query"]).data
        assert [line["id"] for line in day] == [line["id"] for line in answer["entries"]["data"]]


def test_a_month_is_explained_at_the_moment_of_the_answer_that_leads_to_it(books):
    post(books, "2026-02-02")
    month = json.loads(ask(books, "/accounts/{cash}/balance/explain"))["months"][0]
    disturb(books)
    explained = books.api.get("/" + month["explain_query"])
    assert (explained["balance"]["amount"], explained["adds_up"]) == (Decimal("300.00"), True)


def test_rows_of_a_trial_balance_lead_to_the_entries_of_its_moment(books):
    report = json.loads(ask(books, "/reports/trial-balance"))
    disturb(books)
    for row in report["accounts"]:
        lines = books.api.get("/" + row["entries_query"]).data
        assert sum(line["balance_impact"] for line in lines) == row["balance"]


def test_an_account_that_was_deleted_since_stands_in_the_books_of_before(books):
    group = books.api.post("/accounts", {"code": "1095", "name": "Group", "type": "asset"})["id"]
    cash = books.account("1001")
    books.api.put(f"/accounts/{cash}", {"parent_account_id": group})
    report, balance = ask(books, "/reports/trial-balance"), raw(books, f"/accounts/{group}/balance")
    books.api.put(f"/accounts/{cash}", {"parent_account_id": None})
    assert books.api.delete(f"/accounts/{group}").status == 204
    assert b'"code":"1095"' in report
    assert ask(books, "/reports/trial-balance", receipt_in(report)) == report
    assert raw(books, f"/accounts/{group}/balance?known_at={receipt_in(balance)}") == balance
    assert books.api.get(f"/accounts/{group}/balance").status == 404


def test_pages_of_a_register_are_of_the_moment_of_the_first(books):
    cash = books.account("1001")
    first = raw(books, f"/accounts/{cash}/entries?limit=1&sort=transaction_date")
    page = books.api.get(f"/accounts/{cash}/entries?limit=1&sort=transaction_date")
    cursor = page["next_cursor"]
    second = raw(books, f"/accounts/{cash}/entries?limit=1&sort=transaction_date&cursor={cursor}")
    disturb(books)
    again = raw(books, f"/accounts/{cash}/entries?limit=1&sort=transaction_date&cursor={cursor}")
    assert again == second
    assert b'"running_balance":200.00' in second
    known_at = receipt_in(second)
    assert (
        raw(books, f"/accounts/{cash}/entries?limit=1&sort=transaction_date&cursor={cursor}&known_at={known_at}")
        == second
    )
    other = receipt_in(first)
    refused = books.api.get(f"/accounts/{cash}/entries?limit=1&sort=transaction_date&cursor={cursor}&known_at={other}")
    assert (refused.status, refused.error["code"]) == (400, "invalid_cursor")


def test_an_instant_asks_for_the_books_of_before(books):
    third = books.api.get("/transactions?limit=1").data[0]
    post(books, "2026-01-10", "50.00")
    time.sleep(1.1)  # until the instant is settled
    cash = books.account("1001")
    answer = books.api.get(f"/accounts/{cash}/balance?known_at={third['posting_date']}")
    assert (answer["balance"]["amount"], answer["known_at"]) == (Decimal("300.00"), third["posting_date"])
    body = raw(books, f"/accounts/{cash}/balance?known_at={third['posting_date']}")
    disturb(books)
    assert raw(books, f"/accounts/{cash}/balance?known_at={third['posting_date']}") == body
    assert raw(books, f"/accounts/{cash}/balance?known_at={receipt_in(body)}") == body
    assert books.api.get(f"/accounts/{cash}/balance?known_at=2020-01-01T00:00:00Z")["entries_count"] == 0
    report = books.api.get("/reports/trial-balance?known_at=2020-01-01T00:00:00%2B01:00")
    assert (report["accounts"], report["as_of"], report["is_balanced"]) == ([], "2019-12-31", True)  # in UTC


def test_a_list_of_an_instant_pages_at_that_instant(books):
    third = books.api.get("/transactions?limit=1").data[0]
    time.sleep(1.1)
    path = f"/accounts/{books.account('1001')}/entries?limit=2&known_at={third['posting_date']}"
    page = books.api.get(path)
    disturb(books)
    rest = books.api.get(f"{path}&cursor={page['next_cursor']}")
    assert [line["running_balance"] for line in page.data + rest.data] == [300, 200, 100]
    assert rest["has_more"] is False
    earlier = path.replace(third["posting_date"], "2020-01-01T00:00:00Z")
    assert books.api.get(f"{earlier}&cursor={page['next_cursor']}").status == 400


def test_an_instant_that_is_too_recent_is_moved_back_and_the_answer_says_so(books, owner_connection):
    now = datetime.datetime.now(datetime.UTC)
    cash = books.account("1001")
    answer = books.api.get(f"/accounts/{cash}/balance?known_at={now:%Y-%m-%dT%H:%M:%S.%fZ}")
    assert answer.status in (200, 400)  # our clock may be ahead of the database's
    if answer.status == 200:
        assert answer["known_at"] < f"{now:%Y-%m-%dT%H:%M:%S.%fZ}"


@pytest.mark.parametrize(
    "known_at", ["yesterday", "2026-01-31", "2999-01-01T00:00:00Z", "RCT_", "RCT_x.y", "2026-13-01T00:00:00Z"]
)
def test_bad_moments_are_named(books, known_at):
    cash = books.account("1001")
    for path in (f"/accounts/{cash}/balance", f"/accounts/{cash}/entries", f"/accounts/{cash}/balance/explain",
                 "/reports/trial-balance"):  # fmt: skip
        refused = books.api.get(f"{path}?known_at={known_at}")
        assert (refused.status, list(refused.error["details"]["fields"])) == (400, ["known_at"]), path


def test_a_receipt_is_good_for_its_own_organization_only(books):
    charlies = open_books("Charlie's Garage", email="charlie@example.com")
    receipt = receipt_in(ask(books, "/accounts/{cash}/balance"))
    refused = charlies.api.get(f"/accounts/{charlies.account('1001')}/balance?known_at={receipt}")
    assert refused.status == 400
    altered = receipt[:-1] + ("a" if receipt[-1] != "a" else "b")
    assert books.api.get(f"/reports/trial-balance?known_at={altered}").status == 400


def test_a_receipt_from_a_future_that_was_lost_is_refused(books):
    now = datetime.datetime.now(datetime.UTC)
    lost = seal(books.organization, Receipt(Moment(now, "99999999999:99999999999:"), {}))
    refused = books.api.get(f"/reports/trial-balance?known_at={lost}")
    assert (refused.status, refused.error["code"]) == (422, "receipt_lost")


def test_people_have_receipts_too(books):
    alice = api_of(books.owner, books.api.base)
    answer = alice.get("/reports/trial-balance")
    post(books, "2026-01-02")
    assert alice.get(f"/reports/trial-balance?known_at={answer['receipt']}").body == answer.body
