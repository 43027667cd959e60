"""Sign-up, children, and how far a key reaches."""

import pytest

from organizations.members.joining import add_member
from organizations.users.models import User
from tests.cast import Api, Books, api, api_of, open_books, open_child


@pytest.fixture
def firm(db):
    return open_books("Firm LLP")


def sign_up(**more):
    return api().post("//organizations", {"organization_name": "New Ltd", "user_email": "new@example.com", **more})


def test_sign_up_gives_an_organization_an_owner_and_a_key(db):
    made = sign_up(base_currency_code="EUR", chart_template="professional_services", user_name="Nora")
    assert made.status == 201
    assert made["base_currency"]["symbol"] == "€"
    assert (made["is_root"], made["mode"]) == (True, "live")
    assert made["owner"]["email"] == "new@example.com"
    client = Api(made["api_key"]["key"], f"/organizations/{made['id']}")
    assert client.get("")["name"] == "New Ltd"
    assert "1201" in [account["code"] for account in client.get("/accounts").data]
    assert [event["event_type"] for event in client.get("/events?event_type=organization.created").data] == [
        "organization.created"
    ]


def test_a_password_for_an_address_that_has_an_account_is_not_taken_and_that_is_said(firm):
    firm.api.post("/members", {"email": "new@example.com", "role": "viewer"})
    made = sign_up(user_password="a long password")
    assert made.status == 201
    assert [(one["code"], one["field"]) for one in made["warnings"]] == [("password_not_taken", "user_password")]
    assert not User.objects.get(email="new@example.com").has_usable_password()
    assert "warnings" not in sign_up().body
    assert "warnings" not in sign_up(user_email="else@example.com", user_password="a long password").body


def test_a_sign_up_for_an_account_that_nobody_proved_leaves_nothing_set_in_it_by_somebody_else(db):
    assert sign_up(user_password="a long password").status == 201
    person = User.objects.get(email="new@example.com")
    assert person.email_proven_at is None
    assert sign_up(user_password="a long password").status == 201  # who knows it signs up again
    assert api_of(person).post("//organizations", {"organization_name": "X", "user_email": person.email}).status == 201
    assert User.objects.get(pk=person.pk).check_password("a long password")
    assert sign_up(user_password="another long one").status == 201
    assert not User.objects.get(pk=person.pk).has_usable_password()


def test_a_test_organization_has_test_keys(db):
    assert sign_up(mode="test")["api_key"]["key"].startswith("cl_test_")


def test_sign_up_can_be_closed(db, settings):
    settings.SIGNUP_OPEN = False
    refused = sign_up()
    assert (refused.status, refused.error["code"]) == (401, "signup_closed")


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"base_currency_code": "XYZ"}, "base_currency_code"),
        ({"base_currency_code": 5}, "base_currency_code"),
        ({"user_email": "nobody"}, "user_email"),
        ({"organization_name": ""}, "organization_name"),
        ({"mode": "other"}, "mode"),
        ({"time_zone": "Moon/Base"}, "time_zone"),
        ({"fiscal_year_start": 13}, "fiscal_year_start"),
        ({"user_password": "12345"}, "user_password"),
        ({"metadata": {"a": 1}}, "metadata"),
    ],
)
def test_bad_fields_are_named(db, fields, named):
    answer = sign_up(**fields)
    assert answer.status == 400
    assert list(answer.error["details"]["fields"]) == [named]


def test_an_unknown_template_makes_nothing(db, firm):
    assert sign_up(chart_template="circus").status == 404
    refused = firm.api.post("//organizations", {"organization_name": "X", "parent_organization_id": "ORG_" + "0" * 16})
    assert refused.status == 404


def test_owned_children_are_open_and_linked_ones_only_overseen(firm):
    owned, linked = open_child(firm, "Owned Ltd"), open_child(firm, "Linked Ltd", relationship="linked")
    assert firm.api.get(f"/{owned.api.base}/accounts").status == 200
    assert firm.api.get(f"/{linked.api.base}")["relationship_type"] == "linked"
    assert firm.api.get(f"/{linked.api.base}/api-keys").status == 200
    for path in ("/accounts", "/transactions", "/events", "/reports/trial-balance", "/members", "/jobs"):
        assert firm.api.get(f"/{linked.api.base}{path}").status == 404
    assert firm.api.put(f"/{linked.api.base}", {"name": "Mine"}).status == 404
    minted = firm.api.post(f"/{linked.api.base}/api-keys", {"name": "Client portal"})
    assert minted.status == 201
    trail = linked.api.get("/events?event_type=api_key.created").data
    assert minted["id"] in [event["entity_id"] for event in trail]
    assert api(minted["key"], linked.api.base).get("/accounts").status == 200


