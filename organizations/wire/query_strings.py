"""Reading the query string of a list against what the view declares.

Nothing is skipped: a parameter, field, operator or sort field that does not exist is
refused with the list of those that do, and so is a parameter given twice.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Model

from organizations import errors
from organizations.wire.cursors import SortKey, is_nullable
from organizations.wire.filtering import ListField, Metadata

PAGE_PARAMETERS = ("limit", "cursor", "offset", "include")  # how much of a list, not which list
DATE_PARAMETERS = {"start_date": "gte", "end_date": "lte"}  # both days are included
MOST_SORT_FIELDS = 5

_FILTER = re.compile(r"filters\[([^\[\]]+)\](?:\[([^\[\]]+)\])?")


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a view says of its list; see ``organizations/wire/listing.py`` for an example."""

    fields: Mapping[str, ListField]
    sort_sources: Mapping[str, str]
    default_sort: str
    date_field: str | None
    extra: Mapping[str, ListField]
    includes: tuple[str, ...]

    @classmethod
    def of(cls, view) -> "Declaration":
        fields = getattr(view, "list_fields", {})
        sorts = getattr(view, "sort_fields", ())
        if not isinstance(sorts, Mapping):
            sorts = {name: (fields[name].source if name in fields else None) or name for name in sorts}
        return cls(
            fields=fields,
            sort_sources=sorts,
            default_sort=getattr(view, "default_sort", "-id"),
            date_field=getattr(view, "date_field", None),
            extra=getattr(view, "extra_parameters", {}),
            includes=tuple(getattr(view, "includes", ())),
        )

    @property
    def plain_names(self) -> list[str]:
        """The fields that may be asked for by their bare names."""
        return [name for name, field in self.fields.items() if not isinstance(field, Metadata)]

    @property
    def parameters(self) -> list[str]:
        """Every parameter by its bare name."""
        dates = DATE_PARAMETERS if self.date_field else ()
        return [*self.plain_names, *dates, *self.extra, "sort", *PAGE_PARAMETERS]


@dataclass(frozen=True, slots=True)
class Condition:
    """One filter as the client asked for it, its value not yet read."""

    parameter: str
    field: ListField
    source: str
    operator: str
    text: str


def read_parameters(query, declared: Mapping[str, ListField]) -> dict:
    """The values of a query string that may have these parameters and no others.

    For views without a list: ``read_parameters(request.query_params, {"as_of": Day()})``.
    What is absent is absent from the result. Raises UnknownParameter and InvalidParameter.
    """
    refuse_others(query, declared)
    return read_declared(query, declared)


def refuse_others(query, allowed: Collection[str]) -> None:
    """Raises UnknownParameter for a parameter that is none of these."""
    for name in query:
        if name not in allowed:
            raise unknown(f"There is no parameter {name[:100]!r} here", name, allowed)


def read_declared(query, declared: Mapping[str, ListField]) -> dict:
    """The same beside other parameters, as a list has them. Raises InvalidParameter."""
    values, problems = {}, {}
    for name, field in declared.items():
        text = once(query, name)
        if text is None:
            continue
        try:
            values[name] = field.read(text)
        except ValueError as problem:
            problems[name] = str(problem)
    if problems:
        raise bad(problems)
    return values


def read_conditions(query, declaration: Declaration) -> list[Condition]:
    """The filters in a query string. Raises UnknownParameter and InvalidParameter."""
    conditions = {}
    for parameter in query:
        text = once(query, parameter)
        written = _FILTER.fullmatch(parameter)
        if written:
            name, operator = written[1], written[2] or "eq"
            condition = _condition(parameter, name, operator, text, declaration)
        elif parameter in declaration.plain_names:
            name, operator = parameter, "eq"
            condition = _condition(parameter, name, operator, text, declaration)
        elif parameter in DATE_PARAMETERS and declaration.date_field:
            name, operator = parameter, DATE_PARAMETERS[parameter]
            condition = _condition(parameter, declaration.date_field, operator, text, declaration)
        elif parameter in declaration.parameters:
            continue
        else:
            allowed = [*declaration.parameters, *(["filters[…]"] if declaration.fields else [])]
            raise unknown(f"There is no parameter {parameter[:100]!r} here", parameter, allowed)
        if (name, operator) in conditions:
            raise bad({parameter: "Asked for twice, in two spellings."})
        conditions[name, operator] = condition
    return list(conditions.values())


def _condition(parameter: str, name: str, operator: str, text: str, declaration: Declaration) -> Condition:
    field = declaration.fields.get(name)
    start, dot, key = name.partition(".")
    if dot and key and isinstance(declaration.fields.get(start), Metadata):
        name, field = start, declaration.fields[start].at(key)
    elif field is None or isinstance(field, Metadata):
        maps = [f"{each}.KEY" for each in declaration.fields if each not in declaration.plain_names]
        raise unknown(f"There is no field {name[:100]!r} to filter by", parameter, [*declaration.plain_names, *maps])
    if operator not in field.operators:
        raise unknown(f"{name} cannot be compared by {operator[:100]!r}", parameter, field.operators)
    return Condition(parameter, field, field.source or name, operator, text)


def read_sort(query, declaration: Declaration, model: type[Model]) -> tuple[SortKey, ...]:
    """The columns of the order. The id comes last, in the direction of the column before it.

    Raises UnknownParameter for a field that cannot be sorted by, InvalidParameter for one named twice.
    """
    text = once(query, "sort")
    names = (declaration.default_sort if text is None else text).split(",")
    if len(names) > MOST_SORT_FIELDS:
        raise bad({"sort": f"At most {MOST_SORT_FIELDS} fields."})
    sources = {**declaration.sort_sources, **({"id": "id"} if text is None else {})}
    keys = {}
    for name in names:
        bare = name.removeprefix("-")
        if bare not in sources:
            raise unknown(f"There is no field {bare[:100]!r} to sort by", "sort", declaration.sort_sources)
        if bare in keys:
            raise bad({"sort": f"{bare} is named twice."})
        source = sources[bare]
        keys[bare] = SortKey(source, name.startswith("-"), is_nullable(model, source))
    identity = model._meta.pk.attname
    if all(key.source not in (identity, "pk") for key in keys.values()):
        keys[identity] = SortKey(identity, keys[bare].descending, nullable=False)
    return tuple(keys.values())


def once(query, name: str) -> str | None:
    """The one value of a parameter; None where it is absent. Raises InvalidParameter for two."""
    texts = query.getlist(name)
    if len(texts) > 1:
        raise bad({name: "Given more than once."})
    if texts and "\x00" in texts[0]:
        raise bad({name: "The character NUL is not allowed."})
    return texts[0] if texts else None


def unknown(message: str, parameter: str, allowed: Collection[str]) -> errors.UnknownParameter:
    """The refusal of what does not exist, with what does."""
    choices = sorted(allowed)
    listed = f"Allowed: {', '.join(choices) or 'none'}"
    return errors.UnknownParameter(
        f"{message}. {listed}", details={"parameter": parameter, "allowed": choices}, fields={parameter: listed}
    )


def bad(problems: Mapping[str, str]) -> errors.InvalidParameter:
    """The refusal of values that cannot be read, by parameter."""
    name, problem = next(iter(problems.items()))
    return errors.InvalidParameter(f"{name}: {problem}", details={"parameter": name}, fields=problems)
