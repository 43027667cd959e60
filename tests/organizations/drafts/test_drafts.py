"""Writes that wait for approval: tried when staged, done once when approved, by other eyes where that is asked."""

import datetime
import json
import threading
from pathlib import Path

import pytest
from django.db import connection

from organizations import clock
from organizations.drafts import staging
from organizations.drafts.errors import (
    ApproverIsAuthor,
    DraftDecided,
    DraftExpired,
    DraftOutdated,
    NotTheAuthor,
    UnknownOperation,
)
from organizations.drafts.models import Draft
from organizations.drafts.operations import operations
from organizations.drafts.performing import look
from organizations.drafts.tasks import expire_drafts
from organizations.errors import ApprovalRequired
from tests.cast import Api, Books, api_of, open_books

REFERENCE = Path(__file__).parents[2] / "contract" / "openapi.json"
STAGING = {"drafts": ["read", "write"], "*": ["read"]}


@pytest.fixture
def books(db) -> Books:
    return open_books("Careful Ltd")


@pytest.fixture
def clerk(books) -> Api:
    """A key that may stage, and write nothing."""
    return books.key_for(STAGING)


def stage(api: Api, operation: str, payload: dict | None = None, **more) -> dict:
    made = api.post("/drafts", {"operation": operation, "payload": payload or {}} | more)
    assert made.status == 201, made.body
    return made.body


def ask_for_approval(books: Books) -> None:
    assert books.api.put("", {"require_draft_approval": True}).status == 200


def test_a_posting_is_staged_tried_and_approved_once(books, clerk):
    draft = stage(clerk, "transactions_create", books.sale("12.00"), note="As agreed")
    assert (draft["status"], draft["is_valid"], draft["problems"], draft["result"]) == ("pending", True, None, None)
    assert draft["preview"]["status"] == "posted" and draft["preview"]["amount"] == 12
    assert books.api.get("/transactions").data == []
    approved = books.api.post(f"/drafts/{draft['id']}/approve")
    assert (approved.status, approved["status"], approved["result"]["status"]) == (200, "approved", 201)
    posted = books.api.get(f"/transactions/{approved['result']['body']['id']}")
    assert (posted["status"], posted["amount"]) == ("posted", 12)
    again = books.api.post(f"/drafts/{draft['id']}/approve")
    assert (again.status, again.error["code"]) == (409, DraftDecided.code)
    assert len(books.api.get("/transactions").data) == 1
    told = [event["event_type"] for event in books.api.get(f"/events?entity_id={draft['id']}&sort=seq").data]
    assert told == ["draft.staged", "draft.approved"]
    (event,) = books.api.get(f"/events?entity_id={posted['id']}").data
    assert event["api_key_id"] == approved["decided_by"]["api_key_id"] != draft["author"]["api_key_id"]


def test_what_would_be_refused_is_told_and_refused_again(books, clerk):
    lame = books.sale("12.00") | {"entries": [books.entry("1001", "debit", "12.00")]}
    draft = stage(clerk, "transactions_create", lame)
    assert (draft["is_valid"], draft["preview"]) == (False, None)
    refused = books.api.post(f"/drafts/{draft['id']}/approve")
    assert refused.error["code"] == draft["problems"]["code"] and refused.status == draft["problems"]["status"]
    assert books.api.get(f"/drafts/{draft['id']}")["status"] == "pending"
    changed = clerk.put(f"/drafts/{draft['id']}", {"payload": books.sale("13.00"), "surprise": 1})
    assert changed["is_valid"] and changed["preview"]["amount"] == 13
    assert changed["warnings"][0]["field"] == "surprise"
    assert books.api.post(f"/drafts/{draft['id']}/approve")["status"] == "approved"
    told = [event["event_type"] for event in books.api.get(f"/events?entity_id={draft['id']}&sort=seq").data]
    assert told == ["draft.staged", "draft.changed", "draft.approved"]


