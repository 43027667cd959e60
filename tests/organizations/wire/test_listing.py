"""Lists of a real table: filters choose the rows, and nothing that is asked for is skipped."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.generics import RetrieveAPIView
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from organizations.wire.listing import ListBackend
from tests.organizations.wire.lines import ROWS, Line, Lines, get, page, refused


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
