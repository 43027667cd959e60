"""A table that lists are tested on: its model, its list, and how to ask it."""

import json

from django.apps.registry import Apps
from django.db import models
from rest_framework.generics import ListAPIView
from rest_framework.test import APIRequestFactory

from organizations.wire.filtering import Amount, Choice, Day, Flag, Instant, Metadata, Text
from organizations.wire.listing import KeysetPaginator, ListBackend
from organizations.wire.query_strings import read_declared

ROWS = 3000
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
