"""Calling a declared case, comparing answers, and seeing whether anything in the database has changed."""

import json
import re

from psycopg import sql

from tests.cast import Answer, Api
from tests.contract.cases import Case, address
from tests.contract.estate import Estate
from tests.contract.one_wall import second_wall_alone
from tests.contract.watching import Asker


def ask(
    api: Asker,
    route: str,
    method: str,
    case: Case,
    *,
    organization: Estate,
    objects: Estate | None = None,
    named: Estate | None = None,
    query: str = "",
) -> Answer:
    """Call a route within ``organization``, on ``objects`` of the path, with the ids of ``named`` in the body."""
    body = None if case.body is None else case.body(named or organization)
    if case.query:
        named_there = case.query.format_map(objects or organization)
        query = f"{query}&{named_there}" if query else f"?{named_there}"
    path = address(route, case, organization, objects or organization) + query
    answer = send(api, method, path, body)
    within = organization.books and organization.number in api.sight.books
    if within and api.watch.one_wall_too(route, method):
        with second_wall_alone() as statements:
            again = send(api, method, path, body)
        assert alike(answer, again, method, organization), (
            f"{method} {path}: with one wall {again.body}, with both {answer.body}"
        )
        api.watch.widened += len(statements)
    return answer


def send(api: Api, method: str, path: str, body=None) -> Answer:
    """Send a JSON body, or an upload as content and its type."""
    if not isinstance(body, tuple):
        return api.call(method, path, body)
    content, kind = body
    return api.call(method, f"/{path}", content, kind=kind)


def in_turn(choices, *named: str):
    """One of several, another for each route and method, always the same for the same."""
    return choices[sum(map(ord, "".join(named))) % len(choices)]


def alike(one: Answer, other: Answer, method: str, organization: Estate) -> bool:
    """Whether two answers to one question say the same, but for moments; what is written has ids of its own."""
    if (one.status, _code(one)) != (other.status, _code(other)):
        return False
    return method != "GET" or _lasting(one, organization) == _lasting(other, organization)


def _code(answer: Answer) -> str | None:
    return answer.error["code"] if answer.status >= 400 else None


def _lasting(answer: Answer, organization: Estate) -> str:
    """What stays the same. People read their own memberships everywhere, so only rows of the organization count."""
    body = answer.body
    if isinstance(body, dict) and isinstance(body.get("data"), list):
        home = organization["organization_id"]
        body = body | {"data": [row for row in body["data"] if row.get("organization_id", home) == home]}
    return PASSING.sub("", json.dumps(body, default=str))


#: Moments, what is signed with one, and what is measured.
PASSING = re.compile(
    r"\d{4}-\d\d-\d\dT[\d:.]+|RCT_[\w.%-]+|REQ_[0-9a-f]{16}"
    r'|"(?:receipt|duration_ms|age_seconds|last_used_at|usage_this_month|next_cursor|hash|sha256|checked_at)": [^,}]*'
)
#: What differs from one answer to the same question to the next.
OF_THE_MOMENT = ("X-Request-Id", "X-RateLimit-Remaining", "X-RateLimit-Reset")


def told(answer: Answer, estate: Estate) -> tuple[int, str]:
    """An answer with its headers, without what is of the moment, the ids that were sent replaced by their names."""
    headers = {name: value for name, value in answer.headers.items() if name not in OF_THE_MOMENT}
    text = "\n".join([json.dumps(headers, sort_keys=True), answer.content.decode(errors="replace")])
    text = text.replace(answer.headers["X-Request-Id"], "<request>")
    for name, public_id in estate.ids.items():
        text = text.replace(public_id, f"<{name}>")
    return answer.status, text


def fingerprint(connection) -> dict[str, str]:
    """A hash of every row of every table, read by a superuser; that somebody was seen is noted in their session."""
    tables = connection.execute(
        "select relname from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace"
        " and relname <> 'django_session'"
    )
    parts = [
        sql.SQL("select {}, md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from {} t").format(
            sql.Literal(name), sql.Identifier(name)
        )
        for (name,) in tables
    ]
    return dict(connection.execute(sql.SQL(" union all ").join(parts)).fetchall())