def test_children_reach_neither_parent_nor_sibling(firm):
    one, other = open_child(firm, "One Ltd"), open_child(firm, "Other Ltd")
    stranger = open_books("Stranger Ltd")
    for books in (firm, other, stranger):
        assert one.api.get(f"/{books.api.base}").status == 404
    assert [each["name"] for each in one.api.get("//organizations").data] == ["One Ltd"]


def test_below_a_linked_child_nothing_is_seen(firm):
    client = open_child(firm, "Client Ltd", relationship="linked")
    subsidiary = open_child(client, "Subsidiary Ltd")
    assert client.api.get(f"/{subsidiary.api.base}/accounts").status == 200
    assert firm.api.get(f"/{subsidiary.api.base}").status == 404
    refused = firm.api.post(
        "//organizations", {"organization_name": "X", "parent_organization_id": client.organization.public_id}
    )
    assert refused.status == 404


def test_a_child_is_made_over_http_and_listed_by_its_parent(firm):
    made = firm.api.post(
        "//organizations",
        {
            "organization_name": "Property A LLC",
            "parent_organization_id": firm.organization.public_id,
            "relationship_type": "owned",
            "billing_type": "shared",
            "base_currency_code": "USD",
            "chart_template": "real_estate",
        },
    )
    assert (made.status, made["relationship_type"], made["billing_type"]) == (201, "owned", "shared")
    listed = firm.api.get(f"//organizations?parent_id={firm.organization.public_id}&relationship_type=owned").data
    assert [one["id"] for one in listed] == [made["id"]]
    assert len(firm.api.get(f"//organizations/{made['id']}/accounts?include_hierarchy=true").data) > 10


def test_live_and_test_never_meet(firm):
    refused = firm.api.post(
        "//organizations",
        {"organization_name": "X", "parent_organization_id": firm.organization.public_id, "mode": "test"},
    )
    assert (refused.status, refused.error["code"]) == (422, "organization_parent_mismatch")


def test_can_share_data_follows_ownership(firm):
    owned, linked = open_child(firm, "Owned Ltd"), open_child(firm, "Linked Ltd", relationship="linked")

    def ask(one, other):
        return firm.api.get(
            f"//organizations/can-share-data/{one.organization.public_id}/{other.organization.public_id}"
        )

    assert ask(firm, owned)["can_share_data"] is True
    assert ask(firm, linked)["can_share_data"] is False
    assert ask(owned, open_books("Stranger Ltd")).status == 404


def test_policies_are_changed_and_recorded(firm):
    changed = firm.api.put(
        "", {"books_closed_through": "2023-12-31", "strict_account_codes": True, "name": "Firm & Co"}
    )
    assert (changed["books_closed_through"], changed["name"]) == ("2023-12-31", "Firm & Co")
    event = firm.api.get("/events?event_type=organization.updated").data[0]
    assert event["changes"]["books_closed_through"] == {"from": None, "to": "2023-12-31"}
    assert event["api_key_id"] is not None
    trade = {"tax_rounding": "document", "require_contact_on_control_accounts": True, "exchange_rate_max_age_days": 0}
    assert firm.api.get("")["exchange_rate_max_age_days"] == 7
    assert trade.items() <= firm.api.put("", trade).body.items()
    for name, value in {"tax_rounding": "whim", "exchange_rate_max_age_days": 367}.items():
        assert firm.api.put("", {name: value}).error["details"]["fields"].keys() == {name}
    strict = firm.api.post("/accounts", {"code": "5999", "name": "Odd", "type": "asset"})
    assert (strict.status, strict.error["code"]) == (422, "account_code_mismatch")


def test_what_was_read_can_be_written_back(firm):
    """A client reads the organization, changes one field and sends all of it; what is null stays empty."""
    read = firm.api.get("").body
    assert (read["domain"], read["tax_number"]) == (None, None)
    written = firm.api.put("", read | {"tax_number": "DE123456789"}).body
    moved = {"tax_number", "updated_at", "warnings"}
    assert {name for name in written if written[name] != read.get(name)} <= moved
    assert written["tax_number"] == "DE123456789"
    assert firm.api.put("", {"tax_number": None})["tax_number"] is None


