"""Keys for some accounts and contacts: what they see is true, what they do not see is not there, and they only read."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organizations.actors import ALL_ACTIONS, Actor, granted
from organizations.errors import PermissionsTooWide
from organizations.keys.limiting import network, refuse_wider
from organizations.requests.addresses import is_among
from tests.cast import Api, api, open_child
from tests.ledger.trading import open_trade


@pytest.fixture
def trade(db):
    return open_trade()


def key_with(books, **fields) -> Api:
    """HTTP with a new key."""
    made = books.api.post("/api-keys", {"name": "Portal", **fields})
    assert made.status == 201, made.body
    return api(made["key"], books.api.base)


def codes(answer) -> list[str]:
    return [row["code"] for row in answer.data]


def test_an_account_stands_for_those_beneath_it(trade):
    books = trade.books
    till = {"code": "1011", "name": "Till", "type": "asset", "parent_account_id": books.account("1001")}
    till = trade.post("/accounts", till)
    trade.post("/accounts", {"code": "1012", "name": "Drawer", "type": "asset", "parent_account_id": till["id"]})
    entries = [
        {"account_id": till["id"], "entry_type": "debit", "amount": 30},
        books.entry("4001", "credit", 30),
    ]
    sale = trade.post("/transactions", {"entries": entries, "description": "Cash sale", "auto_post": True})
    portal = key_with(books, scope={"account_ids": [till["id"]]})
    assert codes(portal.get("/accounts")) == ["1011", "1012"]
    (root,) = portal.get("/accounts?include_hierarchy=true").data
    assert (root["code"], root["rollup_balance"]["amount"], len(root["children"])) == ("1011", Decimal(30), 1)
    assert portal.get(f"/accounts/{till['id']}/balance")["balance"]["amount"] == Decimal(30)
    (entry,) = portal.get(f"/accounts/{till['id']}/entries").data
    assert (entry["running_balance"], entry["transaction_description"]) == (Decimal(30), "Cash sale")
    statement = portal.get(f"/reports/account-statement?account_id={till['id']}")
    assert (statement["closing_balance"], len(statement["entries"])) == (Decimal(30), 1)
    assert portal.get(f"/accounts/{books.account('1001')}").error["code"] == "not_found"
    assert portal.get("/contacts").data == portal.get("/invoices").data == []
    assert portal.get(f"/transactions/{sale['id']}").error["code"] == "key_scope_refused"
    file = portal.get(f"/accounts/{till['id']}/entries?format=csv")
    assert (file.status, file.error["code"]) == (403, "key_scope_refused")


def test_a_contact_stands_for_all_that_are_one_with_it(trade):
    invoice = trade.invoice()
    trade.pay(invoice, "40.00")
    other = trade.post("/contacts", {"name": "Carla again"})
    twin = trade.invoice("7.00", contact_id=other["id"])
    portal = key_with(trade.books, scope={"contact_ids": [trade.customer]})
    assert [row["id"] for row in portal.get("/invoices").data] == [invoice["id"]]
    assert portal.get(f"/invoices/{twin['id']}").status == 404
    trade.post(f"/contacts/{trade.customer}/merge", {"contact_id": other["id"], "reason": "Twice"}, status=200)
    assert {row["id"] for row in portal.get("/invoices").data} == {invoice["id"], twin["id"]}
    for path in (f"/contacts/{trade.customer}", f"/contacts/{trade.customer}/statement"):
        assert portal.get(path).body == trade.api.get(path).body
    seen, full = (who.get(f"/invoices/{invoice['id']}").body for who in (portal, trade.api))
    assert seen == full
    assert (seen["amount_due"], seen["amount_paid"]) == (Decimal(60), Decimal(40))
    (payment,) = portal.get(f"/invoices/{invoice['id']}/payments").data
    assert (payment["amount"], payment["account_amount"]) == (Decimal(40), None)
    assert portal.client.get(
        f"{portal.base}/invoices/{invoice['id']}/pdf", headers={"authorization": f"Bearer {portal.key}"}
    ).content.startswith(b"%PDF")


def test_what_we_owe_a_contact_is_owed_for_its_key_too(trade):
    trade.bill("80.00")
    portal = key_with(trade.books, scope={"contact_ids": [trade.vendor]})
    seen = portal.get(f"/contacts/{trade.vendor}")
    assert seen.body == trade.api.get(f"/contacts/{trade.vendor}").body
    assert seen["balances"]["payable"]["outstanding"] == Decimal(80)


def test_a_scoped_key_reads_in_its_own_organization_and_nothing_else(trade):
    books = trade.books
    kid = open_child(books, "Kid")
    portal = key_with(books, scope={"account_ids": [books.account("1001")]})
    assert api(portal.key, kid.api.base).get("/accounts").error["code"] == "not_found"
    assert api(portal.key).get("/organizations").error["code"] == "key_scope_refused"
    for refused in (
        portal.post("/transactions", books.sale()),
        portal.post("/api-keys", {"name": "Wide"}),
        portal.put(f"/accounts/{books.account('1001')}", {"name": "Mine"}),
        portal.delete(f"/accounts/{books.account('1001')}"),
        portal.get("/events"),
        portal.get("/reports/trial-balance"),
    ):
        assert (refused.status, refused.error["code"]) == (403, "key_scope_refused")


def test_a_scope_is_read_only_and_leads_somewhere(trade):
    books = trade.books
    scope = {"account_ids": [books.account("1001")]}
    made = books.api.post("/api-keys", {"name": "Portal", "scope": scope})
    assert (made["permissions"], made["scope"]) == (["read"], scope | {"contact_ids": []})
    wide = books.api.post("/api-keys", {"name": "Portal", "scope": scope, "permissions": ["read", "write"]})
    assert (wide.status, wide.error["code"]) == (422, "scoped_key_only_reads")
    lost = books.api.post("/api-keys", {"name": "Portal", "scope": {"contact_ids": ["CON_0000000000000001"]}})
    assert (lost.status, list(lost.error["details"]["fields"])) == (400, ["scope.contact_ids[0]"])
    mapped = key_with(books, scope=scope, permissions={"accounts": ["read"]})
    assert mapped.get("/accounts").status == 200
    assert mapped.get("/invoices").error["code"] == "not_authorized"
    unscoped = books.api.put(f"/api-keys/{made['id']}", {"scope": None, "permissions": ["read", "write"]})
    assert (unscoped.status, unscoped["scope"]) == (200, None)
    again = books.api.put(f"/api-keys/{made['id']}", {"scope": scope})
    assert again.error["code"] == "scoped_key_only_reads"


def test_a_key_works_from_its_addresses_only(trade):
    books = trade.books
    made = books.api.post("/api-keys", {"name": "Office", "allowed_addresses": ["192.0.2.7", "2001:db8::/32"]})
    assert made["allowed_addresses"] == ["192.0.2.7/32", "2001:db8::/32"]
    headers = {"authorization": f"Bearer {made['key']}"}

    def status(address):
        return books.api.client.get(f"{books.api.base}/accounts", headers=headers, REMOTE_ADDR=address).status_code

    assert [status(each) for each in ("192.0.2.7", "2001:db8::1", "::ffff:192.0.2.7", "192.0.2.8")] == [
        200, 200, 200, 403,
    ]  # fmt: skip
    office = api(made["key"], books.api.base)
    assert office.get("/accounts").error["code"] == "address_not_allowed"
    forged = api(made["key"][:-1] + ("a" if made["key"][-1] != "a" else "b"), books.api.base)
    assert forged.get("/accounts").error["code"] == "invalid_api_key"  # a stranger does not learn of the list
    bad = books.api.post("/api-keys", {"name": "Office", "allowed_addresses": ["192.0.2.7/24"]})
    assert bad.status == 400


def test_a_key_hands_its_limits_on(trade):
    books = trade.books
    end = "2100-01-01T00:00:00Z"
    limited = key_with(books, allowed_addresses=["127.0.0.0/8"], expires_at=end)
    made = limited.post("/api-keys", {"name": "Next"})
    assert (made["allowed_addresses"], made["expires_at"]) == (["127.0.0.0/8"], end)
    for wish in (
        {"allowed_addresses": []},
        {"allowed_addresses": ["10.0.0.0/8"]},
        {"expires_at": "2100-01-02T00:00:00Z"},
    ):
        refused = limited.post("/api-keys", {"name": "Wide", **wish})
        assert (refused.status, refused.error["code"]) == (403, "permissions_too_wide"), wish
        own = limited.put(f"/api-keys/{made['id']}", wish)
        assert own.error["code"] == "permissions_too_wide"
    assert limited.post("/api-keys", {"name": "Less", "allowed_addresses": ["127.0.0.1"]}).status == 201


actions = st.lists(st.sampled_from(ALL_ACTIONS), unique=True, max_size=3)
permissions = st.one_of(actions, st.dictionaries(st.sampled_from(["accounts", "*"]), actions, max_size=2))
some_ids = st.lists(st.integers(1, 4), unique=True, max_size=3)
scopes = st.none() | st.fixed_dictionaries({"account_ids": some_ids, "contact_ids": some_ids})
networks = st.lists(st.sampled_from(["10.0.0.0/8", "10.0.0.0/30", "10.0.0.1/32", "::/0"]), unique=True, max_size=2)
ends = st.none() | st.integers(1, 4).map(lambda day: datetime.datetime(2030, 1, day, tzinfo=datetime.UTC))
limits = st.fixed_dictionaries(
    {"permissions": permissions, "scope": scopes, "allowed_addresses": networks, "expires_at": ends}
)


def can(limit: dict, action: str, resource: str, number: int, address: str, day: int) -> bool:
    """Whether a key with these limits can touch an account, from an address, on a day: written down once more."""
    return (
        action in granted(limit["permissions"], resource)
        and (limit["scope"] is None or number in limit["scope"]["account_ids"])
        and (not limit["allowed_addresses"] or is_among(address, limit["allowed_addresses"]))
        and (limit["expires_at"] is None or day < limit["expires_at"].day)
    )


@given(maker=limits, made=limits)
def test_no_key_mints_a_stronger_key(maker, made):
    actor = Actor(**maker | {"allowed_addresses": tuple(maker["allowed_addresses"])})
    try:
        refuse_wider(actor, made)
    except PermissionsTooWide:
        assert maker != made
        return
    for action in ALL_ACTIONS:
        for resource in ("accounts", "others"):
            for address in ("10.0.0.1", "10.0.0.3", "10.9.9.9", "192.0.2.1", "::1"):
                for number in range(1, 5):
                    asked = (action, resource, number, address, number)
                    assert can(maker, *asked) or not can(made, *asked)


def test_networks_are_written_in_one_way():
    assert [network(" 10.0.0.1 "), network("2001:DB8::/32")] == ["10.0.0.1/32", "2001:db8::/32"]
    assert not is_among(None, ["0.0.0.0/0"])
