"""Learning from people's decisions: counted, shown, suggested from, taken back, and forgotten when asked."""

import threading

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from organizations import ids
from reconciliation.rules.learning import learn, unlearn
from reconciliation.rules.models import LearnedToken
from reconciliation.rules.suggestions import suggested_accounts
from reconciliation.rules.tokens import tokens_of
from tests.cast import Books, Cast

NOWHERE = "ACT_0190a1b2c3d4e5f6"


@pytest.fixture
def books(cast: Cast) -> Books:
    return cast.alices


def teach(books: Books, text: str, *codes: str, code: str = "1001", verb=learn, **more) -> None:
    with books.acting():
        verb(
            organization_id=books.organization.pk,
            account_id=books.accounts[code].pk,
            text=text,
            counter_account_ids=[books.accounts[each].pk for each in codes],
            **more,
        )


def counted(books: Books, query: str = "") -> dict[tuple[str, str], int]:
    codes = {account.public_id: code for code, account in books.accounts.items()}
    rows = books.api.get(f"/bank-learning{query}").data
    return {(row["token"], codes[row["counter_account_id"]]): row["count"] for row in rows}


def suggested(books: Books, text: str, code: str = "1001") -> tuple | None:
    with books.acting():
        (found,) = suggested_accounts(books.organization, books.accounts[code].pk, [text])
    codes = {account.pk: code for code, account in books.accounts.items()}
    return found and (codes[found.counter_account_id], found.score, found.margin, found.lines, found.tokens)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("CARD Payment 2024-01-31 No. 12345 Müller GmbH", ["card", "payment", "muller", "gmbh"]),
        ("INV20240017 to it AB", ["inv"]),
        ("fee FEE Fée", ["fee"]),
        ("12345 67", []),
        ("", []),
        ("x" * 50, ["x" * 30]),
        (" ".join(f"{chr(97 + n // 26)}{chr(97 + n % 26)}z" for n in range(50)), None),
    ],
)
def test_words_are_counted_and_numbers_are_not(text, tokens):
    found = tokens_of(text)
    assert found == tokens if tokens is not None else len(found) == 20


@given(st.text(max_size=3000))
def test_words_of_anything_are_few_and_short(text):
    found = tokens_of(text)
    assert len(found) == len(set(found)) <= 20
    assert all(3 <= len(word) <= 30 and not any(letter.isdigit() for letter in word) for word in found)
    assert tokens_of(" ".join(found)) == found


def test_what_was_learned_is_shown_with_its_counts(books):
    teach(books, "Card fee January", "5201")
    teach(books, "Card fee February", "5201", "5001")
    teach(books, "Card fee", "5201", code="1101")
    cash = books.account("1001")
    assert counted(books, f"?account_id={cash}") == {
        ("card", "5201"): 2,
        ("fee", "5201"): 2,
        ("january", "5201"): 1,
        ("february", "5201"): 1,
        ("card", "5001"): 1,
        ("fee", "5001"): 1,
        ("february", "5001"): 1,
    }
    (row,) = books.api.get(f"/bank-learning?account_id={cash}&token=january").data
    assert row == {
        "object": "learned_token",
        "account_id": cash,
        "token": "january",
        "counter_account_id": books.account("5201"),
        "count": 1,
        "lines": 2,
    }
    assert counted(books, "?filters[count][gte]=2") == {("card", "5201"): 2, ("fee", "5201"): 2}
    assert len(books.api.get("/bank-learning?sort=token&limit=3").data) == 3
    assert books.api.get("/bank-learning?colour=red").error["code"] == "unknown_parameter"


def test_a_line_that_stands_for_several_counts_as_many(books):
    teach(books, "Fee", "5201", weight=3)
    teach(books, "Fee", "5201", "5201")
    assert counted(books) == {("fee", "5201"): 4}
    with pytest.raises(ValueError, match="at least once"):
        teach(books, "Fee", "5201", weight=0)


def test_what_is_undone_is_taken_back(books):
    teach(books, "Card fee", "5201")
    teach(books, "Card", "5201", "5001")
    teach(books, "Card", "5201", "5001", verb=unlearn)
    assert counted(books) == {("card", "5201"): 1, ("fee", "5201"): 1}
    teach(books, "Card fee", "5201", verb=unlearn)
    teach(books, "Card fee", "5201", verb=unlearn)  # once more than was learned: as after a reset
    with books.acting():
        assert LearnedToken.objects.of(books.organization).count() == 0


def test_few_lines_make_a_low_score_and_many_a_high_one(books):
    assert suggested(books, "Card fee") is None
    teach(books, "Card fee January", "5201")
    account, score, margin, lines, tokens = suggested(books, "CARD 17")
    assert (account, score, margin, lines, tokens) == ("5201", 666, 333, 1, {"card": 1})
    assert suggested(books, "Card fee")[1] == 800
    for month in ("February", "March", "April"):
        teach(books, f"Card fee {month}", "5201")
    account, score, margin, lines, tokens = suggested(books, "Card fee of May")
    assert (account, lines, tokens) == ("5201", 4, {"card": 4, "fee": 4})
    assert score > 950
    assert suggested(books, "Rent of May") is None  # no word that is known
    assert suggested(books, "Card fee", code="1101") is None  # learned for each bank account by itself


