"""Categories over HTTP: made, renamed, archived, deleted, and named by transactions."""

import pytest
from django.db import connections

from ledger.categories.models import Category
from ledger.journal.models import Transaction
from organizations import ids
from tests.cast import Books, Cast, number_of

NOWHERE = "CAT_0190a1b2c3d4e5f6"


@pytest.fixture
def books(cast: Cast) -> Books:
    return cast.alices


def made(books: Books, name: str = "Travel", type: str = "expense", **more) -> str:
    answer = books.api.post("/categories", {"name": name, "type": type, **more})
    assert answer.status == 201, answer.body
    return answer["id"]


def test_a_category_is_made_changed_archived_and_deleted(books):
    answer = books.api.post(
        "/categories", {"name": "  Business   travel ", "type": "expense", "metadata": {"team": "sales"}}
    )
    assert answer.status == 201
    assert (answer["object"], answer["name"], answer["status"]) == ("category", "Business travel", "active")
    where = f"/categories/{answer['id']}"
    assert books.api.get(where).body == answer.body
    changed = books.api.put(where, {"name": "Travel", "status": "archived", "type": "expense"})
    assert (changed.status, changed["name"], changed["status"]) == (200, "Travel", "archived")
    assert changed["metadata"] == {"team": "sales"}
    assert books.api.put(where, {"status": "active"})["status"] == "active"
    assert books.api.delete(where).status == 204
    assert books.api.get(where).status == 404
    events = books.api.get(f"/events?entity_id={answer['id']}&sort=seq").data
    assert [event["event_type"] for event in events] == [
        "category.created",
        "category.updated",
        "category.updated",
        "category.deleted",
    ]
    assert events[1]["changes"] == {
        "name": {"from": "Business travel", "to": "Travel"},
        "status": {"from": "active", "to": "archived"},
    }


def test_a_change_that_changes_nothing_is_no_event(books):
    number = made(books)
    books.api.put(f"/categories/{number}", {"name": "Travel", "type": "expense"})
    assert len(books.api.get(f"/events?entity_id={number}").data) == 1


def test_names_are_unique_within_a_type(books, cast):
    made(books)
    made(books, type="other")
    made(cast.charlies)
    again = books.api.post("/categories", {"name": "TRAVEL", "type": "expense"})
    assert (again.status, again.error["code"]) == (409, "category_name_taken")
    other = made(books, "Meals")
    renamed = books.api.put(f"/categories/{other}", {"name": "travel"})
    assert (renamed.status, renamed.error["code"]) == (409, "category_name_taken")
    assert books.api.put(f"/categories/{other}", {"name": "MEALS"}).status == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"type": "income"}, "name"),
        ({"name": "Travel"}, "type"),
        ({"name": "   ", "type": "income"}, "name"),
        ({"name": "x" * 101, "type": "income"}, "name"),
        ({"name": 7, "type": "income"}, "name"),
        ({"name": "Travel", "type": "asset"}, "type"),
        ({"name": "Travel", "type": "income", "metadata": {"a": 1}}, "metadata"),
        ({"name": "Travel", "type": "income", "description": None}, "description"),
    ],
)
def test_what_cannot_be_a_category_is_refused_with_the_field(books, body, field):
    answer = books.api.post("/categories", body)
    assert (answer.status, list(answer.error["details"]["fields"])) == (400, [field])


def test_the_type_is_fixed_for_life(books):
    answer = books.api.put(f"/categories/{made(books)}", {"type": "income"})
    assert (answer.status, answer.error["code"]) == (422, "category_immutable")


def test_the_list_filters_and_sorts(books):
    travel = made(books, metadata={"team": "sales"})
    consulting = made(books, "Consulting", "income")
    books.api.put(f"/categories/{consulting}", {"status": "archived"})

    def found(query: str) -> list[str]:
        return [row["id"] for row in books.api.get(f"/categories{query}").data]

    assert found("") == [consulting, travel]
    assert found("?status=active") == [travel]
    assert found("?type=income") == [consulting]
    assert found("?filters[metadata.team]=sales") == [travel]
    assert found("?filters[name][contains]=RAV") == [travel]
    assert books.api.get("/categories?colour=red").error["code"] == "unknown_parameter"


