"""Organizations, members, keys, events, jobs and users in the back office."""

import re

import pytest

from organizations import clock
from organizations.events.models import Event
from organizations.jobs.models import Job
from organizations.keys.models import ApiKey
from organizations.members.models import Membership
from organizations.tenants.models import Organization
from organizations.users.models import User
from tests.backoffice.desks import Person, address, number_in, recorded
from tests.cast import Cast, api, open_child

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(cast: Cast) -> Person:
    return Person(cast.alice)


def test_the_record_and_its_policies_are_changed(cast, alice):
    where = address(Organization, "change", cast.alices.organization.pk)
    fields = {"name": "Alice & Co", "fiscal_year_start": 4, "time_zone": "Europe/Berlin"}
    fields |= {"tax_rounding": "document", "exchange_rate_max_age_days": 3}
    fields |= {"cors_origins": "https://portal.example.com\nhttp://localhost:*"}
    page = alice.post(where, **fields, books_closed_through="2025-12-31", strict_account_codes="on")
    assert "Saved." in alice.follow(page)
    found = cast.alices.refresh().organization
    assert (found.name, found.fiscal_year_start, found.time_zone) == ("Alice & Co", 4, "Europe/Berlin")
    assert str(found.books_closed_through) == "2025-12-31"
    assert found.strict_account_codes
    assert found.cors_origins == ["https://portal.example.com", "http://localhost:*"]
    assert (found.tax_rounding, found.exchange_rate_max_age_days) == ("document", 3)
    assert "organization.updated" in alice.get(address(Organization, "history", found.pk))
    assert "This field is required" in alice.post(where, **fields | {"name": ""})


def test_an_organization_is_archived_and_restored(cast, alice):
    number = cast.alices.organization.pk
    where, record = address(Organization, "status", number), address(Organization, "change", number)
    assert "Archive" in alice.get(record)
    done = alice.follow(alice.post(where, reason="They went elsewhere"))
    assert "is archived." in done and "Restore" in done
    assert alice.get("/admin/ledger/transaction/add/").status == 403
    assert "They went elsewhere" in alice.get(address(Organization, "history", number))
    page = alice.get(record)
    assert "Record and policies" not in page and "New child" not in page and "Clone" not in page
    typed = {"name": "Renamed", "fiscal_year_start": 1, "time_zone": "UTC", "tax_rounding": "line"}
    alice.post(record, **typed, exchange_rate_max_age_days=3)
    assert cast.alices.refresh().organization.name == "Alice's Bakery"
    assert alice.get(address(Organization, "add")).status == alice.get("/admin/clone/").status == 403
    assert "is active again." in alice.follow(alice.post(where, reason=""))
    assert cast.alices.refresh().organization.status == "active"
    assert Person(cast.bob).post(where, reason="").status == 403


def test_a_child_is_made_and_entered(cast, alice):
    fields = {
        "name": "Alice's Café",
        "base_currency": "EUR",
        "relationship_type": "owned",
        "billing_type": "shared",
        "fiscal_year_start": 1,
        "chart_template": "professional_services",
    }
    page = alice.follow(alice.post(address(Organization, "add"), **fields))
    assert "The organization was made." in page
    assert "Alice's Café owner" in page  # the header says where one is now
    child = number_in(page.text[page.text.index("co-current") - 400 :].replace('value="', "/").replace('"', "/"))
    assert alice.get("/admin/ledger/account/").status == 200
    assert Person(cast.alice).post("/admin/choose/", organization=child).status == 302


def test_another_organization_is_entered_before_it_is_changed(cast, alice):
    child = open_child(cast.alices, "Second")
    page = alice.get(address(Organization, "change", child.organization.pk))
    assert "Another organization is chosen" in page
    answer = alice.post(
        address(Organization, "change", child.organization.pk),
        name="Changed from outside",
        fiscal_year_start=1,
        time_zone="UTC",
    )
    assert answer.status == 200
    assert child.refresh().organization.name == "Second"


def test_members_join_change_and_leave(cast, alice):
    page = alice.follow(
        alice.post(address(Membership, "add"), email="dora@example.com", name="Dora", role="accountant")
    )
    assert "dora@example.com" in page
    with cast.alices.acting():
        number = Membership.objects.of(cast.alices.organization).get(user__email="dora@example.com").pk
    alice.post(address(Membership, "change", number), role="admin")
    assert "admin" in alice.get(address(Membership, "change", number))
    assert "was removed" in alice.follow(alice.post(address(Membership, "remove", number)))
    assert alice.get(address(Membership, "change", number)).status == 404
    assert "member already" in alice.post(address(Membership, "add"), email="bob@example.com", role="viewer")


