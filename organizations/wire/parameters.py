"""The parameters of a list as OpenAPI describes them."""

from organizations.wire.filtering import Day, ListField, Metadata
from organizations.wire.query_strings import DATE_PARAMETERS, MOST_SORT_FIELDS, Declaration

_MEANING = {
    "ne": "differs from this, or has no value",
    "gt": "is greater than this",
    "gte": "is this or greater",
    "lt": "is less than this",
    "lte": "is this or less",
    "in": "is one of these, separated by commas",
    "contains": "contains this text, in upper or lower case",
    "isnull": "has no value (true) or has one (false)",
}


def list_parameters(declaration: Declaration) -> list[dict]:
    """Which rows: the fields by name, their operators, the dates, the view's own, and the order."""
    found = []
    for name, field in declaration.fields.items():
        found += _map_parameters(name, field) if isinstance(field, Metadata) else _field_parameters(name, field)
    if declaration.date_field:
        edges = {"start_date": "on or after", "end_date": "on or before"}
        found += [
            _query(name, Day.schema, f"Only with `{declaration.date_field}` {edges[name]} this day.")
            for name in DATE_PARAMETERS
        ]
    found += [_query(name, field.schema, field.description) for name, field in declaration.extra.items()]
    if declaration.sort_sources:
        found.append(_sort(declaration))
    return found


def page_parameters(declaration: Declaration, *, default_limit: int, largest: int, farthest: int) -> list[dict]:
    """How much of the list."""
    limit = {"type": "integer", "minimum": 1, "maximum": largest, "default": default_limit}
    words = {"type": "array", "items": {"type": "string", "enum": ["total_count", *declaration.includes]}}
    return [
        _query("limit", limit, "Rows of a page."),
        _query("cursor", {"type": "string"}, "`next_cursor` of the page before. Sort and filters must be the same."),
        _query("offset", {"type": "integer", "minimum": 0, "maximum": farthest}, "Rows to skip, instead of a cursor."),
        _query("include", words | {"minItems": 1}, "`total_count` counts all rows that match."),
    ]


def _field_parameters(name: str, field: ListField) -> list[dict]:
    description = field.description or f"Only with this `{name}`."
    plain = [_query(name, field.schema, description)] if "eq" in field.operators else []
    return plain + [
        _query(f"filters[{name}][{operator}]", _operand(field, operator), f"`{name}` {_MEANING[operator]}.")
        for operator in field.operators
        if operator != "eq"
    ]


def _map_parameters(name: str, field: Metadata) -> list[dict]:
    described = f"Only with this text at the key KEY of `{name}`. Operators: {', '.join(field.operators)}."
    return [_query(f"filters[{name}.KEY]", field.schema, described)]


def _operand(field: ListField, operator: str) -> dict:
    if operator == "isnull":
        return {"type": "boolean"}
    return {"type": "array", "items": field.schema, "minItems": 1} if operator == "in" else field.schema


def _sort(declaration: Declaration) -> dict:
    names = [sign + name for name in declaration.sort_sources for sign in ("", "-")]
    schema = {"type": "array", "items": {"type": "string", "enum": names}, "minItems": 1, "maxItems": MOST_SORT_FIELDS}
    described = f"`-` for descending. If left out: `{declaration.default_sort}`."
    return _query("sort", schema, described)


def _query(name: str, schema: dict, description: str) -> dict:
    """A query parameter; an array is one text with commas."""
    parameter = {"name": name, "in": "query", "required": False, "schema": schema}
    if description:
        parameter["description"] = description
    return parameter | ({"style": "form", "explode": False} if schema.get("type") == "array" else {})
