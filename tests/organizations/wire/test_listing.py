"""Lists against a real table: whatever the order, no row is lost or shown twice."""

import json
from decimal import Decimal

import pytest
from django.apps.registry import Apps
from django.db import connection, connections, models
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from organizations.wire.filtering import Amount, Choice, Day, Flag, Instant, Metadata, Text
from organizations.wire.listing import KeysetPaginator, ListBackend
from organizations.wire.query_strings import read_declared
from tests import databases

ROWS = 3000


class Line(models.Model):
    """A table of its own: thousands of rows share a day, and some have no note."""

    id = models.BigIntegerField(primary_key=True)
    day = models.DateField()
    amount = models.DecimalField(max_digits=28, decimal_places=8)
    status = models.TextField()
    note = models.TextField(null=True)
    metadata = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        apps = Apps()  # not the project's: migrations must not know it
        app_label = "wire"
        managed = False
        db_table = "wire_line"


class Lines(ListAPIView):
    queryset = Line.objects.all()
    filter_backends = [ListBackend]
    pagination_class = KeysetPaginator
    list_fields = {
        "status": Choice(["posted", "pending"]),
        "amount": Amount(),
        "transaction_date": Day(source="day"),
        "note": Text(nullable=True),
        "created_at": Instant(),
        "metadata": Metadata(),
    }
    sort_fields = ["transaction_date", "amount", "note", "created_at", "id"]
    default_sort = "-transaction_date"
    date_field = "transaction_date"
    extra_parameters = {"with_children": Flag()}
    includes = ["children"]

    def list(self, request):
        self.extra = read_declared(request.query_params, self.extra_parameters)
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response([row.pk for row in rows])


def get(query="", view=Lines, path="/lines"):
    response = view.as_view()(APIRequestFactory().get(f"{path}?{query}")).render()
    return response.status_code, json.loads(response.content)


def page(query="") -> dict:
    status, body = get(query)
    assert status == 200, body
    return body


def refused(query="", **rest) -> dict:
    status, body = get(query, **rest)
    assert status == 400, body
    assert body["error"]["type"] == "validation_error"
    return body["error"]


def walk(query: str, limit: int = 100) -> list[int]:
    """All pages from the first to the last."""
    found, cursor = [], ""
    while True:
        body = page(f"{query}&limit={limit}{cursor}")
        found += body["data"]
        assert body["has_more"] == (body["next_cursor"] is not None)
        if not body["has_more"]:
            return found
        assert len(body["data"]) == limit
        cursor = f"&cursor={body['next_cursor']}"


ROWS_SQL = """
    create table wire_line (id bigint primary key, day date not null, amount numeric(28,8) not null,
        status text not null, note text, metadata jsonb not null, created_at timestamptz not null);
    create index on wire_line (day, id);
    grant select on wire_line to crane_app;
    insert into wire_line
    select n, case when n <= 100 then date '2024-01-01' when n <= 2900 then '2024-01-02' else '2024-01-03' end,
           n % 7 + 0.25, case n % 3 when 0 then 'pending' else 'posted' end,
           case n % 4 when 0 then null else 'note ' || n % 5 end,
           case n % 10 when 0 then '{"project": "roof"}'::jsonb else '{}' end,
           timestamptz '2024-01-01 00:00Z' + n * interval '1 minute'
      from generate_series(1, 3000) n;
    analyze wire_line;
"""


@pytest.fixture(scope="module")
def lines(django_test_environment, django_db_blocker, admin_url):
    """3,000 rows on three days, 2,800 of them on one; every fourth has no note."""
    with django_db_blocker.unblock(), databases.copy_in_use(admin_url, "lines"):
        with connections["owner"].cursor() as cursor:
            cursor.execute(ROWS_SQL)
        yield


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


# --- Filters --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "keep"),
    [
        ("status=posted", lambda row: row.status == "posted"),
        ("filters[status]=pending", lambda row: row.status == "pending"),
        ("filters[status][ne]=pending", lambda row: row.status != "pending"),
        ("filters[status][in]=pending,posted", lambda row: True),
        ("filters[amount][gte]=3.25&filters[amount][lt]=5.25", lambda row: 3 < row.amount < 5),
        ("amount=3.25", lambda row: row.amount == Decimal("3.25")),
        ("filters[amount][in]=0.25,1.25", lambda row: row.amount < 2),
        ("start_date=2024-01-02&end_date=2024-01-02", lambda row: row.day.day == 2),
        ("filters[transaction_date][gt]=2024-01-02", lambda row: row.day.day == 3),
        ("filters[note][isnull]=true", lambda row: row.note is None),
        ("filters[note][ne]=note 1", lambda row: row.note != "note 1"),
        ("filters[note][contains]=TE 3", lambda row: row.note == "note 3"),
        ("filters[note][contains]=%25", lambda row: False),
        ("filters[metadata.project]=roof", lambda row: row.pk % 10 == 0),
        ("filters[metadata.project][ne]=roof", lambda row: row.pk % 10),
        ("filters[metadata.project][isnull]=true", lambda row: row.pk % 10),
        ("filters[metadata.project][in]=roof,wall", lambda row: row.pk % 10 == 0),
        ("filters[metadata.a.b%22]=x", lambda row: False),
        ("created_at=2024-01-02", lambda row: row.created_at.day == 2),
        ("filters[created_at][lte]=2024-01-01", lambda row: row.created_at.day == 1),
        ("filters[created_at][gt]=2024-01-01T23:58:00Z&end_date=2024-01-02", lambda row: 1438 < row.pk <= 2900),
        ("with_children=true", lambda row: True),
    ],
)
def test_filters_choose_the_rows(lines, query, keep):
    expected = sorted(row.pk for row in Line.objects.all() if keep(row))
    assert page(f"include=total_count&limit=1&{query}")["total_count"] == len(expected)
    assert page(f"sort=id&limit=100&{query}")["data"] == expected[:100]