def test_the_last_owner_stays(cast, alice):
    with cast.alices.acting():
        number = Membership.objects.of(cast.alices.organization).get(user=cast.alice).pk
    assert "at least one owner" in alice.post(address(Membership, "change", number), role="viewer")
    assert "at least one owner" in alice.follow(alice.post(address(Membership, "remove", number)))


def test_an_accountant_writes_the_books_and_not_the_keys(cast):
    with cast.alices.acting():
        Membership.objects.of(cast.alices.organization).filter(user=cast.bob).update(role="accountant")
    bob = Person(cast.bob, cast.alices)
    draft = recorded(cast.alices, post=False)
    assert "Posted." in bob.follow(bob.post(address(type(draft), "post", draft.pk)))
    assert bob.get(address(ApiKey)).status == 200
    for page in (address(ApiKey, "add"), address(Membership, "add"), address(Organization, "add")):
        assert bob.get(page).status == 403


def test_nobody_gives_more_than_they_have(cast):
    with cast.alices.acting():
        Membership.objects.of(cast.alices.organization).filter(user=cast.bob).update(role="admin")
    bob = Person(cast.bob, cast.alices)
    assert re.search(r'value="mine"[^>]*\bselected\b', bob.get(address(ApiKey, "add")).text)
    wide = bob.post(address(ApiKey, "add"), name="Wide", permissions="read_write")
    assert "cannot do more than the key that makes it" in wide
    assert "cl_live_" in bob.post(address(ApiKey, "add"), name="Fitting", permissions="mine").text
    assert "cannot do more" in bob.post(address(Membership, "add"), email="eve@example.com", role="owner")


def test_a_secret_is_shown_once(cast, alice):
    page = alice.post(address(ApiKey, "add"), name="Portal", permissions="read")
    secret = re.search(r"cl_live_\w+", page.text)[0]
    assert api(secret, cast.alices.api.base).get("/accounts").status == 200
    assert api(secret, cast.alices.api.base).post("/transactions", {}).status == 403
    with cast.alices.acting():
        key = ApiKey.objects.of(cast.alices.organization).get(name="Portal")
    for where in (address(ApiKey), address(ApiKey, "change", key.pk), address(ApiKey, "history", key.pk)):
        assert secret not in alice.get(where).text
    assert secret not in str(dict(alice.client.session))

    turned = alice.post(address(ApiKey, "rotate", key.pk), overlap_hours="0")
    new = re.search(r"cl_live_\w+", turned.text)[0]
    assert api(secret, cast.alices.api.base).get("/accounts").status == 401
    assert api(new, cast.alices.api.base).get("/accounts").status == 200
    assert "The key is revoked." in alice.follow(alice.post(address(ApiKey, "revoke", key.pk)))
    assert api(new, cast.alices.api.base).get("/accounts").status == 401


def test_a_key_is_renamed_and_keeps_permissions_made_elsewhere(cast, alice):
    cast.alices.key_for({"accounts": ["read"]})
    with cast.alices.acting():
        key = ApiKey.objects.of(cast.alices.organization).get(name="Narrow key")
    alice.post(address(ApiKey, "change", key.pk), name="Narrower", permissions="", expires_on="2099-01-01")
    with cast.alices.acting():
        key.refresh_from_db()
    assert (key.name, key.permissions, str(key.expires_at)) == (
        "Narrower",
        {"accounts": ["read"]},
        "2099-01-01 23:59:59+00:00",
    )
    late = alice.post(address(ApiKey, "change", key.pk), name="Narrower", permissions="read", expires_on="2001-01-01")
    assert "A day in the future." in late


