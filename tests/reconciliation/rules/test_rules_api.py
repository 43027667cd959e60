"""Bank rules over HTTP: made, changed, deleted, listed, and refused with the field named."""

from decimal import Decimal

import pytest

from organizations import ids
from reconciliation.rules import ruling
from tests.cast import Books, Cast
from tests.reconciliation.rules.lines import made, rule

NOWHERE = "ACT_0190a1b2c3d4e5f6"


@pytest.fixture
def books(cast: Cast) -> Books:
    return cast.alices


def test_a_rule_is_made_changed_and_deleted(books):
    written = rule(
        books,
        name="  Card   fees ",
        priority=10,
        account_id=books.account("1001"),
        match="any",
        conditions=[
            {"field": "text", "operator": "contains", "value": "Card Fée"},
            {"field": "amount", "operator": "between", "value": [-50, "-0.10"]},
            {"field": "direction", "operator": "eq", "value": "out"},
        ],
        automatic=True,
        metadata={"team": "books"},
    )
    answer = books.api.post("/bank-rules", written)
    assert answer.status == 201, answer.body
    assert (answer["object"], answer["name"], answer["version"]) == ("bank_rule", "Card fees", 1)
    assert answer["id"].startswith("RUL_")
    assert answer["conditions"][1]["value"] == [Decimal(-50), Decimal("-0.10")]
    assert answer["conditions"][0]["value"] == "Card Fée"
    assert (answer["automatic"], answer["is_active"], answer["match"]) == (True, True, "any")
    unsaid = {"splits": None, "type": None, "description": "", "contact_id": None}
    assert answer["actions"] == {"account_id": books.account("5201"), **unsaid}
    where = f"/bank-rules/{answer['id']}"
    assert books.api.get(where).body == answer.body
    changed = books.api.put(where, {"priority": 5, "is_active": False, "account_id": None})
    assert (changed.status, changed["priority"], changed["version"], changed["account_id"]) == (200, 5, 2, None)
    assert books.api.put(where, {"priority": 5})["version"] == 2
    assert books.api.delete(where).status == 204
    assert books.api.get(where).status == books.api.delete(where).status == 404
    assert books.api.put(where, {"priority": 5}).status == 404
    events = books.api.get(f"/events?entity_id={answer['id']}&sort=seq").data
    assert [event["event_type"] for event in events] == ["bank_rule.created", "bank_rule.updated", "bank_rule.deleted"]
    assert events[1]["changes"]["version"] == {"from": 1, "to": 2}
    assert events[2]["before_state"]["priority"] == 5


def test_splits_are_kept_as_they_were_written(books):
    splits = [
        {"account_id": books.account("5201"), "amount": "5.00"},
        {"account_id": books.account("5001"), "percent": "33.3333", "description": "Part of {description}"},
        {"account_id": books.account("5101"), "rest": True, "percent": None},
    ]
    contact = books.api.post("/contacts", {"name": "Ann"})["id"]
    actions = {"splits": splits, "type": "expense", "contact_id": contact, "description": "{counterparty}: {date}"}
    answer = made(books, actions=actions)["actions"]
    assert answer["account_id"] is None
    assert [(each["percent"], each["amount"], each["rest"]) for each in answer["splits"]] == [
        (None, Decimal("5.00"), False),
        (Decimal("33.3333"), None, False),
        (None, None, True),
    ]
    assert answer["splits"][1]["description"] == "Part of {description}"
    assert (answer["type"], answer["contact_id"]) == ("expense", contact)


def test_what_is_answered_can_be_sent_back(books):
    """A client reads a rule, changes a field, and sends all of it."""
    splits = [{"account_id": books.account(code), "percent": 50} for code in ("5201", "5001")]
    for actions in ({"splits": splits}, {"account_id": books.account("5201"), "type": "journal"}):
        found = made(books, actions=actions)
        again = books.api.put(f"/bank-rules/{found['id']}", {**found, "name": "Other"})
        assert (again.status, again["version"]) == (200, 2), again.body
        assert (again["actions"], again["conditions"]) == (found["actions"], found["conditions"])