@pytest.mark.parametrize("path", ["/nowhere", "/organizations/ORG_zz", "/organizations/x/accounts", "/organizations/"])
def test_unknown_addresses_answer_in_the_one_shape(firm, path):
    answer = firm.api.get("/" + path)
    assert answer.status in (200, 404)
    if answer.status == 404:
        assert set(answer.error) == {"type", "code", "message", "details", "status", "request_id"}


def test_a_slash_at_the_end_answers_the_same(firm):
    assert firm.api.get("/accounts/").body == firm.api.get("/accounts").body


def test_an_id_of_another_kind_is_named(firm):
    answer = firm.api.get("/accounts/TXN_" + "0" * 16)
    assert (answer.status, list(answer.error["details"]["fields"])) == (400, ["account_id"])


def test_an_archived_organization_can_be_read_and_restored(firm):
    assert firm.api.put("", {"status": "archived"})["status"] == "archived"
    refused = firm.api.post("/transactions", firm.sale())
    assert (refused.status, refused.error["code"]) == (422, "organization_archived")
    assert firm.api.get("/accounts").status == 200
    firm.api.put("", {"status": "active"})
    assert firm.api.post("/transactions", firm.sale()).status == 201


def test_archiving_and_restoring_are_events_with_a_reason(firm):
    def told() -> list[tuple]:
        events = firm.api.get(f"/events?entity_id={firm.organization.public_id}&sort=seq").data
        return [(each["event_type"], each["after_state"].get("reason")) for each in events[1:]]

    done = firm.api.post("/archive", {"reason": "They went elsewhere"})
    assert (done.status, done["status"]) == (200, "archived")
    assert firm.api.post("/archive", {"reason": "Again"})["status"] == "archived"
    assert firm.api.post("/archive?dry_run=true").status == 200
    wrong = firm.api.post("/restore", {"reason": 5})
    assert (wrong.status, list(wrong.error["details"]["fields"])) == (400, ["reason"])
    assert firm.api.post("/restore?dry_run=true")["status"] == "active" and firm.api.get("")["status"] == "archived"
    assert firm.api.post("/restore")["status"] == "active"
    assert firm.api.put("", {"status": "archived", "domain": "gone.example"})["status"] == "archived"
    assert told() == [
        ("organization.archived", "They went elsewhere"),
        ("organization.restored", None),
        ("organization.updated", None),
        ("organization.archived", None),
    ]
    assert firm.key_for(["read"]).post("/restore").status == 403
    asked = firm.api.post("/deletion", {"confirm_name": firm.organization.name})
    assert asked.status == 201, asked.body
    assert firm.api.post("/restore").error["code"] == "deletion_pending"


def test_nothing_of_what_is_archived_changes_but_its_status(firm):
    assert firm.api.post("/archive").status == 200
    before = firm.api.get("").body
    for change in ({"name": "Other"}, {"cors_origins": []}, {"books_closed_through": "2025-12-31"}, {"metadata": {}}):
        for more in ({}, {"status": "archived"}):
            refused = firm.api.put("", change | more)
            assert (refused.status, refused.error["code"]) == (422, "organization_archived"), change
    assert firm.api.get("").body == before
    assert firm.api.put("", {"status": "archived"}).status == 200  # it is so already
    back = firm.api.put("", {"status": "active", "name": "Back LLP"})
    assert (back.status, back["status"], back["name"]) == (200, "active", "Back LLP")


@pytest.mark.parametrize("ending", ["/archive", "/deletion"])
def test_nothing_is_made_below_what_is_archived(firm, ending):
    resting = open_child(firm, "Resting Ltd")
    assert resting.api.post(ending, {"confirm_name": "Resting Ltd"} if ending == "/deletion" else {}).status < 300
    number = resting.organization.public_id
    new = {"organization_name": "X", "parent_organization_id": number}
    for key in (resting.key, firm.key):
        for path, body in (
            ("/organizations", new),
            ("/organizations/batch", {"organizations": [{"organization_name": "X"}], "parent_organization_id": number}),
            (f"/{firm.api.base}/clone", new),
            (f"/{resting.api.base}/clone", {"organization_name": "X"}),
        ):
            refused = Api(key).post(path, body)
            if key == resting.key and firm.api.base in path:
                assert refused.status == 404
            else:
                assert (refused.status, refused.error["code"]) == (422, "organization_archived"), path
    item = Api(firm.key).post("/organizations/batch", {"organizations": [new]})["results"][0]
    assert item["error"]["code"] == "organization_archived"
    assert [one["name"] for one in Api(firm.key).get(f"/organizations?parent_id={number}").data] == []


