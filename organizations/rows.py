"""Many rows of a model in one statement: ten times as fast as the ORM's, which writes each value as a parameter.

The rows travel as one JSON text, whose numbers keep every digit. Row security, triggers and constraints see the same
rows as ever. What the database gives by default (an id, an instant) is left to it where the first row has none.
"""

from collections.abc import Sequence

from django.db import connection
from django.db.models import Model
from django.db.models.expressions import DatabaseDefault

from organizations.wire.rendering import encode

#: SQL and its values.
Statement = tuple[str, list]


def insert_rows(rows: Sequence[Model]) -> None:
    """Insert new rows of one model."""
    _execute(insertion(rows))


def insertion(rows: Sequence[Model]) -> list[Statement]:
    """What inserts new rows of one model: one statement, none where there are no rows."""
    if not rows:
        return []
    model = type(rows[0])
    fields = [field for field in _columns(model) if not isinstance(getattr(rows[0], field.attname), DatabaseDefault)]
    names = ", ".join(field.column for field in fields)
    sql = f"insert into {model._meta.db_table} ({names}) select {names} from {_recordset(fields)}"
    return [(sql, [_written(fields, rows)])]


def update(rows: Sequence[Model], names: Sequence[str]) -> list[Statement]:
    """What writes some fields of rows of one model, all of one organization."""
    if not rows:
        return []
    model = type(rows[0])
    fields = [model._meta.get_field(name) for name in names]
    key = [model._meta.get_field("organization"), model._meta.pk]
    sets = ", ".join(f"{field.column} = t.{field.column}" for field in fields)
    keys = " and ".join(f"r.{field.column} = t.{field.column}" for field in key)
    sql = f"update {model._meta.db_table} as r set {sets} from {_recordset([*key, *fields])} where {keys}"
    return [(sql, [_written([*key, *fields], rows)])]


def update_rows(rows: Sequence[Model], names: Sequence[str]) -> None:
    """Write some fields of rows of one model, all of one organization."""
    _execute(update(rows, names))


def _columns(model: type[Model]) -> list:
    return [field for field in model._meta.concrete_fields if field.column and not field.generated]


def _recordset(fields: list) -> str:
    columns = ", ".join(f"{field.column} {field.db_type(connection)}" for field in fields)
    return f"jsonb_to_recordset(%s::jsonb) as t ({columns})"


def _written(fields: list, rows: Sequence[Model]) -> str:
    names = [(field.attname, field.column) for field in fields]
    return encode([{column: getattr(row, name) for name, column in names} for row in rows]).decode()


def _execute(statements: list[Statement]) -> None:
    with connection.cursor() as cursor:
        for sql, values in statements:
            cursor.execute(sql, values)
