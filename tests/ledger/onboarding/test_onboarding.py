"""Taking on clients by the hundred: each whole or not at all, apart from each other, each with a key of its own."""

import pytest

from organizations.members.joining import add_member
from tests.cast import Api, Books, api_of, open_books, open_child

CLIENT = {
    "organization_name": "Bakery Ltd",
    "relationship_type": "linked",
    "chart_template": "small_business",
    "contacts": [{"name": "Mill & Co", "contact_type": "vendor"}, {"name": "Ann"}],
    "opening_balances": {
        "as_of": "2025-12-31",
        "lines": [{"account_code": "1001", "debit": "100.00"}, {"account_code": "3001", "credit": "100.00"}],
        "expected_trial_balance": [
            {"account_code": "1001", "debit": "100.00"}, {"account_code": "3001", "credit": "100.00"}],
    },
    "api_key": {"name": "Portal", "permissions": ["read"]},
}  # fmt: skip

#: What a key must be allowed to write for this client, and the field that asks for it.
WRITTEN = {
    "organizations": None,
    "accounts": "chart_template",
    "contacts": "contacts",
    "opening-balances": "opening_balances",
    "api-keys": "api_key",
}


@pytest.fixture
def firm(db) -> Books:
    return open_books("Firm LLP")


def onboard(firm: Books, *clients: dict, **more):
    api = Api(firm.key)
    return api.post("/organizations/batch", {"organizations": list(clients), **more})


def children(firm: Books) -> int:
    return len(Api(firm.key).get(f"/organizations?parent_id={firm.organization.public_id}&limit=100").data)


def test_a_client_comes_with_everything(firm):
    done = onboard(firm, CLIENT | {"client_ref": "A-1"}, {"organization_name": "Garage", "relationship_type": "owned"})
    assert (done.status, done["summary"]) == (200, {"succeeded": 2, "failed": 0, "skipped": 0}), done.body
    first, second = done["results"]
    made = first["organization"]
    assert (first["client_ref"], made["relationship_type"], made["contacts"]) == ("A-1", "linked", 2)
    own = Api(made["api_key"]["key"], f"/organizations/{made['id']}")
    assert own.get("/reports/trial-balance")["totals"]["total_debits"] == 100
    assert {row["name"] for row in own.get("/contacts").data} == {"Mill & Co", "Ann"}
    assert own.post("/categories", {"name": "x", "type": "other"}).status == 403  # it may read
    assert second["organization"]["api_key"] is None and second["organization"]["parent_organization_id"] == (
        firm.organization.public_id
    )
    assert own.get(f"/{firm.api.base}/accounts").status == 404
    assert firm.api.get(f"/{own.base}/accounts").status == 404  # linked: the firm does not read its books


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"organization_name": ""}, "organization_name"),
        ({"chart_template": "gossip"}, None),
        ({"base_currency_code": "ZZZ"}, "base_currency_code"),
        ({"contacts": [{"name": "Ann"}, {"name": " "}]}, "contacts[1].name"),
        ({"contacts": [{"name": "Ann", "email": "x"}]}, "contacts[0].email"),
        ({"opening_balances": {"as_of": "2025-12-31", "lines": [{"account_code": "1001", "debit": "1.00"}]}}, None),
        ({"api_key": {"name": "x", "permissions": ["fly"]}}, "api_key.permissions"),
        ({"user_email": "x@example.com"}, "user_email"),
        ({"client_ref": 5}, "client_ref"),
        ({"time_zone": "Moon"}, "time_zone"),
    ],
)
def test_a_client_that_is_not_in_order_is_not_there_at_all(firm, change, field):
    done = onboard(firm, CLIENT | change, CLIENT)
    bad, good = done["results"]
    assert (bad["status"], good["status"]) == ("failed", "succeeded"), done.body
    assert field is None or f"organizations[0].{field}" in str(bad["error"]["details"]["fields"])
    assert children(firm) == 1


def test_modes_are_those_of_every_batch(firm):
    bad = {"organization_name": "x", "chart_template": "gossip"}
    atomic = onboard(firm, CLIENT, bad, mode="atomic")
    assert (atomic.status, atomic.error["code"]) == (404, "chart_template_not_found") and children(firm) == 0
    assert [row["status"] for row in atomic.error["details"]["results"]] == ["skipped", "failed"]
    stopped = onboard(firm, CLIENT, bad, CLIENT, mode="stop_on_error")
    assert [row["status"] for row in stopped["results"]] == ["succeeded", "failed", "skipped"] and children(firm) == 1
    rehearsed = onboard(firm, CLIENT, dry_run=True)
    assert rehearsed["dry_run"] is True and rehearsed["summary"]["succeeded"] == 1 and children(firm) == 1