def test_a_change_shows_what_is_and_what_would_be(books, clerk):
    cash = books.account("1001")
    draft = stage(clerk, "accounts.update", {"name": "Till"}, parameters={"account_id": cash})
    assert draft["operation"] == "accounts_update"
    assert (draft["current"]["name"], draft["preview"]["name"]) == ("Cash - Operating", "Till")
    assert books.api.get(f"/accounts/{cash}")["name"] == "Cash - Operating"
    # What happens meanwhile shows when it is looked at again.
    books.api.put(f"/accounts/{cash}", {"name": "Petty cash"})
    assert clerk.post(f"/drafts/{draft['id']}/validate")["current"]["name"] == "Petty cash"
    books.api.post(f"/drafts/{draft['id']}/approve")
    assert books.api.get(f"/accounts/{cash}")["name"] == "Till"


def test_what_was_changed_since_it_was_read_is_not_decided(books, clerk):
    draft = stage(clerk, "transactions_create", books.sale("10.00"))
    where = f"/drafts/{draft['id']}"
    read = books.api.get(where).headers["ETag"]
    assert clerk.put(where, {"payload": books.sale("99999.00")}).status == 200
    for action, body in (("approve", None), ("reject", {"reason": "No"})):
        refused = books.api.post(f"{where}/{action}", body, if_match=read)
        assert (refused.status, refused.error["code"]) == (412, "precondition_failed")
    assert books.api.get("/transactions").data == []
    now = books.api.get(where).headers["ETag"]
    assert books.api.post(f"{where}/approve", if_match=now)["status"] == "approved"


def test_a_change_is_not_approved_over_one_that_it_does_not_show(books, clerk):
    saved = books.api.post("/transactions", books.sale("5.00", auto_post=False))["id"]
    entries = {"entries": books.sale("6.00")["entries"]}
    draft = stage(clerk, "transactions_update", entries, parameters={"transaction_id": saved})
    books.api.put(f"/transactions/{saved}", {"entries": books.sale("500.00")["entries"]})
    for _ in range(2):
        refused = books.api.post(f"/drafts/{draft['id']}/approve")
        assert (refused.status, refused.error["code"]) == (409, DraftOutdated.code)
    assert books.api.get(f"/transactions/{saved}")["amount"] == 500
    assert clerk.post(f"/drafts/{draft['id']}/validate")["current"]["amount"] == 500
    assert books.api.post(f"/drafts/{draft['id']}/approve").status == 200
    assert books.api.get(f"/transactions/{saved}")["amount"] == 6


def test_what_others_move_does_not_outdate_a_draft(books, clerk):
    cash = books.account("1001")
    draft = stage(clerk, "accounts_update", {"name": "Till"}, parameters={"account_id": cash})
    books.api.post("/transactions", books.sale("8.00"))
    assert books.api.get(f"/accounts/{cash}")["balance"]["amount"] == 8
    assert books.api.post(f"/drafts/{draft['id']}/approve").status == 200
    # Each request takes credits out of the pool.
    nothing = {"recharge_below": None, "recharge_package": None}
    draft = stage(clerk, "credits_pool_update", nothing)
    assert books.api.post(f"/drafts/{draft['id']}/approve").status == 200
    # Who approves need not be able to read what is compared.
    draft = stage(clerk, "accounts_update", {"name": "Box"}, parameters={"account_id": cash})
    blind = books.key_for({"drafts": ["read", "write"], "accounts": ["write", "approve"]})
    assert blind.post(f"/drafts/{draft['id']}/approve").status == 200


def test_a_batch_says_which_items_fail_and_does_nothing_if_all_do(books, clerk):
    lame = books.sale("1.00") | {"entries": books.sale("1.00")["entries"][:1]}
    draft = stage(clerk, "transactions_batch_create", {"transactions": [lame, lame]})
    assert (draft["is_valid"], draft["preview"]) == (False, None)
    assert draft["problems"]["details"]["summary"] == {"succeeded": 0, "failed": 2, "skipped": 0}
    assert [each["index"] for each in draft["problems"]["details"]["results"]] == [0, 1]
    refused = books.api.post(f"/drafts/{draft['id']}/approve")
    assert (refused.status, refused.error["code"]) == (draft["problems"]["status"], draft["problems"]["code"])
    assert refused.error["request_id"] == refused.headers["X-Request-Id"]
    assert books.api.get(f"/drafts/{draft['id']}")["status"] == "pending"
    part = stage(clerk, "transactions_batch_create", {"transactions": [books.sale("1.00"), lame]})
    assert part["is_valid"] and [each["index"] for each in part["problems"]["details"]["results"]] == [1]
    assert books.api.post(f"/drafts/{part['id']}/approve")["result"]["body"]["summary"]["succeeded"] == 1


