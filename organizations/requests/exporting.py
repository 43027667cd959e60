"""A list as a file: all of its rows, streamed, however many they are.

The body of a streamed answer is written after the request's database transaction has
ended, and with it the tenant's settings: row-level security would show no rows at all. So
the body opens a transaction of its own and reads through one cursor on the server: the
whole file is of one moment, and neither side holds more than some thousand rows.
"""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager

from django.db import connection
from django.db.models import Q, QuerySet
from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from rest_framework.renderers import BaseRenderer

from organizations import scoping
from organizations.requests import replicas
from organizations.requests.errors import KeyScopeRefused
from organizations.requests.views import TenantViewSet
from organizations.tenants.models import Organization
from organizations.wire import csv_lines
from organizations.wire.cursors import SortKey
from organizations.wire.filtering import Choice
from organizations.wire.listing import ListBackend
from organizations.wire.query_strings import PAGE_PARAMETERS, Declaration, bad, read_declared, read_sort
from organizations.wire.rendering import CSVRenderer

AT_ONCE = 2_000
#: How long a client may take for what it was sent before the file breaks off.
PATIENCE = "set local idle_in_transaction_session_timeout = '15min'"

FORMAT = {"format": Choice(["json", "csv"], description="`csv` answers the whole list as a file, without pages.")}


class ExportingViewSet(TenantViewSet):
    """A viewset whose list can be asked for as CSV, by ``?format=csv`` or ``Accept: text/csv``.

    ``extra_parameters`` must have ``FORMAT``. A file is sorted by ``export_sort`` unless the
    client says how.
    """

    export_sort: str | None = None
    #: What else than the list can be a file.
    file_actions: tuple[str, ...] = ("list",)

    def get_renderers(self) -> list[BaseRenderer]:
        json = super().get_renderers()
        return [*json, CSVRenderer()] if getattr(self, "action", None) in self.file_actions else json

    def reads_replica(self, request) -> bool:
        is_file = request.GET.get("format") == "csv" or "text/csv" in request.headers.get("Accept", "")
        return is_file or super().reads_replica(request)

    def extra(self) -> dict:
        """The view's own parameters as they were asked for."""
        return read_declared(self.request.query_params, self.extra_parameters)

    @property
    def wants_file(self) -> bool:
        """Whether the client asked for a file."""
        return self.request.accepted_renderer.format == CSVRenderer.format

    def chosen(self, rows: QuerySet) -> tuple[Q, tuple[SortKey, ...]]:
        """The filters and the order that the query asks for. Raises InvalidParameter for anything about pages."""
        query, declaration = self.request.query_params, Declaration.of(self)
        paging = [name for name in PAGE_PARAMETERS if name in query]
        if paging:
            raise bad(dict.fromkeys(paging, "A file has no pages; leave this out."))
        if self.export_sort is not None:
            declaration = dataclasses.replace(declaration, default_sort=self.export_sort)
        return ListBackend().matching(self.request, rows, self), read_sort(query, declaration, rows.model)

    def file(self, name: str, columns: Sequence[str], rows: Callable[[], Iterable[Sequence]]) -> HttpResponseBase:
        """The answer: ``rows`` is called when the body is written, within the organization's walls.

        Those are wider than a scoped key's: raises KeyScopeRefused.
        """
        if self.actor.scope is not None:
            raise KeyScopeRefused()
        return csv_response(self.organization, name, columns, rows, with_body=self.request.method != "HEAD")


def csv_response(
    organization: Organization,
    name: str,
    columns: Sequence[str],
    rows: Callable[[], Iterable[Sequence]],
    *,
    with_body: bool = True,
) -> HttpResponseBase:
    """A CSV file to save, written while it is sent."""
    headers = {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": content_disposition_header(True, f"{name}.csv"),
        "Cache-Control": "private, no-store",
    }
    if not with_body:
        return StreamingHttpResponse((), headers=headers)  # an empty one would say that the file is empty
    return StreamingHttpResponse(csv_lines.lines(columns, within(organization.pk, rows)), headers=headers)


def within(organization_id: int, rows: Callable[[], Iterable]) -> Iterator:
    """``rows``, read in a transaction of their own within the organization's walls, where the request was answered."""
    return _read(replicas.there_again(), organization_id, rows)


def _read(place: AbstractContextManager, organization_id: int, rows: Callable[[], Iterable]) -> Iterator:
    with place, scoping.reading([organization_id]):
        with connection.cursor() as cursor:
            cursor.execute(PATIENCE)
        yield from rows()


def read_through(queryset: QuerySet) -> Iterator[tuple]:
    """The rows of a ``values_list``, through one cursor on the server, also behind a pgbouncer.

    Call within a transaction. Values come as the driver gives them.
    """
    sql, parameters = queryset.query.sql_with_params()
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, parameters)
        while batch := cursor.fetchmany(AT_ONCE):
            yield from batch
            del batch  # before the next is fetched: one at a time is enough