def test_nobody_takes_on_clients_for_others(firm):
    stranger = open_books("Stranger", email="stranger@example.com")
    child = open_child(firm, "Linked", relationship="linked")
    for number in (stranger.organization.public_id, child.organization.public_id, "ORG_00000000000000ff"):
        assert onboard(firm, CLIENT, parent_organization_id=number).status == 404
        done = onboard(firm, CLIENT | {"parent_organization_id": number}, CLIENT)
        assert [row["status"] for row in done["results"]] == ["failed", "succeeded"]
        assert done["results"][0]["error"]["status"] == 404
    assert Api(None).post("/organizations/batch", {"organizations": [CLIENT]}).status == 401
    reader = firm.key_for(["read"])
    assert Api(reader.key).post("/organizations/batch", {"organizations": [CLIENT]}).status == 403
    writer = firm.key_for({name: ["write"] for name in WRITTEN})
    wide = Api(writer.key).post("/organizations/batch", {"organizations": [CLIENT]})
    assert wide["results"][0]["error"]["code"] == "permissions_too_wide"
    assert children(firm) == 4


def test_the_same_key_takes_on_once_and_shows_no_secret_again(firm):
    api, body = Api(firm.key), {"organizations": [CLIENT]}
    first = api.post("/organizations/batch", body, idempotency_key="one")
    again = api.post("/organizations/batch", body, idempotency_key="one")
    assert again["results"][0]["organization"]["id"] == first["results"][0]["organization"]["id"]
    assert "cl_live_" in first["results"][0]["organization"]["api_key"]["key"]
    assert first["results"][0]["organization"]["api_key"]["key"] not in str(again.body)
    assert children(firm) == 1


def test_a_list_of_one_to_five_hundred(firm):
    for clients in ([], [CLIENT] * 501):
        assert onboard(firm, *clients).status == 400
    assert Api(firm.key).post("/organizations/batch", {"organizations": "x"}).status == 400
    done = onboard(firm, "x", None)
    assert (done.status, done["summary"]["failed"]) == (200, 2)
    assert [list(row["error"]["details"]["fields"]) for row in done["results"]] == [
        ["organizations[0]"],
        ["organizations[1]"],
    ]


def test_forty_clients_stand_apart(firm):
    clients = [CLIENT | {"organization_name": f"Client {number}"} for number in range(40)]
    done = onboard(firm, *clients)
    assert done["summary"]["succeeded"] == 40 and children(firm) == 40
    keys = {row["organization"]["api_key"]["key"] for row in done["results"]}
    one, other = (row["organization"]["id"] for row in done["results"][:2])
    own = Api(done["results"][0]["organization"]["api_key"]["key"])
    assert len(keys) == 40 and own.get(f"/organizations/{one}/accounts").status == 200
    assert own.get(f"/organizations/{other}/accounts").status == 404


@pytest.mark.parametrize("missing", [name for name, field in WRITTEN.items() if field])
def test_an_item_asks_for_no_more_than_its_key_may_write(firm, missing):
    client = CLIENT | {"api_key": {"name": "Portal", "permissions": {}}}
    everything = {name: ["write"] for name in WRITTEN}
    done = Api(firm.key_for(everything).key).post("/organizations/batch", {"organizations": [client]})
    assert done["summary"]["succeeded"] == 1, done.body
    narrow = Api(firm.key_for(everything | {missing: ["read"]}).key)
    field = WRITTEN[missing]
    plain = {name: said for name, said in client.items() if name not in (field, "opening_balances")}
    body = {"organizations": [client, plain if missing != "accounts" else {"organization_name": "Plain"}]}
    bad, good = narrow.post("/organizations/batch", body)["results"]
    assert (bad["error"]["status"], bad["error"]["code"]) == (403, "not_authorized")
    assert list(bad["error"]["details"]["fields"]) == [f"organizations[0].{field}"]
    assert good["status"] == "succeeded" and children(firm) == 2
    if missing == "accounts":
        asked = {"organization_name": "X", "parent_organization_id": firm.organization.public_id}
        assert narrow.post("/organizations", asked | {"chart_template": "small_business"}).status == 403
        assert narrow.post("/organizations", asked).status == 201


def test_a_person_takes_on_clients_with_their_role_at_the_parent(firm):
    owner, number = api_of(firm.owner), firm.organization.public_id

    def onboarded(person: Api, key: dict):
        body = {"organizations": [CLIENT | {"api_key": key}], "parent_organization_id": number}
        return person.post("/organizations/batch", body)["results"][0]

    for asked in (["read"], ["read", "write", "delete"]):
        made = onboarded(owner, {"name": "Portal", "permissions": asked})
        own = Api(made["organization"]["api_key"]["key"], f"/organizations/{made['organization']['id']}")
        assert own.get("/accounts").status == 200
        assert firm.api.get(f"/{own.base}/api-keys").data[0]["permissions"] == asked
    made = onboarded(owner, {"name": "Portal"})["organization"]
    assert firm.api.get(f"//organizations/{made['id']}/api-keys").data[0]["permissions"] == ["read", "write"]
    with firm.acting():
        who = {"actor": firm.actor, "organization_id": firm.organization.pk}
        clerk = add_member(**who, email="clerk@example.com", role="accountant").user
        admin = api_of(add_member(**who, email="admin@example.com", role="admin").user)
    wide = onboarded(admin, {"name": "Portal", "permissions": ["read", "write", "delete"]})
    assert wide["error"]["code"] == "permissions_too_wide"
    assert onboarded(admin, {"name": "Portal", "permissions": {"accounts": ["read"]}})["status"] == "succeeded"
    body = {"organizations": [CLIENT], "parent_organization_id": number}
    assert api_of(clerk).post("/organizations/batch", body).status == 403