# -- What ties a child to those above it ------------------------------------------------------------------

TERMS = (
    {"billing_type": "shared"},
    {"ownership_percentage": 1},
    {"ownership": [{"effective_date": "2026-01-01", "percentage": 60}]},
)


def above(parent: Books, child: Books) -> Api:
    """HTTP with the parent's key below the child's path."""
    return Api(parent.key, child.api.base)


@pytest.mark.parametrize("relationship", ["owned", "linked"])
@pytest.mark.parametrize("terms", TERMS)
def test_a_child_does_not_set_its_own_terms(firm, relationship, terms):
    child = open_child(firm, "Child Ltd", relationship=relationship)
    refused = child.api.put("", terms | {"name": "Mine"})
    assert (refused.status, refused.error["code"]) == (403, "not_authorized")
    assert refused.error["details"]["fields"].keys() == terms.keys()
    assert child.api.get("")["name"] == "Child Ltd"
    changed = above(firm, child).put("", terms)
    assert changed.status == 200, changed.body
    assert child.api.put("", terms | {"name": "Mine"}).status == 200  # as they are: nothing is set
    back = child.api.put("", {"billing_type": "separate", "ownership": [], "ownership_percentage": None})
    assert back.status == 403


def test_terms_are_told_to_both_sides(firm):
    child = open_child(firm, "Child Ltd", relationship="linked")
    assert above(firm, child).put("", {"billing_type": "shared"}).status == 200
    for books in (firm, child):
        told = books.api.get(f"/events?entity_id={child.organization.public_id}&event_type=organization.updated").data
        assert [each["changes"]["billing_type"] for each in told] == [{"from": "separate", "to": "shared"}]
    assert child.api.put("", {"name": "Renamed Ltd"}).status == 200  # its own affair
    assert len(firm.api.get("/events?event_type=organization.updated").data) == 1


def test_whoever_oversees_a_linked_child_changes_its_terms_alone(firm):
    child = open_child(firm, "Child Ltd", relationship="linked")
    mine = above(firm, child)
    for change in ({}, {"name": "Mine"}, {"billing_type": "shared", "name": "Mine"}, {"status": "archived"}):
        assert mine.put("", change).status == 404
    assert mine.put("?dry_run=true", {"billing_type": "shared"})["billing_type"] == "shared"
    assert child.api.get("")["billing_type"] == "separate"
    tag = mine.get("").headers["ETag"]
    first = mine.put("", {"billing_type": "shared"}, if_match=tag, idempotency_key="once")
    assert first.status == 200
    again = mine.put("", {"billing_type": "shared"}, if_match=tag, idempotency_key="once")
    assert (again.body, again.headers["Idempotent-Replayed"]) == (first.body, "true")
    assert mine.put("", {"billing_type": "separate"}, if_match=tag).status == 412
    assert Api(firm.key_for(["read"]).key, child.api.base).put("", {"billing_type": "separate"}).status == 403
    assert child.api.post("/archive").status == 200
    assert mine.put("", {"billing_type": "separate"}).error["code"] == "organization_archived"


def test_a_person_sets_terms_by_their_role_above(firm):
    child = open_child(firm, "Child Ltd")

    def joined(books: Books, name: str, role: str):
        with books.acting():
            who = {"actor": books.actor, "organization_id": books.organization.pk}
            return add_member(**who, email=f"{name}@example.com", role=role).user

    owner_below, admin_above = joined(child, "below", "owner"), joined(firm, "above", "admin")
    with firm.acting():
        add_member(actor=firm.actor, organization_id=firm.organization.pk, email="below@example.com", role="accountant")
    assert api_of(owner_below, child.api.base).put("", {"billing_type": "shared"}).status == 403
    assert api_of(owner_below, child.api.base).put("", {"domain": "child.example"}).status == 200
    assert api_of(admin_above, child.api.base).put("", {"billing_type": "shared"}).status == 200
    root = open_books("Root Ltd")
    assert root.api.put("", {"billing_type": "shared"}).status == 200  # it has nobody above it, and pays for itself
