"""The workbench: what its page says, and what it is filled with. Its acts are the API's; a browser tries them."""

import datetime
import json
from decimal import Decimal

import pytest

from reconciliation.scoring.weights import FEATURES
from reconciliation.statements.models import StatementLine
from reconciliation.workbench.admin import WORDS
from reconciliation.workbench.open_lines import PAGE
from tests.backoffice.bank import WORKBENCH, imported, lines, suggested
from tests.backoffice.desks import Person, recorded
from tests.cast import Cast
from tests.reconciliation import banks


@pytest.fixture
def alice(cast: Cast, monkeypatch) -> Person:
    monkeypatch.setattr("organizations.jobs.tasks.run_job.delay", lambda *ids: None)
    return Person(cast.alice)


def part(person: Person, cast: Cast, name: str, **asked) -> dict:
    """What the page asks for."""
    query = "".join(f"&{key}={value}" for key, value in asked.items())
    answer = person.get(f"{WORKBENCH}?account={cast.alices.accounts['1001'].pk}&part={name}{query}")
    assert answer.status == 200, answer.said
    return json.loads(answer.text, parse_float=Decimal)


def test_accounts_with_statements_are_to_be_chosen_from(cast, alice):
    assert "No statement was imported yet." in alice.get(WORKBENCH)
    imported(alice, cast.alices)
    suggested(cast.alices)
    page = alice.get(WORKBENCH)
    assert "1001 Cash - Operating 4 1 593.00 2026-02-01" in page
    assert "1101" not in page
    banks.line(cast.alices, "5.00", code="1101")
    with cast.alices.acting():
        StatementLine.objects.of(cast.alices.organization).filter(account=cast.alices.accounts["1101"]).delete()
    assert "1101 Accounts Receivable 0 0 0.00" in alice.get(WORKBENCH)


def test_the_page_says_who_may_act(cast, alice):
    url = f"{WORKBENCH}?account={cast.alices.accounts['1001'].pk}"
    for person, may in ((alice, True), (Person(cast.bob), False)):
        page = person.get(url)
        assert page.status == 200
        assert (f'"may": {json.dumps(may)}' in page.text) is True
        assert ("Run matching" in page) is may
        assert ("Import a statement</a>" in page.text) is may
    assert "http://" not in page.text.replace("http://www.w3.org", "")
    assert "https://" not in page.text


def test_lines_come_with_what_is_suggested_for_them(cast, alice):
    row, match = suggested(cast.alices, description="Till")
    found = part(alice, cast, "lines")
    assert [line["id"] for line in found["lines"]] == [row.public_id]
    assert found["lines"][0]["match"]["id"] == match.public_id
    entry = found["entries"][found["lines"][0]["match"]["entry_ids"][0]]
    assert (entry["date"], entry["description"], entry["amount"]) == (
        "2026-02-01",
        "Sale for 100.00",
        Decimal("100.00"),
    )
    assert found["next"] is None


def test_there_are_words_for_every_feature_of_a_score():
    assert set(WORDS) == set(FEATURES)


def test_settled_lines_are_not_shown(cast, alice):
    row = banks.line(cast.alices, "9.00")
    cast.alices.api.post(f"/statement-lines/{row.public_id}/ignore", {"reason": "Not ours"})
    assert part(alice, cast, "lines")["lines"] == []