def test_only_the_version_that_was_read_is_changed(books):
    found = made(books)
    where = f"/bank-rules/{found['id']}"
    tag = books.api.get(where).headers["ETag"]
    assert books.api.put(where, {"priority": 1}, if_match=tag).status == 200
    late = books.api.put(where, {"priority": 2}, if_match=tag)
    assert (late.status, late.error["code"]) == (412, "precondition_failed")
    assert books.api.delete(where, if_match=tag).status == 412
    assert books.api.put(f"{where}?dry_run=true", {"priority": 3})["version"] == 3
    assert books.api.get(where)["priority"] == 1


def test_the_same_key_makes_one_rule(books):
    first = books.api.post("/bank-rules", rule(books), idempotency_key="once")
    again = books.api.post("/bank-rules", rule(books), idempotency_key="once")
    assert again.body == first.body
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(books.api.get("/bank-rules").data) == 1


def test_rules_are_listed_in_the_order_in_which_they_are_asked(books):
    cash = books.account("1001")
    late = made(books, name="Late", priority=200, metadata={"team": "books"})
    first = made(books, name="First", priority=1, account_id=cash, automatic=True)
    older, younger = made(books, name="Older"), made(books, name="Younger", is_active=False)

    def found(query: str) -> list[str]:
        return [row["name"] for row in books.api.get(f"/bank-rules{query}").data]

    assert found("") == ["First", "Older", "Younger", "Late"]
    assert found(f"?account_id={cash}") == found("?automatic=true") == [first["name"]]
    assert found("?is_active=false") == [younger["name"]]
    assert found("?filters[account_id][isnull]=true&sort=name") == ["Late", older["name"], "Younger"]
    assert found("?filters[priority][gte]=101") == found("?filters[metadata.team]=books") == [late["name"]]
    assert found("?filters[name][contains]=FIRS&match=all") == ["First"]
    assert books.api.get("/bank-rules?colour=red").error["code"] == "unknown_parameter"


def condition(**more) -> dict:
    return {"conditions": [{"field": "text", "operator": "contains", "value": "fee", **more}]}


def amount(operator: str, value) -> dict:
    return condition(field="amount", operator=operator, value=value)


def actions(**more) -> dict:
    return {"actions": more}


def splits(*each: dict) -> dict:
    return {"actions": {"splits": list(each)}}


A, B = {"account_id": "5201"}, {"account_id": "5001"}

