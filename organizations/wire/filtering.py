"""The kinds of fields that a list can be filtered by, and the language of filters.

    ?status=posted                    a plain name means "equals"
    ?filters[type]=income             the same, spelled out
    ?filters[amount][gte]=100         with an operator
    ?filters[status][in]=posted,reversed
    ?filters[metadata.project]=roof   a key of the free map
    ?start_date=2024-01-01&end_date=2024-03-31

What is asked for and does not exist is refused with the list of what does: a filter
that is silently ignored shows an accountant the wrong rows.
"""

import datetime
import re
from collections.abc import Callable, Iterable

from django.db.models import Q

from organizations import ids, money
from organizations.clock import FIRST_DAY, LAST_DAY

LOOKUPS = {"eq": "exact", "gt": "gt", "gte": "gte", "lt": "lt", "lte": "lte", "contains": "icontains"}
EQUALITY = ("eq", "ne", "in")
ORDER = ("eq", "ne", "gt", "gte", "lt", "lte", "in")
MOST_CHOICES = 100  # items of one ``in``
LONGEST_TEXT = 500

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(_DAY.pattern + r"T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})")


class ListField:
    """One field of a list: how its values are read, and which operators make sense for it.

    ``source`` is the ORM path, by default the field's own name. ``nullable`` adds the
    operator ``isnull``. ``where`` replaces the comparison where a path will not do (a
    join would repeat rows): a function of operator and value that gives a ``Q``.
    """

    operators: tuple[str, ...] = EQUALITY
    schema: dict = {"type": "string"}

    def __init__(
        self,
        *,
        source: str | None = None,
        nullable: bool = False,
        operators: Iterable[str] | None = None,
        where: Callable[[str, object], Q] | None = None,
        description: str = "",
    ):
        self.source = source
        self.where = where
        self.description = description
        self.operators = tuple(operators or self.operators) + (("isnull",) if nullable else ())

    def read(self, text: str):
        """The value that the text stands for. Raises ValueError with a message for the client."""
        raise TypeError(f"{type(self).__name__} does not say how its values are read")

    def read_for(self, operator: str, text: str):
        """The operand of an operator: one value, for ``in`` several, for ``isnull`` yes or no."""
        if operator == "isnull":
            return read_flag(text)
        if operator != "in":
            return self.read(text)
        parts = text.split(",")
        if len(parts) > MOST_CHOICES:
            raise ValueError(f"At most {MOST_CHOICES} values.")
        return [self.read(part) for part in parts]

    def condition(self, source: str, operator: str, value) -> Q:
        """The comparison as a query condition. ``ne`` keeps the rows that have no value."""
        if self.where:
            return self.where(operator, value)
        if operator == "isnull":
            return Q((f"{source}__isnull", value))
        if operator == "ne":
            return ~self.equals(source, value)
        if operator == "in":
            alternatives = Q()
            for one in value:
                alternatives |= self.equals(source, one)
            return alternatives
        return self.equals(source, value) if operator == "eq" else self.compares(source, operator, value)

    def equals(self, source: str, value) -> Q:
        return Q((f"{source}__exact", value))

    def compares(self, source: str, operator: str, value) -> Q:
        return Q((f"{source}__{LOOKUPS[operator]}", value))


class Choice(ListField):
    """One of a closed list of words: an iterable of them, or a callable that gives it."""

    def __init__(self, options: Iterable[str] | Callable[[], Iterable[str]], **settings):
        super().__init__(**settings)
        self._options = options

    @property
    def options(self) -> list[str]:
        return [str(option) for option in (self._options() if callable(self._options) else self._options)]

    @property
    def schema(self) -> dict:
        return {"type": "string", "enum": self.options}

    def read(self, text: str) -> str:
        if text not in self.options:
            raise ValueError(f"One of {', '.join(self.options)}.")
        return text


class Text(ListField):
    """Free text. ``contains`` ignores case; ``eq`` does not."""

    operators = (*EQUALITY, "contains")
    schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT}

    def read(self, text: str) -> str:
        if not 1 <= len(text) <= LONGEST_TEXT:
            raise ValueError(f"1 to {LONGEST_TEXT} characters.")
        return text


class Amount(ListField):
    """An amount of money, with as many decimals as the finest currency has room for."""

    operators = ORDER
    schema = {"type": "number"}

    def read(self, text: str):
        return money.read_amount(text, decimals=8, allow_zero=True, signed=True)


class Whole(ListField):
    """A whole number."""

    operators = ORDER
    schema = {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1}

    def read(self, text: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,19}", text) or not -(2**63) <= int(text) < 2**63:
            raise ValueError("A whole number.")
        return int(text)


class Flag(ListField):
    """Yes or no."""

    operators = ("eq", "ne")
    schema = {"type": "boolean"}

    def read(self, text: str) -> bool:
        return read_flag(text)


