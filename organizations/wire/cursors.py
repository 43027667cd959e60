"""Keyset paging: a page begins after the last row of the one before, wherever that is now.

An offset counts rows, so its cost grows with depth and it slips when rows are added. A
cursor holds the sort values of the last row and asks for what comes after them; the id
comes last, so no two rows are equal and none is lost or shown twice, however many share
a date. (DRF's own cursor loses rows when more than a thousand do.)
"""

import datetime
import functools
import hashlib
from dataclasses import dataclass
from decimal import Decimal

from django.core import signing
from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Model, Q
from django.db.models.fields.tuple_lookups import TupleGreaterThan, TupleLessThan

from organizations.errors import InvalidCursor


@dataclass(frozen=True, slots=True)
class SortKey:
    """One column of an order. NULL sorts as the largest value: PostgreSQL's own order, so its indexes serve."""

    source: str
    descending: bool
    nullable: bool

    @property
    def order(self):
        return F(self.source).desc() if self.descending else F(self.source).asc()

    def value_of(self, row):
        """The row's value; a row is a model instance or, from ``.values()``, a map by source."""
        if isinstance(row, dict):
            return row[self.source]
        return functools.reduce(getattr, self.source.split("__"), row)

    def beyond(self, value) -> Q:
        """The rows that come strictly later in this column."""
        if value is None:  # nothing is larger than NULL
            return Q((f"{self.source}__isnull", False)) if self.descending else Q(pk__in=())
        if self.descending:
            return Q((f"{self.source}__lt", value))
        later = Q((f"{self.source}__gt", value))
        return later | Q((f"{self.source}__isnull", True)) if self.nullable else later

    def level(self, value) -> Q:
        """The rows that stand at the same place in this column."""
        return Q((f"{self.source}__isnull", True)) if value is None else Q((self.source, value))


def is_nullable(model: type[Model], source: str) -> bool:
    """Whether a sort column can be NULL; what is no column of the model (an annotation) is taken to be."""
    for step in source.split("__"):
        try:
            field = model._meta.get_field(step)
        except FieldDoesNotExist:
            return True
        if field.null:
            return True
        model = field.related_model
    return False


def after(keys: tuple[SortKey, ...], values: list) -> Q | TupleGreaterThan | TupleLessThan:
    """The condition for the rows after the one with these sort values.

    ``(a, b, id) > (x, y, z)`` where all directions agree and nothing is NULL: one range
    of one index. Else spelled out: ``a > x OR (a = x AND (b < y OR (b = y AND id > z)))``.
    """
    same_way = len({key.descending for key in keys}) == 1
    if same_way and not any(key.nullable for key in keys) and len(keys) > 1:
        compare = TupleLessThan if keys[0].descending else TupleGreaterThan
        return compare(tuple(F(key.source) for key in keys), tuple(values))
    condition = Q(pk__in=())
    for key, value in zip(reversed(keys), reversed(values), strict=True):
        condition = key.beyond(value) | (key.level(value) & condition)
    return _bound(keys[0], values[0]) & condition


def _bound(first: SortKey, value) -> Q:
    """Says once more, outside of the OR, where an index on the first column may begin."""
    if value is None or (first.nullable and not first.descending):
        return Q()
    return Q((f"{first.source}__{'lte' if first.descending else 'gte'}", value))


def seal(context: str, values: list) -> str:
    """The cursor: values that only this server can have written, good only in this context.

    The context (path, sort, filters) goes into the signature's salt, so it need not travel.
    """
    return _signer(context).sign_object([_written(value) for value in values])


def unseal(context: str, cursor: str, length: int) -> list:
    """The values in a cursor. Raises InvalidCursor for one that was altered or made elsewhere."""
    try:
        values = _signer(context).unsign_object(cursor)
    except (signing.BadSignature, ValueError):
        values = None
    if not isinstance(values, list) or len(values) != length:
        message = "This cursor belongs to another list, sort or filter, or was altered."
        raise InvalidCursor(details={"parameter": "cursor"}, fields={"cursor": message})
    return [_read(kind, text) for kind, text in values]


def _signer(context: str) -> signing.Signer:
    digest = hashlib.sha256(context.encode()).hexdigest()
    return signing.Signer(sep=".", salt=f"organizations.wire.cursors:{digest}")


# What a sort column can hold, by a letter: how it is written and how it is read again.
_FORMS = {
    "n": (type(None), str, lambda text: None),
    "b": (bool, str, lambda text: text == "True"),
    "i": (int, str, int),
    "s": (str, str, str),
    "a": (Decimal, str, Decimal),
    "t": (datetime.datetime, datetime.datetime.isoformat, datetime.datetime.fromisoformat),
    "d": (datetime.date, datetime.date.isoformat, datetime.date.fromisoformat),
}


def _written(value) -> tuple[str, str]:
    for letter, (kind, write, _) in _FORMS.items():
        if isinstance(value, kind):
            return letter, write(value)
    raise TypeError(f"A list cannot be sorted by a {type(value).__name__}")


def _read(letter: str, text: str):
    return _FORMS[letter][2](text)