@pytest.mark.parametrize(
    ("query", "parameter", "allowed"),
    [
        ("colour=red", "colour", "transaction_date"),
        ("metadata.project=roof", "metadata.project", "filters[…]"),
        ("metadata=roof", "metadata", "amount"),
        ("filters[colour]=red", "filters[colour]", "metadata.KEY"),
        ("filters[metadata]=red", "filters[metadata]", "metadata.KEY"),
        ("filters[metadata.]=red", "filters[metadata.]", "metadata.KEY"),
        ("filters[status][like]=p", "filters[status][like]", "in"),
        ("filters[amount][contains]=1", "filters[amount][contains]", "gte"),
        ("filters[status][isnull]=true", "filters[status][isnull]", "ne"),
        ("filters[metadata.a][gt]=1", "filters[metadata.a][gt]", "isnull"),
        ("filters[status][in][x]=1", "filters[status][in][x]", "sort"),
        ("filters=1", "filters", "filters[…]"),
        ("dry_run=true", "dry_run", "limit"),
        ("status%00=posted", "status\x00", "status"),
        ("sort=colour", "sort", "amount"),
        ("sort=-", "sort", "amount"),
        ("sort=", "sort", "amount"),
        ("sort=amount,", "sort", "amount"),
        ("include=everything", "include", "children"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_does(lines, query, parameter, allowed):
    error = refused(query)
    assert error["code"] == "unknown_parameter"
    assert error["details"]["parameter"] == parameter
    assert allowed in error["details"]["allowed"]
    assert parameter in error["details"]["fields"]
    assert allowed in error["message"]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("status=", "status"),
        ("status=Posted", "status"),
        ("status=posted&status=pending", "status"),
        ("filters[status]=posted&status=posted", "status"),
        ("filters[metadata.a]=1&filters[metadata.a][eq]=1", "filters[metadata.a][eq]"),
        ("filters[amount][gte]=1e3", "filters[amount][gte]"),
        ("filters[amount][in]=1,,2", "filters[amount][in]"),
        ("filters[note][isnull]=yes", "filters[note][isnull]"),
        ("note=a%00b", "note"),
        ("start_date=01.02.2024", "start_date"),
        ("start_date=2024-01-02&end_date=2024-01-01", "end_date"),
        ("created_at=2024-01-01T10:00:00+01:00", "created_at"),
        ("with_children=1", "with_children"),
        ("sort=amount,-amount", "sort"),
        ("sort=id&sort=amount", "sort"),
        ("sort=id,id,id,id,id,id", "sort"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=%D9%A1", "limit"),
        ("limit=1_0", "limit"),
        ("limit=", "limit"),
        ("offset=-1", "offset"),
        ("offset=10001", "offset"),
        ("limit=1&limit=2", "limit"),
    ],
)
def test_a_bad_value_is_refused_with_its_parameter(lines, query, parameter):
    error = refused(query)
    assert error["code"] == "invalid_parameter"
    assert error["details"]["parameter"] == parameter
    assert error["details"]["fields"][parameter]


def test_all_bad_filters_are_named_at_once(lines):
    fields = refused("status=x&amount=x&limit=1")["details"]["fields"]
    assert sorted(fields) == ["amount", "status"]


def test_filters_need_no_table_row_for_every_parameter(lines):
    with CaptureQueriesContext(connection) as queries:
        page("status=posted&filters[amount][gte]=1&sort=-amount&limit=5")
    assert len(queries) == 1


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


# --- Where it is not a list -----------------------------------------------------------------------


class OneLine(RetrieveAPIView):
    queryset = Line.objects.all()
    filter_backends = [ListBackend]

    def retrieve(self, request, pk):
        return Response({"id": self.get_object().pk})


def test_a_single_object_is_not_filtered(lines):
    request = APIRequestFactory().get("/lines/5?as_of=2024-01-01")
    assert OneLine.as_view()(request, pk=5).data == {"id": 5}


class BareList(Lines):
    list_fields = {}
    sort_fields = []
    default_sort = "-id"
    date_field = None
    extra_parameters = {}


def test_a_list_that_declares_nothing_takes_nothing(lines):
    assert get("limit=1", view=BareList)[1]["data"] == [ROWS]
    assert refused("status=posted", view=BareList)["details"]["allowed"] == [
        "cursor",
        "include",
        "limit",
        "offset",
        "sort",
    ]
    assert refused("sort=id", view=BareList)["details"]["allowed"] == []
    assert refused("start_date=2024-01-01", view=BareList)["code"] == "unknown_parameter"


class RenamedSort(Lines):
    sort_fields = {"date": "day"}
    default_sort = "date"


def test_sort_names_may_differ_from_columns(lines):
    assert get("sort=date&limit=1", view=RenamedSort)[1]["data"] == [1]
    assert refused("sort=day", view=RenamedSort)["details"]["allowed"] == ["date"]


class Values(Lines):
    queryset = Line.objects.values("id", "day", "note")

    def list(self, request):
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response([row["id"] for row in rows])


def test_rows_may_be_maps(lines):
    first = get("sort=-note,transaction_date&limit=3", view=Values)[1]
    second = get(f"sort=-note,transaction_date&limit=3&cursor={first['next_cursor']}", view=Values)[1]
    whole = get("sort=-note,transaction_date&limit=6", view=Values)[1]
    assert first["data"] + second["data"] == whole["data"]
