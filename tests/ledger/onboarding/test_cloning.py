"""A child that is set up like another organization, with none of its books."""

import pytest

from ledger.stationery.designing import set_logo
from organizations.tenants.models import Organization
from tests.backoffice.desks import Person, address
from tests.cast import Api, Books, open_books, open_child
from tests.ledger.stationery.pictures import picture


@pytest.fixture
def firm(db) -> Books:
    return open_books("Firm")


@pytest.fixture
def shop(firm) -> Books:
    shop = open_child(firm, "Shop", relationship="owned")
    api = shop.api
    policies = {"time_zone": "Europe/Berlin", "fiscal_year_start": 4, "strict_account_codes": True}
    assert api.put("", policies | {"require_contact_on_control_accounts": True}).status == 200
    odd = {"code": "1777", "name": "Tips", "type": "asset", "parent_account_id": shop.account("1001")}
    assert api.post("/accounts", odd).status == 201
    assert api.put(f"/accounts/{shop.account('5501')}", {"status": "archived"}).status == 200
    assert api.post("/categories", {"name": "Travel", "type": "expense"}).status == 201
    tax = {"name": "VAT", "rate": "19", "tax_type": "vat", "account_id": shop.account("2101")}
    made = api.post("/taxes", tax)
    assert made.status == 201, made.body
    assert (
        api.put("/stationery", {"legal_name": "Shop Inc", "footer": "Thank you", "accent_color": "#112233"}).status
        == 200
    )
    with shop.acting():
        set_logo(actor=shop.actor, organization=shop.organization, content=picture())
    assert api.post("/contacts", {"name": "Ann"}).status == 201
    assert api.post("/transactions", shop.sale()).status == 201
    return shop


def chart(api: Api) -> dict:
    rows = api.get("/accounts?limit=100").data
    codes = {row["id"]: row["code"] for row in rows}
    return {
        row["code"]: (row["name"], row["type"], codes.get(row["parent_account_id"]), row["role"])
        for row in rows
        if row["status"] != "archived"
    }


def test_everything_but_the_books(firm, shop):
    wish = {"organization_name": "Second shop", "api_key": {"name": "Own", "permissions": ["read", "write"]}}
    done = Api(firm.key).post(f"/{shop.api.base}/clone", wish)
    assert done.status == 201, done.body
    twin = Api(done["api_key"]["key"], f"/organizations/{done['id']}")
    assert done["parent_organization_id"] == shop.api.get("")["parent_organization_id"]
    for name in ("time_zone", "fiscal_year_start", "strict_account_codes", "require_contact_on_control_accounts"):
        assert twin.get("")[name] == shop.api.get("")[name], name
    assert chart(twin) == chart(shop.api) and done["accounts"] == len(chart(twin))
    assert [row["name"] for row in twin.get("/categories").data] == ["Travel"]
    (tax,) = twin.get("/taxes").data
    assert (tax["name"], tax["rate"]) == ("VAT", 19)
    assert twin.get(f"/accounts/{tax['account_id']}")["code"] == "2101"
    papers = twin.get("/stationery")
    assert papers["footer"] == "Thank you" and papers["accent_color"] == "#112233" and papers["legal_name"] == ""
    assert papers["logo"] is not None
    assert twin.get("/contacts").data == [] and twin.get("/transactions").data == []
    assert twin.get("/reports/trial-balance")["totals"]["total_debits"] == 0


def test_the_page_of_the_back_office(firm, shop):
    owner = Person(firm.owner, shop)
    assert "Clone" in owner.get(address(Organization, "change", shop.organization.pk))
    assert "Set up another like Shop" in owner.get("/admin/clone/")
    fields = {"name": "Third shop", "parent": firm.organization.pk, "relationship_type": "owned"}
    assert "not one of the available choices" in owner.post("/admin/clone/", **fields, billing_type="free")
    assert "This field is required" in owner.post("/admin/clone/", **fields | {"name": ""}, billing_type="shared")
    made = owner.follow(owner.post("/admin/clone/", **fields, billing_type="shared"))
    assert "The organization was made" in made and "Third shop" in made
    found = next(row for row in Api(firm.key).get("/organizations?limit=100").data if row["name"] == "Third shop")
    twin = Api(firm.key, f"/organizations/{found['id']}")
    assert found["parent_organization_id"] == firm.organization.public_id
    assert chart(twin) == chart(shop.api) and twin.get("/transactions").data == []


def test_who_reaches_no_parent_gets_a_child(shop):
    done = shop.api.post("/clone", {"organization_name": "Kiosk"})
    assert (done.status, done["parent_organization_id"], done["api_key"]) == (201, shop.organization.public_id, None)


def test_what_is_refused_makes_nothing(firm, shop):
    before = len(Api(firm.key).get("/organizations?limit=100").data)
    for wish, status in (
        ({}, 400),
        ({"organization_name": "X", "relationship_type": "cousin"}, 400),
        ({"organization_name": "X", "parent_organization_id": "ORG_00000000000000ff"}, 404),
        ({"organization_name": "X", "api_key": {"name": ""}}, 400),
    ):
        assert Api(firm.key).post(f"/{shop.api.base}/clone", wish).status == status
    assert shop.key_for(["read"]).post("/clone", {"organization_name": "X"}).status == 403
    assert len(Api(firm.key).get("/organizations?limit=100").data) == before


def test_a_clone_takes_the_permissions_for_what_it_copies(firm, shop):
    wish = {"organization_name": "Second shop"}
    copied = ("accounts", "categories", "taxes", "stationery")
    everything = {name: ["read", "write"] for name in ("organizations", *copied)}
    assert shop.key_for(everything).post("/clone?dry_run=true", wish).status == 201
    for missing in copied:
        for actions in ([], ["read"], ["write"]):
            refused = shop.key_for(everything | {missing: actions}).post("/clone", wish)
            assert (refused.status, refused.error["code"]) == (403, "not_authorized")
            assert missing in refused.error["message"]
    keyed = wish | {"api_key": {"name": "Own", "permissions": {}}}
    refused = shop.key_for(everything).post("/clone", keyed)
    assert (refused.status, list(refused.error["details"]["fields"])) == (403, ["api_key"])
    minting = shop.key_for(everything | {"api-keys": ["write"]})
    assert minting.post("/clone?dry_run=true", keyed).status == 201
    wide = minting.post("/clone", wish | {"api_key": {"name": "Own", "permissions": ["read"]}})
    assert (wide.status, wide.error["code"]) == (403, "permissions_too_wide")
    assert len(Api(firm.key).get("/organizations?limit=100").data) == 2
