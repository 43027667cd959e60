"""The one machinery behind every list: filters, order, pages.

A view declares what its list can do, and gets the query language of the contract:

    class TransactionList(ListAPIView):
        filter_backends = [ListBackend]
        pagination_class = KeysetPaginator
        list_fields = {"status": Choice(STATUSES), "amount": Amount(), "metadata": Metadata(), …}
        sort_fields = ["transaction_date", "amount", "created_at"]  # or a map from name to ORM path
        default_sort = "-transaction_date"
        date_field = "transaction_date"  # of list_fields: what start_date and end_date mean
        extra_parameters = {"include_hierarchy": Flag()}  # the view acts on it, by read_declared
        includes = ["children"]  # further words for ?include=

A view whose rows may be heavy says how heavy (``row_weight``); such a page ends early, with
``has_more``. What all pages of a list have in common beside the query can travel in the cursor
(``cursor_carries``, read again by ``carried_by_cursor``). Any other parameter is refused. Sort
columns should be short and indexed, as their values travel in the cursor; one of another table
needs ``select_related``. A filter that joins must not repeat rows: give the field a ``where``.
"""

from collections.abc import Callable

import django_filters
from django import forms
from django.db.models import Model, Q, QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.pagination import BasePagination
from rest_framework.response import Response

from organizations.wire import cursors
from organizations.wire.cursors import SortKey
from organizations.wire.parameters import list_parameters, page_parameters
from organizations.wire.query_strings import (
    PAGE_PARAMETERS,
    Condition,
    Declaration,
    bad,
    once,
    read_conditions,
    read_declared,
    read_sort,
    unknown,
)

DEFAULT_LIMIT = 20
LARGEST_LIMIT = 100
FARTHEST_OFFSET = 10_000
HEAVIEST_PAGE = 20_000  # parts of rows, such as the entries of transactions, where a view gives rows a weight


class ListBackend(DjangoFilterBackend):
    """Filters a list by what its view declares. Order is the paginator's: a cursor means nothing without it.

    Does nothing where DRF looks up a single object: its address has said which one.
    """

    def filter_queryset(self, request, queryset, view):
        lookup = getattr(view, "lookup_url_kwarg", None) or getattr(view, "lookup_field", None)
        if lookup in getattr(view, "kwargs", ()) and getattr(view, "action", None) != "list":
            return queryset
        return super().filter_queryset(request, queryset, view)

    def get_filterset(self, request, queryset, view):
        declaration = Declaration.of(view)
        conditions = read_conditions(request.query_params, declaration)
        read_declared(request.query_params, declaration.extra)
        return ListFilterSet(conditions, queryset, request) if conditions else None

    def matching(self, request, queryset, view) -> Q:
        """The filters as one condition, for a view that must also see the rows that do not match."""
        asked = self.get_filterset(request, queryset, view)
        found = Q()
        if asked is not None and asked.is_valid():
            for name, each in asked.filters.items():
                one = each.extra["condition"]
                found &= Q(one.field.condition(one.source, one.operator, asked.form.cleaned_data[name]))
        return found

    def get_schema_operation_parameters(self, view) -> list[dict]:
        return list_parameters(Declaration.of(view))


class _Operand(forms.Field):
    """A form field that reads its text as the operator of its condition needs it."""

    def __init__(self, *, condition: Condition, **settings):
        super().__init__(**settings)
        self.condition = condition

    def to_python(self, value):
        try:
            return self.condition.field.read_for(self.condition.operator, value)
        except ValueError as problem:
            raise forms.ValidationError(str(problem)) from None


class _Comparison(django_filters.Filter):
    """One condition, applied to the query."""

    field_class = _Operand

    def filter(self, queryset, value):
        asked = self.extra["condition"]
        return queryset.filter(asked.field.condition(asked.source, asked.operator, value))


class ListFilterSet(django_filters.FilterSet):
    """A django-filter set of exactly the filters that were asked for, so that the others cost nothing."""

    def __init__(self, conditions: list[Condition], queryset: QuerySet, request):
        super().__init__({one.parameter: one.text for one in conditions}, queryset, request=request)
        for one in conditions:
            self.filters[one.parameter] = _Comparison(label=one.parameter, condition=one)

    def is_valid(self) -> bool:
        """Raises InvalidParameter with every value that cannot be read."""
        if not super().is_valid():
            raise bad({name: " ".join(messages) for name, messages in self.errors.items()})
        first, last = (self.form.cleaned_data.get(name) for name in ("start_date", "end_date"))
        if type(first) is type(last) and first is not None and first > last:
            raise bad({"end_date": "Lies before start_date."})
        return True


