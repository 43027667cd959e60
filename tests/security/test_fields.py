"""Fields that nobody may set are not set, whatever a body says."""

from organizations.tenants.models import Organization

FORGED = {
    "id": "CON_00000000000000ff",
    "created_at": "2001-01-01T00:00:00Z",
    "updated_at": "2001-01-01T00:00:00Z",
    "object": "organization",
}


def test_a_body_sets_no_field_that_is_not_its_own(cast):
    books, other = cast.alices, cast.charlies.organization.public_id
    made = books.api.post("/contacts", {"name": "Carla", **FORGED, "organization_id": other})
    if made.status == 400:  # told, rather than passed over: either will do
        made = books.api.post("/contacts", {"name": "Carla"})
    assert made["organization_id"] == books.organization.public_id
    assert made["id"] != FORGED["id"] and not made["created_at"].startswith("2001")
    assert cast.charlies.api.get("/contacts").data == []


def test_an_organization_changes_neither_its_mode_nor_its_parent(cast):
    books = cast.alices
    books.api.put(
        "", {"name": "Bakery", "mode": "test", "parent_organization_id": cast.charlies.organization.public_id}
    )
    with books.acting():
        found = Organization.objects.get(pk=books.organization.pk)
    assert (found.mode, found.parent_id, found.owner_ids) == (
        books.organization.mode,
        books.organization.parent_id,
        books.organization.owner_ids,
    )


def test_a_posting_is_stamped_by_the_database(cast):
    body = cast.alices.sale("5.00", status="reversed", posted_at="2001-01-01T00:00:00Z", **FORGED)
    made = cast.alices.api.post("/transactions", body)
    assert (made.status, made["status"]) == (201, "posted")
    assert made["id"] != FORGED["id"] and not made["created_at"].startswith("2001")