def test_transactions_have_a_category_that_is_there(books, cast):
    travel, strangers = made(books), made(cast.charlies)
    draft = books.api.post("/transactions", books.sale(auto_post=False, category_id=travel))
    posted = books.api.post("/transactions", books.sale(category_id=travel))
    assert draft["category_id"] == posted["category_id"] == travel
    found = books.api.get(f"/transactions?category_id={travel}").data
    assert {row["id"] for row in found} == {draft["id"], posted["id"]}
    for wrong in (NOWHERE, strangers):
        for auto_post in (False, True):
            answer = books.api.post("/transactions", books.sale(auto_post=auto_post, category_id=wrong))
            assert (answer.status, answer.error["code"]) == (400, "category_not_found")
            assert list(answer.error["details"]["fields"]) == ["category_id"]
        answer = books.api.put(f"/transactions/{draft['id']}", {"category_id": wrong})
        assert (answer.status, answer.error["code"]) == (400, "category_not_found")
    answer = books.api.post("/transactions", books.sale(category_id=books.account("1001")))
    assert list(answer.error["details"]["fields"]) == ["category_id"]
    assert books.api.put(f"/transactions/{draft['id']}", {"category_id": None})["category_id"] is None


def test_an_archived_category_stays_where_it_is_and_goes_nowhere_else(books):
    travel = made(books)
    draft = books.api.post("/transactions", books.sale(auto_post=False, category_id=travel))
    posted = books.api.post("/transactions", books.sale(category_id=travel))
    books.api.put(f"/categories/{travel}", {"status": "archived"})
    answer = books.api.post("/transactions", books.sale(category_id=travel))
    assert (answer.status, answer.error["code"]) == (422, "category_archived")
    assert list(answer.error["details"]["fields"]) == ["category_id"]
    changed = books.api.put(f"/transactions/{draft['id']}", {"description": "Later", "category_id": travel})
    assert changed.status == 200
    assert books.api.post(f"/transactions/{draft['id']}/post").status == 200
    reversal = books.api.post(f"/transactions/{posted['id']}/reverse", {})
    assert (reversal.status, reversal["category_id"]) == (201, travel)
    other = books.api.post("/transactions", books.sale(auto_post=False))
    answer = books.api.put(f"/transactions/{other['id']}", {"category_id": travel})
    assert (answer.status, answer.error["code"]) == (422, "category_archived")


def test_a_category_in_use_is_not_deleted(books):
    travel = made(books)
    draft = books.api.post("/transactions", books.sale(auto_post=False, category_id=travel))
    answer = books.api.delete(f"/categories/{travel}")
    assert (answer.status, answer.error["code"]) == (422, "category_in_use")
    books.api.delete(f"/transactions/{draft['id']}")
    assert books.api.delete(f"/categories/{travel}").status == 204


@pytest.mark.parametrize("auto_post", [False, True])
def test_a_batch_says_which_item_has_no_category(books, auto_post):
    travel, old = made(books), made(books, "Old")
    books.api.put(f"/categories/{old}", {"status": "archived"})
    items = [books.sale(category_id=category) for category in (travel, NOWHERE, old, None)]
    answer = books.api.post("/transactions/batch", {"transactions": items, "auto_post": auto_post})
    assert answer["summary"] == {"succeeded": 2, "failed": 2, "skipped": 0}
    codes = {row["index"]: row["error"]["code"] for row in answer["results"] if row["status"] == "failed"}
    assert codes == {1: "category_not_found", 2: "category_archived"}
    assert list(answer["results"][1]["error"]["details"]["fields"]) == ["transactions[1].category_id"]


def test_who_may_not_write_makes_no_categories(cast):
    answer = cast.as_person("bob").post("/categories", {"name": "Travel", "type": "expense"})
    assert answer.status == 403
    assert cast.as_person("bob").get("/categories").status == 200


def test_categories_that_transactions_of_before_named_get_their_rows(committed_cast, owner_connection):
    """The migration on books from before: drop the reference, name what never was, and run it again."""
    from django.apps import apps

    books = committed_cast.alices
    sale = books.api.post("/transactions", books.sale(auto_post=False))
    with connections["owner"].cursor() as cursor:
        cursor.execute("alter table ledger_transaction drop constraint transaction_of_own_category")
    with books.acting():
        number = number_of("CAT", NOWHERE)
        Transaction.objects.of(books.organization).filter(pk=number_of("TXN", sale["id"])).update(category_id=number)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "alter table ledger_transaction add constraint transaction_of_own_category foreign key"
            " (organization_id, category_id) references ledger_category (organization_id, id) not valid"
        )
    script = apps.get_app_config("ledger").path + "/migrations/sql/0014_categories_of_before.sql"
    with open(script, encoding="utf-8") as file, connections["owner"].cursor() as cursor:
        cursor.execute(file.read())
    with books.acting():
        row = Category.objects.of(books.organization).get()
    assert (ids.encode("CAT", row.pk), row.type, row.status) == (NOWHERE, "other", "archived")
    assert books.api.post(f"/transactions/{sale['id']}/post")["category_id"] == NOWHERE
    validated = "select convalidated from pg_constraint where conname = 'transaction_of_own_category'"
    assert owner_connection.execute(validated).fetchone() == (True,)
