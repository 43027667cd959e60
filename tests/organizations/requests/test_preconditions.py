"""Entity tags: on every editable object, checked under its lock, with a version that moving balances leave alone."""

import pytest

from ledger.accounts.models import Account
from tests.cast import open_books
from tests.concurrency.together import together


@pytest.fixture
def books(db):
    return open_books("Tags Ltd")


def version(tag: str) -> str:
    """The part of a tag that a change must name."""
    return tag.partition("-")[0]


def objects(books) -> dict[str, dict]:
    """The path of one object of every editable kind, and a change of it."""
    draft = books.api.post("/transactions", books.sale(auto_post=False))["id"]
    key = books.api.get("/api-keys").data[0]["id"]
    added = books.api.post("/members", {"email": "new@example.com", "role": "viewer"})["id"]
    return {
        "": {"tax_number": "12"},
        f"/accounts/{books.account('1001')}": {"name": "Till"},
        f"/transactions/{draft}": {"description": "Corrected"},
        f"/api-keys/{key}": {"name": "Renamed"},
        f"/members/{added}": {"role": "accountant"},
    }


def test_every_editable_object_has_a_tag_and_refuses_a_stale_one(books):
    for path, change in objects(books).items():
        first = books.api.get(path).headers["ETag"]
        assert version(books.api.get(path).headers["ETag"]) == version(first), path
        done = books.api.put(path, change, if_match=first)
        assert done.status == 200, path
        assert version(done.headers["ETag"]) != version(first), path
        assert done.headers["Content-Location"].endswith(path)
        again = books.api.put(path, change, if_match=first)
        assert (again.status, again.error["code"], again.error["type"]) == (
            412,
            "precondition_failed",
            "validation_error",
        ), path
        assert version(again.error["details"]["current"]) == version(books.api.get(path).headers["ETag"]), path
        assert books.api.put(path, change, if_match=again.error["details"]["current"]).status == 200, path


def test_deletes_and_actions_are_conditional_too(books):
    draft = books.api.post("/transactions", books.sale(auto_post=False))["id"]
    path = f"/transactions/{draft}"
    old = books.api.get(path).headers["ETag"]
    new = books.api.put(path, {"description": "Corrected"}).headers["ETag"]
    for ask in (
        lambda tag: books.api.post(f"{path}/post", if_match=tag),
        lambda tag: books.api.delete(path, if_match=tag),
    ):
        assert ask(old).status == 412
    assert books.api.get(path)["status"] == "pending"
    posted = books.api.post(f"{path}/post", if_match=new)
    assert (posted.status, posted["status"]) == (200, "posted")
    tag = books.api.get(path).headers["ETag"]
    assert books.api.post(f"{path}/reverse", {}, if_match=new).status == 412
    assert books.api.post(f"{path}/reverse", {}, if_match=tag).status == 201
    key = books.api.get(f"/api-keys/{books.api.get('/api-keys').data[0]['id']}")
    assert books.api.post(f"/api-keys/{key['id']}/rotate", if_match='"0-0"').status == 412


def test_a_condition_where_nothing_has_a_tag_cannot_hold(books):
    for path in ("/transactions", "/transactions/batch"):
        refused = books.api.post(path, books.sale(), if_match='"0-0"')
        assert (refused.status, refused.error["code"]) == (412, "precondition_failed")
    assert books.api.get("/transactions").data == []


def test_a_dry_run_looks_at_the_condition_and_gives_no_tag(books):
    path = f"/accounts/{books.account('1001')}"
    tag = books.api.get(path).headers["ETag"]
    assert books.api.put(f"{path}?dry_run=true", {"name": "Till"}, if_match='"0-0"').status == 412
    tried = books.api.put(f"{path}?dry_run=true", {"name": "Till"}, if_match=tag)
    assert (tried.status, "ETag" in tried.headers) == (200, False)
    assert books.api.get(path).headers["ETag"] == tag


def test_a_moving_balance_changes_the_answer_but_not_the_version(books):
    path = f"/accounts/{books.account('1001')}"
    before = books.api.get(path).headers["ETag"]
    assert books.api.get(path, if_none_match=before).status == 304
    books.api.post("/transactions", books.sale())
    after = books.api.get(path, if_none_match=before)
    assert (after.status, after["balance"]["amount"]) == (200, 100)
    assert after.headers["ETag"] != before
    assert books.api.put(path, {"name": "Till"}, if_match=before).status == 200