def test_very_long_answers_are_kept_without_their_lists(books, clerk):
    sales = [books.sale(f"{number + 1}.00") for number in range(300)]
    draft = stage(clerk, "transactions_batch_create", {"transactions": sales})
    assert draft["preview"]["left_out"] == ["results"] and draft["preview"]["summary"]["succeeded"] == 300
    sales[3]["entries"][0]["amount"] = "0.50"
    draft = stage(clerk, "transactions_batch_create", {"transactions": sales, "atomic": True})
    assert (draft["is_valid"], draft["problems"]["code"]) == (False, "transaction_does_not_balance")
    assert [each["index"] for each in draft["problems"]["details"]["results"] if each["status"] == "failed"] == [3]


def test_what_nobody_reads_of_a_decision_is_told(books, clerk):
    for action, body in (("validate", {}), ("reject", {"reason": "No"}), ("approve", {})):
        draft = stage(clerk, "transactions_create", books.sale("1.00"))
        done = books.api.post(f"/drafts/{draft['id']}/{action}", body | {"amount": 5})
        assert done.status == 200 and [each["field"] for each in done["warnings"]] == ["amount"], done.body


def test_settings_are_shown_beside_what_they_would_be(books, clerk):
    member = books.api.get("/members").data[0]["id"]
    wish = {"delivery": "daily", "kinds": ["draft_waiting"]}
    draft = stage(clerk, "members_notifications_update", wish, parameters={"membership_id": member})
    assert (draft["current"]["delivery"], draft["preview"]["delivery"]) == ("off", "daily")
    assert books.api.put(f"/members/{member}/notifications", wish | {"delivery": "at_once"}).status == 200
    assert books.api.post(f"/drafts/{draft['id']}/approve").error["code"] == DraftOutdated.code


def test_actions_and_deletions_are_staged_by_the_ids_in_their_address(books, clerk):
    saved = books.api.post("/transactions", books.sale(auto_post=False))["id"]
    post = stage(clerk, "transactions_post", parameters={"transaction_id": saved})
    assert (post["current"]["status"], post["preview"]["status"]) == ("pending", "posted")
    delete = stage(clerk, "transactions_delete", parameters={"transaction_id": saved})
    assert delete["is_valid"] and delete["preview"] is None
    assert books.api.post(f"/drafts/{delete['id']}/approve")["result"] == {"status": 204, "body": None}
    assert books.api.get(f"/transactions/{saved}").status == 404
    late = clerk.post(f"/drafts/{post['id']}/validate")
    assert (late["is_valid"], late["problems"]["status"], late["current"]) == (False, 404, None)
    assert books.api.post(f"/drafts/{post['id']}/approve").status == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"operation": "transactions_list"}, "operation"),
        ({"operation": "api_keys_create"}, "operation"),
        ({"operation": "webhooks_rotate_secret"}, "operation"),
        ({"operation": "drafts_approve"}, "operation"),
        ({"operation": "imports_journal_create"}, "operation"),
        ({"operation": "transactions_post"}, "parameters.transaction_id"),
        ({"operation": "transactions_create", "parameters": {"transaction_id": "TXN_1"}}, "parameters.transaction_id"),
        ({"operation": "transactions_post", "parameters": {"transaction_id": "../../x"}}, "parameters.transaction_id"),
        ({"operation": "transactions_create", "payload": []}, "payload"),
        ({"operation": "transactions_create", "expires_in_days": 0}, "expires_in_days"),
        ({}, "operation"),
    ],
)
def test_what_cannot_be_staged_says_why(books, body, field):
    refused = books.api.post("/drafts", body)
    assert refused.status == 400 and field in refused.error["details"]["fields"], refused.body
    assert refused.error["code"] in (UnknownOperation.code, "invalid_request")
    assert books.api.get("/drafts").data == []


