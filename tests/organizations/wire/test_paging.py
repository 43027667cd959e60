"""Pages of a real table: whatever the order, no row is lost or shown twice."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIRequestFactory

from tests.organizations.wire.lines import ROWS, Line, Lines, page, refused, walk


def by_note(row):
    """PostgreSQL's order: no value is the largest."""
    return (row.note is None, row.note or "")


def test_no_order_loses_or_repeats_a_row(lines):
    rows = list(Line.objects.all())
    up = sorted(rows, key=lambda row: (row.day, row.pk))
    expected = {
        "sort=transaction_date": up,
        "sort=-transaction_date": up[::-1],
        "": up[::-1],
        "sort=id": sorted(rows, key=lambda row: row.pk),
        "sort=-amount,transaction_date": sorted(rows, key=lambda row: (-row.amount, row.day, row.pk)),
        "sort=note,-amount": sorted(sorted(rows, key=lambda row: (-row.amount, -row.pk)), key=by_note),
        "sort=-note": sorted(rows, key=lambda row: (by_note(row), row.pk))[::-1],
        "sort=transaction_date,-note,amount": sorted(
            sorted(sorted(rows, key=lambda row: (row.amount, row.pk)), key=by_note, reverse=True),  # a stable sort
            key=lambda row: row.day,
        ),
    }
    for query, order in expected.items():
        found = walk(query)
        assert len(found) == ROWS, query
        assert found == [row.pk for row in order], query


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(["transaction_date", "amount", "note", "created_at"]), min_size=1, max_size=4, unique=True
    ),
    st.lists(st.booleans(), min_size=4, max_size=4),
    st.integers(1, 100),
)
def test_pages_joined_are_the_list(lines, names, directions, limit):
    """In any order: the second and third page follow the first as PostgreSQL sorts."""
    sort = ",".join(("-" if down else "") + name for name, down in zip(names, directions, strict=False))
    whole = walk_some(f"sort={sort}&end_date=2024-01-01", 100, pages=1)
    assert walk_some(f"sort={sort}&end_date=2024-01-01", limit, pages=-(-100 // limit)) == whole
    assert len(whole) == 100


def walk_some(query: str, limit: int, *, pages: int) -> list[int]:
    found, cursor = [], ""
    for _ in range(pages):
        body = page(f"{query}&limit={limit}{cursor}")
        found += body["data"]
        cursor = f"&cursor={body['next_cursor']}"
    assert not body["has_more"]
    return found


def test_a_page_stays_where_it_was_when_rows_are_added(lines, owner_connection):
    first = page("sort=transaction_date&limit=50")
    owner_connection.execute("insert into wire_line values (0, '2024-01-01', 1, 'posted', null, '{}', now())")
    try:
        second = page(f"sort=transaction_date&limit=50&cursor={first['next_cursor']}")
    finally:
        owner_connection.execute("delete from wire_line where id = 0")
    assert second["data"] == list(range(51, 101))


def test_a_deep_page_is_one_range_of_the_index(lines):
    first = page("limit=100")
    with CaptureQueriesContext(connection) as queries:
        page(f"limit=100&cursor={first['next_cursor']}")
    [query] = [each["sql"] for each in queries if "wire_line" in each["sql"]]
    assert '("wire_line"."day", "wire_line"."id") < (' in query
    with connection.cursor() as cursor:
        cursor.execute("explain " + query)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Cond: (ROW(day, id) < ROW(" in plan
    assert "Sort" not in plan


def test_an_order_with_nulls_still_bounds_its_first_column(lines):
    first = page("sort=-transaction_date,note&limit=10")
    with CaptureQueriesContext(connection) as queries:
        page(f"sort=-transaction_date,note&limit=10&cursor={first['next_cursor']}")
    assert """("wire_line"."day" <= '2024-01-03'""" in queries[-1]["sql"]


# --- The envelope ---------------------------------------------------------------------------------


def test_the_shape_of_a_list(lines):
    body = page("limit=2&sort=id")
    assert body == {"object": "list", "data": [1, 2], "has_more": True, "next_cursor": body["next_cursor"]}
    assert len(page()["data"]) == 20
    assert page("limit=100&start_date=2024-01-03&sort=id") == {
        "object": "list",
        "data": list(range(2901, 3001)),
        "has_more": False,
        "next_cursor": None,
    }


def test_counting_is_asked_for(lines):
    assert "total_count" not in page()
    assert page("include=total_count,children&status=pending&limit=1")["total_count"] == 1000
    cursor = page("include=total_count&limit=100")["next_cursor"]
    assert page(f"include=total_count&limit=100&cursor={cursor}")["total_count"] == ROWS


def test_shallow_pages_by_offset(lines):
    assert page("sort=id&offset=40&limit=3")["data"] == [41, 42, 43]
    assert page("sort=id&offset=10000")["data"] == []


# --- Cursors --------------------------------------------------------------------------------------


def test_a_cursor_is_good_for_its_own_list_only(lines):
    cursor = page("sort=amount&status=posted&limit=5")["next_cursor"]
    assert page(f"sort=amount&status=posted&limit=50&include=total_count&cursor={cursor}")["data"]
    for query in ("sort=-amount&status=posted", "sort=amount", "sort=amount&filters[status]=posted", ""):
        assert refused(f"{query}&cursor={cursor}")["code"] == "invalid_cursor"
    assert refused(f"sort=amount&status=posted&cursor={cursor}", path="/other")["code"] == "invalid_cursor"
    assert refused(f"sort=amount&status=posted&cursor={cursor[:-1]}")["details"]["parameter"] == "cursor"
    assert refused(f"sort=amount&status=posted&cursor={cursor}&offset=5")["details"]["parameter"] == "offset"


@given(st.text(max_size=80))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_cursor_can_be_made_up(lines, text):
    request = APIRequestFactory().get("/lines", {"cursor": text})
    response = Lines.as_view()(request).render()
    assert response.status_code == 400