class KeysetPaginator(BasePagination):
    """Pages by the place of the last row, at the same cost at any depth.

    ``limit`` rows after ``cursor``, or after ``offset`` rows for shallow jumps. Counting
    all rows is the one thing whose cost grows with the list: only on ``include=total_count``.
    """

    #: The most rows of an answer; a short list that comes whole may say another.
    longest = LARGEST_LIMIT

    def paginate_queryset(self, queryset, request, view=None) -> list:
        """The rows of the page. Raises InvalidParameter, InvalidCursor, UnknownParameter."""
        query, declaration = request.query_params, Declaration.of(view)
        keys = self.sort_keys(query, declaration, queryset.model)
        limit = limit_of(query)
        offset = _whole(query, "offset", 0, least=0, most=FARTHEST_OFFSET)
        cursor = once(query, "cursor")
        if cursor is not None and offset:
            raise bad({"offset": "Give a cursor or an offset, not both."})
        self.total_count = queryset.order_by().count() if "total_count" in _includes(query, declaration) else None

        context = _context(request, view)
        carried = list(getattr(view, "cursor_carries", ()))
        queryset = queryset.order_by(*(key.order for key in keys))
        if cursor is not None:
            values = cursors.unseal(context, cursor, len(carried) + len(keys))
            queryset = self.beyond(queryset, keys, values[len(carried) :])
        rows = list(queryset[offset : offset + limit + 1])
        self.next_cursor = None
        limit = _bearable(rows, limit, getattr(view, "row_weight", None))
        if len(rows) > limit:
            del rows[limit:]
            self.next_cursor = cursors.seal(context, [*carried, *(key.value_of(rows[-1]) for key in keys)])
        return rows

    def sort_keys(self, query, declaration: Declaration, model: type[Model]) -> tuple[SortKey, ...]:
        """The columns of the order, the last of which tells any two rows apart."""
        return read_sort(query, declaration, model)

    def beyond(self, queryset: QuerySet, keys: tuple[SortKey, ...], values: list) -> QuerySet:
        """The rows that come after the one with these values."""
        return queryset.filter(cursors.after(keys, values))

    def get_paginated_response(self, data) -> Response:
        return Response(self.envelope(data))

    def envelope(self, data) -> dict:
        """The list object of the contract around rows already in their wire form."""
        envelope = {
            "object": "list",
            "data": data,
            "has_more": self.next_cursor is not None,
            "next_cursor": self.next_cursor,
        }
        return envelope if self.total_count is None else envelope | {"total_count": self.total_count}

    def get_paginated_response_schema(self, schema: dict) -> dict:
        """The envelope around ``schema``, which is that of the array."""
        return {
            "type": "object",
            "required": ["object", "data", "has_more", "next_cursor"],
            "properties": {
                "object": {"type": "string", "const": "list"},
                "data": schema | {"maxItems": self.longest},
                "has_more": {"type": "boolean"},
                "next_cursor": {"type": ["string", "null"], "description": "Send as `cursor` to get the next page."},
                "total_count": {"type": "integer", "minimum": 0, "description": "Only with `include=total_count`."},
            },
        }

    def get_schema_operation_parameters(self, view) -> list[dict]:
        return page_parameters(
            Declaration.of(view), default_limit=DEFAULT_LIMIT, largest=LARGEST_LIMIT, farthest=FARTHEST_OFFSET
        )


def limit_of(query) -> int:
    """How many rows a query string asks for. Raises InvalidParameter."""
    return _whole(query, "limit", DEFAULT_LIMIT, least=1, most=LARGEST_LIMIT)


def _bearable(rows: list, limit: int, weigh: Callable[[object], int] | None) -> int:
    """How many of the rows a page carries: ``limit``, or fewer where they are heavy; one at least."""
    if weigh is None:
        return limit
    weight = 0
    for place, row in enumerate(rows[:limit]):
        weight += weigh(row)
        if weight > HEAVIEST_PAGE and place:
            return place
    return limit


def _whole(query, name: str, default: int, *, least: int, most: int) -> int:
    text = once(query, name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and least <= int(text) <= most):
        raise bad({name: f"A whole number from {least} to {most}."})
    return int(text)


def _includes(query, declaration: Declaration) -> list[str]:
    text = once(query, "include")
    words = [] if text is None else text.split(",")
    for word in words:
        if word not in ("total_count", *declaration.includes):
            raise unknown(f"{word[:100]!r} cannot be included", "include", ["total_count", *declaration.includes])
    return words


def carried_by_cursor(request, view, model: type[Model], count: int) -> list | None:
    """The first ``count`` values of the request's cursor, which a view put there as ``cursor_carries``.

    None without a cursor. Raises InvalidCursor.
    """
    cursor = once(request.query_params, "cursor")
    if cursor is None:
        return None
    keys = read_sort(request.query_params, Declaration.of(view), model)
    return cursors.unseal(_context(request, view), cursor, count + len(keys))[:count]


def _context(request, view) -> str:
    """What a cursor is bound to: which list, and everything that chooses and orders its rows.

    A view may name in ``beside_cursors`` what its cursors carry themselves.
    """
    query = request.query_params
    free = (*PAGE_PARAMETERS, *getattr(view, "beside_cursors", ()))
    chosen = sorted((name, query.getlist(name)) for name in query if name not in free)
    return repr((request.path.rstrip("/").lower(), chosen))