WRONG = [
    ({"name": None}, "name"),
    ({"name": "  "}, "name"),
    ({"name": "x" * 101}, "name"),
    ({"name": 5}, "name"),
    ({"priority": -1}, "priority"),
    ({"priority": 1_000_001}, "priority"),
    ({"priority": "1"}, "priority"),
    ({"priority": True}, "priority"),
    ({"priority": Decimal("1.5")}, "priority"),
    ({"account_id": NOWHERE}, "account_id"),
    ({"account_id": ids.encode("TXN", 1)}, "account_id"),
    ({"account_id": 5}, "account_id"),
    ({"match": "some"}, "match"),
    ({"automatic": "yes"}, "automatic"),
    ({"is_active": 1}, "is_active"),
    ({"metadata": {"a": 1}}, "metadata"),
    ({"conditions": None}, "conditions"),
    ({"conditions": []}, "conditions"),
    ({"conditions": {}}, "conditions"),
    ({"conditions": ["fee"]}, "conditions[0]"),
    (condition(colour="red"), "conditions[0]"),
    ({"conditions": condition()["conditions"] * 21}, "conditions"),
    (condition(field="colour"), "conditions[0].field"),
    (condition(field=["text"]), "conditions[0].field"),
    (condition(operator="matches"), "conditions[0].operator"),
    (condition(operator=["contains"]), "conditions[0].operator"),
    (condition(operator="gt"), "conditions[0].operator"),
    (condition(value=""), "conditions[0].value"),
    (condition(value=" ́ "), "conditions[0].value"),
    (condition(value="x" * 201), "conditions[0].value"),
    (condition(value=5), "conditions[0].value"),
    (condition(field="direction", operator="eq", value="up"), "conditions[0].value"),
    (condition(field="direction", operator="contains"), "conditions[0].operator"),
    (amount("contains", 5), "conditions[0].operator"),
    (amount("eq", "5,00"), "conditions[0].value"),
    (amount("eq", True), "conditions[0].value"),
    (amount("eq", "9" * 20), "conditions[0].value"),
    (amount("eq", "0.123456789"), "conditions[0].value"),
    (amount("between", 5), "conditions[0].value"),
    (amount("between", [5]), "conditions[0].value"),
    (amount("between", [5, "x"]), "conditions[0].value"),
    (amount("between", [5, 1]), "conditions[0].value"),
    ({"actions": None}, "actions"),
    ({"actions": []}, "actions"),
    (actions(), "actions"),
    (actions(account_id="5201", splits=[{"account_id": "5001", "rest": True}]), "actions"),
    (actions(account_id="5201", tax_id="TAX_1"), "actions"),
    (actions(account_id=NOWHERE), "actions.account_id"),
    (actions(account_id=5), "actions.account_id"),
    (actions(account_id="1001"), "actions.account_id"),
    (actions(account_id="5201", type="opening"), "actions.type"),
    (actions(account_id="5201", description="{colour}"), "actions.description"),
    (actions(account_id="5201", description="{description.__class__}"), "actions.description"),
    (actions(account_id="5201", description="x" * 501), "actions.description"),
    (actions(account_id="5201", contact_id=NOWHERE), "actions.contact_id"),
    (splits(), "actions.splits"),
    (actions(splits="all"), "actions.splits"),
    (splits(*[{**A, "percent": 1}] * 21), "actions.splits"),
    (splits("all"), "actions.splits[0]"),
    (splits(A), "actions.splits[0]"),
    (splits({**A, "rest": True, "percent": 5}), "actions.splits[0]"),
    (splits({**A, "rest": True, "tax": 5}), "actions.splits[0]"),
    (splits({"rest": True}), "actions.splits[0].account_id"),
    (splits({"account_id": NOWHERE, "rest": True}), "actions.splits[0].account_id"),
    (splits({"account_id": "1001", "rest": True}), "actions.splits[0].account_id"),
    (splits({**A, "rest": "yes"}), "actions.splits[0].rest"),
    (splits({**A, "percent": 0}), "actions.splits[0].percent"),
    (splits({**A, "percent": "100.1"}), "actions.splits[0].percent"),
    (splits({**A, "percent": "1.00001"}), "actions.splits[0].percent"),
    (splits({**A, "percent": "half"}), "actions.splits[0].percent"),
    (splits({**A, "amount": 0}, {**B, "rest": True}), "actions.splits[0].amount"),
    (splits({**A, "amount": -5}, {**B, "rest": True}), "actions.splits[0].amount"),
    (splits({**A, "amount": []}, {**B, "rest": True}), "actions.splits[0].amount"),
    (splits({**A, "amount": "1.001"}, {**B, "rest": True}), "actions.splits[0].amount"),
    (splits({**A, "rest": True, "description": "{x}"}), "actions.splits[0].description"),
    (splits({**A, "percent": 50}), "actions.splits"),
    (splits({**A, "percent": 60}, {**B, "percent": 60}), "actions.splits"),
    (splits({**A, "percent": 100}, {**B, "rest": True}), "actions.splits"),
    (splits({**A, "rest": True}, {**B, "rest": True}), "actions.splits"),
    (splits({**A, "amount": 5}), "actions.splits"),
]