def test_a_copy_that_is_still_the_same_is_not_sent_again(books):
    path = f"/transactions/{books.api.post('/transactions', books.sale())['id']}"
    tag = books.api.get(path).headers["ETag"]
    for known in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        same = books.api.get(path, if_none_match=known)
        assert (same.status, same.body, same.headers["ETag"]) == (304, None, tag), known
    assert books.api.get(path, if_none_match='"x"').status == 200


def test_what_a_condition_may_say(books):
    path = f"/accounts/{books.account('1001')}"
    tag = books.api.get(path).headers["ETag"]
    for good in ("*", '"x", {}', '{}, "x"', " {} "):
        answer = books.api.put(path, {"name": "Till"}, if_match=good.format(tag))
        assert answer.status == 200, good
        tag = answer.headers["ETag"]
    assert books.api.put(path, {"name": "Till"}, if_match=f"W/{tag}").status == 412
    assert books.api.put(path, {"name": "Till"}, if_none_match="*").status == 412
    for bad in ("abc", f"{tag},", '"a" "b"', '"a', ""):
        answer = books.api.put(path, {"name": "Till"}, if_match=bad)
        assert (answer.status, list(answer.error["details"]["fields"])) == (400, ["If-Match"]), bad


def test_a_condition_where_nothing_has_a_tag_never_holds(books):
    for path, body in (("/transactions", books.sale()), ("/accounts/batch", {"accounts": []})):
        assert books.api.post(path, body, if_match="*").status == 412
    assert books.api.put("/accounts/ACT_" + "0" * 16, {"name": "x"}, if_match="*").status == 404
    assert books.api.get("/transactions").data == []


def test_a_replay_answers_what_was_although_the_object_has_moved_on(books):
    path = f"/accounts/{books.account('1001')}"
    tag = books.api.get(path).headers["ETag"]
    for replayed in (False, True):
        done = books.api.put(path, {"name": "Till"}, if_match=tag, idempotency_key="once")
        assert (done.status, "Idempotent-Replayed" in done.headers) == (200, replayed)


@pytest.mark.parametrize("kind", ["organization", "account", "draft", "key", "member"])
def test_of_parallel_changes_with_one_tag_exactly_one_wins(committed_db, kind):
    books = open_books("Parallel Ltd")
    kinds = dict(zip(("organization", "account", "draft", "key", "member"), objects(books).items(), strict=True))
    path, change = kinds[kind]
    tag = books.api.get(path).headers["ETag"]
    name, value = next(iter(change.items()))
    values = [value] * 8 if kind == "member" else [f"{value} {each}" for each in range(8)]

    def change_it(new: str):
        return lambda: books.api.put(path, {name: new}, if_match=tag).status

    outcomes = together([change_it(new) for new in values], threads=8)
    assert sorted(outcomes) == [200, *[412] * 7]
    with books.acting():
        assert Account.objects.of(books.organization).exists()


def test_a_rehearsal_may_have_a_condition(books):
    for path in ("", "/lock-dates"):
        tag = books.api.get(path).headers["ETag"]
        change = {"tax_number": "9"} if not path else {"sales": "2024-01-31"}
        assert books.api.put(f"{path}?dry_run=true", change, if_match=tag).status == 200, path
        assert books.api.put(f"{path}?dry_run=true", change, if_match='"0-0"').status == 412, path
        assert books.api.get(path).headers["ETag"] == tag


def test_what_is_not_there_yet_may_be_made_on_that_condition(books):
    wish = {"url": "https://example.com/checkpoints"}
    assert books.api.put("/anchor", wish, if_match="*").status == 404
    assert books.api.put("/anchor", wish, if_none_match="*").status == 200
    assert books.api.put("/anchor", wish, if_none_match="*").status == 412
    nowhere = "/accounts/ACT_0190a1b2c3d4e5f6"
    assert books.api.put(nowhere, {"name": "x"}, if_none_match="*").status == 404