class PublicId(ListField):
    """A public id of one kind, such as ``PublicId("ACT")``; stored as its 64-bit key."""

    def __init__(self, prefix: str, **settings):
        super().__init__(**settings)
        self.prefix = prefix

    @property
    def schema(self) -> dict:
        return {"type": "string", "pattern": f"^{self.prefix}_[0-9a-f]{{16}}$"}

    def read(self, text: str) -> int:
        return ids.decode(self.prefix, text)


class Currency(ListField):
    """A currency by id (``CUR_USD``) or by ISO 4217 code (``USD``); stored as the code."""

    schema = {"type": "string", "pattern": "^(CUR_)?[A-Z]{3}$"}

    def read(self, text: str) -> str:
        written = re.fullmatch(r"(?:CUR_)?([A-Z]{3})", text, re.IGNORECASE | re.ASCII)
        if not written:
            raise ValueError("A currency such as CUR_USD or USD.")
        return written[1].upper()


class Day(ListField):
    """A business date, YYYY-MM-DD."""

    operators = ORDER
    schema = {"type": "string", "format": "date"}

    def read(self, text: str) -> datetime.date:
        return read_day(text)


class BookDay(Day):
    """A business date that books can have: what a balance or a report may be asked for."""

    def read(self, text: str) -> datetime.date:
        day = super().read(text)
        if not FIRST_DAY <= day <= LAST_DAY:
            raise ValueError(f"A date from {FIRST_DAY} to {LAST_DAY}.")
        return day


class Instant(ListField):
    """A moment, ISO 8601 with its zone; or a date, which stands for that whole day in UTC."""

    operators = ORDER
    schema = {"type": "string", "format": "date-time"}

    def read(self, text: str) -> datetime.datetime | datetime.date:
        if _DAY.fullmatch(text):
            return read_day(text)
        return read_instant(text)

    def equals(self, source: str, value) -> Q:
        if isinstance(value, datetime.datetime):
            return super().equals(source, value)
        start, end = _bounds(value)
        return Q((f"{source}__gte", start), (f"{source}__lt", end))

    def compares(self, source: str, operator: str, value) -> Q:
        if isinstance(value, datetime.datetime):
            return super().compares(source, operator, value)
        start, end = _bounds(value)
        lookup, edge = {"gt": ("gte", end), "gte": ("gte", start), "lt": ("lt", start), "lte": ("lt", end)}[operator]
        return Q((f"{source}__{lookup}", edge))


class Metadata(ListField):
    """The free map of texts that every object has: ``filters[metadata.KEY]=value``.

    ``isnull`` asks whether the key is absent.
    """

    operators = (*EQUALITY, "isnull")
    schema = {"type": "string", "maxLength": LONGEST_TEXT}

    def read(self, text: str) -> str:
        if len(text) > LONGEST_TEXT:
            raise ValueError(f"At most {LONGEST_TEXT} characters.")
        return text

    def at(self, key: str) -> "MetadataKey":
        return MetadataKey(key, self)


class MetadataKey(Metadata):
    """One key of the map. Containment (``@>``) is what a GIN index on the map serves."""

    def __init__(self, key: str, of: Metadata):
        super().__init__(source=of.source)
        self.key = key

    def equals(self, source: str, value) -> Q:
        return Q((f"{source}__contains", {self.key: value}))

    def condition(self, source: str, operator: str, value) -> Q:
        if operator == "isnull":
            present = Q((f"{source}__has_key", self.key))
            return ~present if value else present
        return super().condition(source, operator, value)


def read_flag(text: str) -> bool:
    """``true`` or ``false``. Raises ValueError for anything else."""
    flag = {"true": True, "false": False}.get(text.lower())
    if flag is None:
        raise ValueError("true or false.")
    return flag


def read_day(text: str) -> datetime.date:
    """A date written YYYY-MM-DD and in no other of the forms of ISO 8601. Raises ValueError."""
    try:
        if _DAY.fullmatch(text):
            return datetime.date.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError("A date such as 2024-01-31.")


def read_instant(text: str) -> datetime.datetime:
    """A moment with its zone, in UTC. Raises ValueError."""
    try:
        if _INSTANT.fullmatch(text):
            return datetime.datetime.fromisoformat(text).astimezone(datetime.UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError("A moment such as 2024-01-31T10:30:00Z, or a date.")


def _bounds(day: datetime.date) -> tuple[datetime.datetime, datetime.datetime]:
    """The first moment of a day in UTC, and the first of the next."""
    start = datetime.datetime.combine(day, datetime.time.min, datetime.UTC)
    if day == datetime.date.max:
        return start, datetime.datetime.max.replace(tzinfo=datetime.UTC)
    return start, start + datetime.timedelta(days=1)