def test_pages_follow_each_other_without_a_gap_at_the_same_cost(cast, alice):
    of = banks.line(cast.alices, "1.00").statement
    for number in range(2 * PAGE + 5):
        day = datetime.date(2026, 1, 1) + datetime.timedelta(days=number // 50)
        banks.line(cast.alices, f"{number + 1}.00", of=of, date=day, place=number + 2)
    seen, after, queries = [], "", set()
    account = cast.alices.accounts["1001"].pk
    while after is not None:
        answer = alice.get(f"{WORKBENCH}?account={account}&part=lines&after={after}")
        found = json.loads(answer.text)
        seen += [line["id"] for line in found["lines"]]
        queries.add(answer.queries)
        after = found["next"]
    assert seen == [line.public_id for line in lines(cast.alices)]
    assert len(queries) == 1


@pytest.mark.parametrize(
    ("asked", "found"), [("coffee", 2), ("acme", 1), ("R-7", 1), ("500", 2), ("500.00", 2), ("1,000", 1), ("zzz", 0)]
)
def test_lines_are_searched_by_words_and_amounts(cast, alice, asked, found):
    imported(alice, cast.alices)
    banks.line(cast.alices, "-500.00", counterparty="ACME Ltd")
    banks.line(cast.alices, "1000.00", reference="R-7")
    assert len(part(alice, cast, "lines", q=asked)["lines"]) == found


def test_the_difference_runs_with_what_is_done(cast, alice):
    imported(alice, cast.alices)
    recorded(cast.alices, "40.00", date=datetime.date(2026, 2, 2))
    before = part(alice, cast, "figures")
    assert before == {
        "open_count": 3,
        "open_amount": Decimal("493.00"),
        "open_until": Decimal("493.00"),
        "suggested_count": 0,
        "book_balance": Decimal("40.00"),
        "closing_balance": Decimal("1493.00"),
        "closing_date": "2026-02-03",
        "difference": Decimal("1453.00"),
    }
    deposit = lines(cast.alices)[-1]
    body = {"account_id": cast.alices.account("4001")}
    assert cast.alices.api.post(f"/statement-lines/{deposit.public_id}/create-transaction", body).status == 201
    after = part(alice, cast, "figures")
    assert (after["open_count"], after["open_amount"]) == (2, Decimal("-7.00"))
    assert (after["book_balance"], after["difference"]) == (Decimal("540.00"), Decimal("953.00"))


def test_without_a_statement_that_tells_a_balance_there_is_no_difference(cast, alice):
    banks.line(cast.alices, "9.00")
    found = part(alice, cast, "figures")
    assert (found["closing_balance"], found["difference"], found["open_until"]) == (None, None, Decimal("9.00"))


def test_suggestions_are_counted_before_they_are_accepted_together(cast, alice):
    for score, booked in ((800, None), (600, None), (900, "103.00")):
        suggested(cast.alices, "100.00", score=score, booked=booked)
    assert part(alice, cast, "acceptable", min_score=600) == {"count": 2}
    assert part(alice, cast, "acceptable", min_score=801) == {"count": 0}  # a fee is accepted by itself


def test_odd_questions_find_nothing(cast, alice):
    account = cast.alices.accounts["1001"].pk
    for query in (
        "account=x",
        "account=99999999999999999999",
        f"account={cast.charlies.accounts['1001'].pk}",
        f"account={account}&part=secrets",
        f"account={account}&part=lines&after=yesterday",
        f"account={account}&part=lines&after=2026-02-01 ACT_0000000000000001",
        f"account={account}&part=acceptable&min_score=-1",
        f"account={account}&part=acceptable",
    ):
        assert alice.get(f"{WORKBENCH}?{query}").status == 404, query
    assert alice.get(f"{WORKBENCH}?account={account}&part=lines&q=%00").status == 400
    assert alice.get(f"{WORKBENCH}?account={account}&line=%22%3E%3Cscript%3E").status == 200


def test_what_the_bank_wrote_cannot_break_the_page(cast, alice):
    banks.line(cast.alices, "1.00", description="</script><script>alert(1)</script>")
    answer = alice.get(f"{WORKBENCH}?account={cast.alices.accounts['1001'].pk}&part=lines")
    assert json.loads(answer.text)["lines"][0]["description"] == "</script><script>alert(1)</script>"
    page = alice.get(f"{WORKBENCH}?account={cast.alices.accounts['1001'].pk}&line=</script><script>")
    assert "</script><script>" not in page.text


def test_strangers_find_no_workbench(cast, alice):
    banks.line(cast.alices, "1.00", description="Secret")
    charlie = Person(cast.charlie)
    theirs = cast.alices.accounts["1001"].pk
    for query in ("", "&part=lines", "&part=figures", "&part=acceptable&min_score=0"):
        assert charlie.get(f"{WORKBENCH}?account={theirs}{query}").status == 404
    assert "No statement was imported yet." in charlie.get(WORKBENCH)