def test_a_key_is_made_for_a_part_of_the_books(cast, alice):
    cash = cast.alices.account("1001")
    made = {"name": "Portal", "permissions": "read_write", "scope_ids": cash, "allowed_addresses": "192.0.2.0/24"}
    assert "cl_live_" in alice.post(address(ApiKey, "add"), **made).text
    with cast.alices.acting():
        key = ApiKey.objects.of(cast.alices.organization).get(name="Portal")
    assert (key.permissions, key.allowed_addresses) == (["read"], ["192.0.2.0/24"])
    assert key.scope == {"account_ids": [cast.alices.accounts["1001"].pk], "contact_ids": []}
    shown = alice.get(address(ApiKey, "change", key.pk))
    assert cash in shown.text and "1001 Cash" in shown and "read (scoped)" in shown
    where = address(ApiKey, "change", key.pk)
    for wrong, said in (
        ({"scope_ids": cast.alices.organization.public_id}, "is no id of an account or a contact"),
        ({"scope_ids": "CON_0000000000000001"}, "There is none with this id"),
        ({"allowed_addresses": "192.0.2.1/24"}, "has host bits set"),
    ):
        assert said in alice.post(where, **made | wrong)
    alice.follow(alice.post(where, name="Portal", permissions="read_write"))
    with cast.alices.acting():
        key.refresh_from_db()
    assert (key.permissions, key.scope, key.allowed_addresses) == (["read", "write"], None, [])


def test_events_are_filtered_and_told(cast, alice):
    posted = recorded(cast.alices)
    where = address(Event)
    assert posted.public_id in alice.get(f"{where}?event_type=transaction.posted")
    assert posted.public_id not in alice.get(f"{where}?event_type=account.created")
    assert posted.public_id in alice.get(f"{where}?q={posted.public_id.lower()}")
    assert posted.public_id not in alice.get(f"{where}?user={cast.alice.pk}")  # the system did it
    assert posted.public_id not in alice.get(f"{where}?timestamp_to=2001-01-01")
    assert alice.get(f"{where}?timestamp_to=nonsense&user=nonsense").status == 200
    with cast.alices.acting():
        event = Event.objects.of(cast.alices.organization).get(entity_id=posted.public_id)
    page = alice.get(address(Event, "change", event.pk))
    assert "entry_type: debit" in page
    assert "system: test" in page


def test_a_job_shows_how_far_it_is(cast, alice):
    with cast.alices.acting():
        ended = {"status": "failed", "error": {"code": "<b>no</b>"}, "finished_at": clock.now()}
        steps = {"progress_done": 30, "progress_total": 120}
        job = Job.objects.create(organization=cast.alices.organization, kind="import_journal", **ended, **steps)
    assert "width: 25%" in alice.get(address(Job)).text
    assert "30 of 120" in alice.get(address(Job, "change", job.pk))


def test_the_first_page_has_the_figures_of_the_year(cast, alice):
    recorded(cast.alices, "1234.50")
    recorded(cast.alices, "10.00", post=False)
    page = alice.get("/admin/")
    assert "Cash account_balance_wallet 1,234.50" in page
    assert "Revenue trending_up 1,234.50" in page
    assert "Drafts waiting edit_note 1" in page
    assert page.queries < 20


def test_users_are_made_and_changed_by_a_superuser(cast):
    User.objects.filter(pk=cast.charlie.pk).update(is_superuser=True)
    root = Person(cast.charlie)
    fields = {"email": "Emil@example.com", "name": "Emil", "is_active": "on", "is_staff": "on"}
    assert "too short" in root.post(address(User, "add"), **fields, password="short")
    root.follow(root.post(address(User, "add"), **fields, password="quite a long one"))
    emil = User.objects.get(email="emil@example.com")
    assert emil.check_password("quite a long one")
    root.post(address(User, "change", emil.pk), name="Emil E", is_staff="on")
    emil.refresh_from_db()
    assert (emil.name, emil.is_active) == ("Emil E", False)
    page = root.get(address(User, "change", emil.pk))
    assert "charlie@example.com Changed name, is_active" in page
    assert "charlie@example.com Made" in page
    assert "lock yourself out" in root.post(address(User, "change", cast.charlie.pk), name="C", is_active="on")
    assert "There is an account" in root.post(address(User, "add"), **fields)


def test_many_organizations_are_found_by_name(cast, alice):
    for number in range(22):
        open_child(cast.alices, f"Branch {number:02}", chart=None)
    page = alice.get("/admin/")
    assert "data-many" in page.text
    assert page.text.count('name="organization"') == 20
    found = alice.get("/admin/choices/?q=branch 2").text
    assert "Branch 20" in found
    assert "Branch 11" not in found
    assert page.queries < 20