def with_ids(books: Books, value):
    """Account codes replaced by ids, where one is wanted."""
    if isinstance(value, dict):
        codes = {"account_id": lambda code: books.account(code) if code in books.accounts else code}
        return {
            name: codes[name](each) if name in codes and isinstance(each, str) else with_ids(books, each)
            for name, each in value.items()
        }
    return [with_ids(books, each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize(("wrong", "field"), WRONG, ids=lambda part: str(part)[:60])
def test_bad_input_names_its_field(books, wrong, field):
    body = rule(books, account_id=books.account("1001")) | with_ids(books, wrong)
    answer = books.api.post("/bank-rules", body)
    assert (answer.status, list(answer.error["details"]["fields"])) == (400, [field]), answer.body
    found = made(books, account_id=books.account("1001"))
    answer = books.api.put(f"/bank-rules/{found['id']}", with_ids(books, wrong))
    assert (answer.status, list(answer.error["details"]["fields"])) == (400, [field]), answer.body


@pytest.mark.parametrize("missing", ["name", "conditions", "actions"])
def test_what_a_rule_must_have(books, missing):
    body = rule(books)
    del body[missing]
    answer = books.api.post("/bank-rules", body)
    assert (answer.status, list(answer.error["details"]["fields"])) == (400, [missing])


def test_all_problems_are_named_at_once(books):
    body = rule(books, **condition(value=5), **splits({"account_id": NOWHERE, "rest": True}), account_id=NOWHERE)
    answer = books.api.post("/bank-rules", body)
    assert sorted(answer.error["details"]["fields"]) == [
        "account_id",
        "actions.splits[0].account_id",
        "conditions[0].value",
    ]
    assert answer.error["code"] == "invalid_request"
    unknown = books.api.post("/bank-rules", rule(books, account_id=NOWHERE))
    assert (unknown.status, unknown.error["code"]) == (400, "account_not_found")


def test_a_rule_is_for_an_account_that_can_have_a_bank_behind_it(books):
    refused = books.api.post("/bank-rules", rule(books, account_id=books.account("4001")))
    assert (refused.status, refused.error["code"]) == (422, "account_not_reconcilable")
    assert list(refused.error["details"]["fields"]) == ["account_id"]


def test_accounts_of_strangers_do_not_exist(books, cast):
    for wrong in (
        {"account_id": cast.charlies.account("1001")},
        actions(account_id=cast.charlies.account("5201")),
        splits({"account_id": cast.charlies.account("5201"), "rest": True}),
    ):
        answer = books.api.post("/bank-rules", rule(books, **wrong))
        assert (answer.status, answer.error["code"]) == (400, "account_not_found")


def test_there_are_not_more_rules_than_a_line_can_be_held_against(books, monkeypatch):
    monkeypatch.setattr(ruling, "MOST_RULES", 1)
    made(books)
    refused = books.api.post("/bank-rules", rule(books))
    assert (refused.status, refused.error["code"]) == (422, "bank_rule_limit")
    assert refused.error["details"]["limit"] == 1


@pytest.mark.parametrize("form", ["account", "splits", "bank"])
def test_an_account_that_a_rule_names_is_in_use(books, form):
    new = books.api.post("/accounts", {"code": "1999", "name": "Drawer", "type": "asset"})
    where = {
        "account": actions(account_id=new["id"]),
        "splits": splits({"account_id": new["id"], "percent": 50}, {"account_id": books.account("5201"), "rest": True}),
        "bank": {"account_id": new["id"]},
    }[form]
    found = made(books, **where)
    refused = books.api.delete(f"/accounts/{new['id']}")
    assert (refused.status, refused.error["code"]) == (422, "account_in_use")
    assert books.api.delete(f"/bank-rules/{found['id']}").status == 204
    assert books.api.delete(f"/accounts/{new['id']}").status == 204


def test_bob_may_look_but_not_rule(cast):
    found = made(cast.alices)
    bob = cast.as_person("bob")
    assert bob.get(f"/bank-rules/{found['id']}").status == 200
    assert bob.post("/bank-rules", rule(cast.alices)).status == 403
    assert bob.put(f"/bank-rules/{found['id']}", {"priority": 1}).status == 403
    assert bob.delete(f"/bank-rules/{found['id']}").status == 403
    assert bob.post(f"/bank-rules/{found['id']}/test").status == 403