def test_who_may_not_read_it_stages_nothing_of_it(books):
    narrow = books.key_for({"drafts": ["read", "write"], "accounts": ["read"]})
    assert narrow.post("/drafts", {"operation": "transactions_create", "payload": books.sale()}).status == 403
    assert narrow.post("/drafts", {"operation": "accounts_create", "payload": {}}).status == 201


def test_approving_takes_both_rights(books, clerk):
    draft = stage(clerk, "transactions_create", books.sale())
    for held in (["read", "write"], {"drafts": ["read", "write"], "transactions": ["read", "approve"]}, STAGING):
        assert books.key_for(held).post(f"/drafts/{draft['id']}/approve").status == 403
    just_enough = {"drafts": ["read", "write"], "transactions": ["read", "write", "approve"]}
    assert books.key_for(just_enough).post(f"/drafts/{draft['id']}/approve").status == 200


def test_where_writes_wait_only_who_may_approve_makes_them(books):
    till = books.key_for(["read", "write"])
    assert till.post("/transactions", books.sale()).status == 201
    ask_for_approval(books)
    for call in (
        lambda: till.post("/transactions", books.sale()),
        lambda: till.post("/transactions/batch", {"transactions": [books.sale()]}),
        lambda: till.put("", {"require_draft_approval": False}),
        lambda: till.post("/contacts", {"name": "Ann"}),
        lambda: till.delete(f"/accounts/{books.account('5201')}"),
    ):
        refused = call()
        assert (refused.status, refused.error["code"]) == (403, ApprovalRequired.code)
    assert till.post("/transactions?dry_run=true", books.sale()).status == 201
    draft = stage(till, "transactions_create", books.sale())
    assert books.api.post(f"/drafts/{draft['id']}/approve").status == 200
    assert len(books.api.get("/transactions").data) == 2
    assert books.api.post("/transactions", books.sale()).status == 201  # its key may approve


def test_the_author_does_not_approve_where_four_eyes_are_asked_for(books):
    draft = stage(books.api, "transactions_create", books.sale())
    ask_for_approval(books)
    refused = books.api.post(f"/drafts/{draft['id']}/approve")
    assert (refused.status, refused.error["code"]) == (422, ApproverIsAuthor.code)
    other = books.key_for(["read", "write", "approve"])
    assert other.put(f"/drafts/{draft['id']}", {"payload": {}}).error["code"] == NotTheAuthor.code
    assert other.post(f"/drafts/{draft['id']}/approve").status == 200
    # Without the policy an author who may approve does so.
    assert books.api.put("", {"require_draft_approval": False}).status == 200
    draft = stage(books.api, "transactions_create", books.sale())
    assert books.api.post(f"/drafts/{draft['id']}/approve").status == 200


def test_a_draft_is_rejected_with_a_reason_or_withdrawn(books, clerk):
    draft = stage(clerk, "transactions_create", books.sale())
    assert books.api.post(f"/drafts/{draft['id']}/reject", {}).status == 400
    assert books.key_for(STAGING).post(f"/drafts/{draft['id']}/reject", {"reason": "No"}).status == 403
    rejected = books.api.post(f"/drafts/{draft['id']}/reject", {"reason": "Paid in May already"})
    assert (rejected["status"], rejected["reason"]) == ("rejected", "Paid in May already")
    assert books.api.post(f"/drafts/{draft['id']}/approve").status == 409
    assert clerk.put(f"/drafts/{draft['id']}", {"note": "Please"}).status == 409
    mine = stage(clerk, "transactions_create", books.sale())
    assert clerk.post(f"/drafts/{mine['id']}/reject", {"reason": "A mistake"})["status"] == "rejected"
    told = [event["event_type"] for event in books.api.get("/events?event_type=draft.rejected").data]
    assert told == ["draft.rejected", "draft.rejected"]