def test_the_words_decide_between_accounts(books):
    for _ in range(5):
        teach(books, "Card fee", "5201")
        teach(books, "Card purchase flour", "5001")
    assert suggested(books, "card FLOUR")[0] == "5001"
    assert suggested(books, "card FEE")[0] == "5201"
    both = suggested(books, "card")
    assert (both[0], both[2]) == (min("5201", "5001", key=lambda code: books.accounts[code].pk), 0)
    assert both[1] < 500


def test_an_account_that_takes_no_postings_is_not_suggested(books):
    teach(books, "Card fee", "5201", weight=9)
    teach(books, "Card fee", "5001")
    books.api.put(f"/accounts/{books.account('5201')}", {"status": "suspended"})
    assert suggested(books, "card fee")[0] == "5001"


def test_many_texts_are_one_question(books, django_assert_num_queries):
    teach(books, "Card fee", "5201")
    with books.acting(), django_assert_num_queries(1):
        found = suggested_accounts(books.organization, books.accounts["1001"].pk, ["fee", "", "rent", "card"] * 50)
    assert [each is not None for each in found] == [True, False, False, True] * 50


def test_a_suggestion_is_explained_over_http(books):
    teach(books, "Card fee", "5201", weight=2)
    where = f"/bank-learning/{books.account('1001')}/suggestion"
    answer = books.api.get(f"{where}?text=Card of May 5")
    assert answer.body == {
        "object": "bank_learning_suggestion",
        "text": "Card of May 5",
        "words": ["card", "may"],
        "counter_account_id": books.account("5201"),
        "score": 818,
        "margin": 636,
        "lines": 2,
        "tokens": [{"token": "card", "count": 2}],
    }
    nothing = books.api.get(where)
    assert (nothing.status, nothing["counter_account_id"], nothing["tokens"]) == (200, None, [])
    assert books.api.get(f"{where}?words=x").error["code"] == "unknown_parameter"
    assert books.api.get(f"/bank-learning/{NOWHERE}/suggestion").status == 404
    assert books.api.get(f"/bank-learning/{ids.encode('TXN', 1)}/suggestion").error["code"] == "wrong_id_kind"


def test_what_was_learned_is_forgotten_when_asked(books, cast):
    teach(books, "Card fee", "5201")
    teach(books, "Rent", "5101", code="1101")
    teach(cast.charlies, "Card fee", "5201")
    other = books.account("1101")
    assert books.api.delete(f"/bank-learning?account_id={other}&dry_run=true").status == 204
    assert books.api.delete(f"/bank-learning?account_id={other}").status == 204
    assert counted(books) == {("card", "5201"): 1, ("fee", "5201"): 1}
    assert books.api.delete("/bank-learning").status == 204
    assert counted(books) == {}
    assert len(counted(cast.charlies)) == 2
    one, all_ = books.api.get("/events?entity_type=bank_learning&sort=seq").data
    assert one["event_type"] == all_["event_type"] == "bank_learning.reset"
    assert (one["entity_id"], one["before_state"]["tokens"], one["after_state"]["tokens"]) == (other, 1, 0)
    assert (all_["entity_id"], all_["before_state"]["tokens"]) == (books.organization.public_id, 2)
    assert all_["before_state"]["lines"] == 1


@pytest.mark.parametrize("query", ["account_id=x", f"account_id={NOWHERE}", "acount_id=x", "token=fee"])
def test_a_misspelt_reset_forgets_nothing(books, query):
    teach(books, "Card fee", "5201")
    assert books.api.delete(f"/bank-learning?{query}").status == 400
    assert len(counted(books)) == 2


def test_who_may_not_delete_forgets_nothing(cast):
    teach(cast.alices, "Card fee", "5201")
    assert cast.as_person("bob").get("/bank-learning").status == 200
    assert cast.as_person("bob").delete("/bank-learning").status == 403
    assert cast.alices.key_for({"bank-learning": ["read", "write"]}).delete("/bank-learning").status == 403
    assert cast.alices.key_for({"bank-learning": ["delete"]}).delete("/bank-learning").status == 204


def test_those_who_learn_at_once_do_not_wait_for_each_other_in_a_ring(committed_cast):
    books, words = committed_cast.alices, ["alpha", "beta", "gamma", "delta"]

    def work(order: int) -> None:
        for _ in range(20):
            teach(books, " ".join(words[order:] + words[:order]), "5201", "5001")
            teach(books, " ".join(words[order:] + words[:order]), "5001", verb=unlearn)
        connection.close()

    threads = [threading.Thread(target=work, args=(order,)) for order in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counted(books) == {(word, "5201"): 80 for word in words}