def test_drafts_expire(books, clerk, monkeypatch):
    draft = stage(clerk, "transactions_create", books.sale(), expires_in_days=1)
    later = clock.now() + datetime.timedelta(days=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    refused = books.api.post(f"/drafts/{draft['id']}/approve")
    assert (refused.status, refused.error["code"]) == (409, DraftExpired.code)
    assert (expire_drafts(), expire_drafts()) == (1, 0)
    assert books.api.get("/drafts?status=expired").data[0]["id"] == draft["id"]
    told = [event["event_type"] for event in books.api.get(f"/events?entity_id={draft['id']}&sort=seq").data]
    assert told == ["draft.staged", "draft.expired"]


def test_a_dry_run_of_approving_changes_nothing(books, clerk):
    draft = stage(clerk, "transactions_create", books.sale())
    assert books.api.post(f"/drafts/{draft['id']}/approve?dry_run=true")["status"] == "approved"
    assert books.api.get(f"/drafts/{draft['id']}")["status"] == "pending"
    assert books.api.get("/transactions").data == []


def test_secrets_and_numbers_are_kept_as_they_are_and_not_at_all(books, clerk):
    draft = stage(clerk, "transactions_create", books.sale("0.10", metadata={"deep": "1"}))
    with books.acting():
        row = Draft.objects.of(books.organization).get()
    assert f"{row.preview['amount']}" == "0.10" and draft["payload"]["entries"][0]["amount"] == "0.10"
    huge = {"description": "x" * 1_100_000}
    assert clerk.post("/drafts", {"operation": "transactions_create", "payload": huge}).status == 413


def test_a_person_decides_what_a_key_staged(books, clerk):
    ask_for_approval(books)
    draft = stage(clerk, "transactions_create", books.sale())
    approved = api_of(books.owner, books.api.base).post(f"/drafts/{draft['id']}/approve")
    assert "warnings" not in approved.body
    assert approved["decided_by"] == {"api_key_id": None, "user_id": books.owner.public_id}


def test_operations_are_the_writes_of_the_reference(books):
    described = {
        operation["operationId"]: (method.upper(), path)
        for path, methods in json.loads(REFERENCE.read_text())["paths"].items()
        for method, operation in methods.items()
        if method != "get" and path.startswith("/organizations/{organization_id}")
    }
    found = {each.name: (each.method, each.path) for each in operations().values()}
    assert found.items() <= described.items()
    left_out = {name.split("_")[0] for name in described.keys() - found.keys()}
    assert left_out == {"api", "clone", "webhooks", "integrations", "drafts", "jobs", "accounts", "contacts", "imports",
                        "reports", "exchange", "transactions", "budgets", "exports", "deletion"}  # fmt: skip
    uploads = {name for name in described.keys() - found.keys() if name.split("_")[0] in ("accounts", "transactions")}
    assert uploads == {"accounts_import_statement", "transactions_attachments"}
    listed = books.api.get("/drafts/operations").data
    assert [row["operation"] for row in listed] == sorted(found)


def test_a_change_between_the_look_and_the_write_is_not_overwritten(committed_db, monkeypatch):
    books = open_books("Hasty Ltd")
    cash = books.account("1001")
    draft = stage(books.api, "accounts_update", {"name": "Till"}, parameters={"account_id": cash})

    def look_and_be_late(*args, **kwargs):
        found = look(*args, **kwargs)

        def rename() -> None:
            books.api.put(f"/accounts/{cash}", {"name": "Petty cash"})
            connection.close()

        other = threading.Thread(target=rename)
        other.start()
        other.join(10)
        return found

    monkeypatch.setattr(staging, "look", look_and_be_late)
    assert books.api.post(f"/drafts/{draft['id']}/approve").error["code"] == DraftOutdated.code
    assert books.api.get(f"/accounts/{cash}")["name"] == "Petty cash"


def test_twenty_approvals_at_once_do_it_once(committed_db):
    books = open_books("Hasty Ltd")
    draft = stage(books.api, "transactions_create", books.sale())
    statuses = []

    def approve() -> None:
        statuses.append(Api(books.key, books.api.base).post(f"/drafts/{draft['id']}/approve").status)

    threads = [threading.Thread(target=approve) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [409] * 19
    assert len(books.api.get("/transactions").data) == 1
