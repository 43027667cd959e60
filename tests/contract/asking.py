"""Calling a declared case, comparing answers, and seeing whether anything in the database has changed."""

import json

from psycopg import sql

from tests.cast import Answer, Api
from tests.contract.cases import Case, address
from tests.contract.estate import Estate


def ask(
    api: Api,
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
        query = f"{query}&{case.query}" if query else f"?{case.query}"
    return send(api, method, address(route, case, organization, objects or organization) + query, body)


def send(api: Api, method: str, path: str, body=None) -> Answer:
    """Send a JSON body, or an upload as content and its type."""
    if not isinstance(body, tuple):
        return api.call(method, path, body)
    content, kind = body
    headers = {"authorization": f"Bearer {api.key}"} if api.key else {}
    response = api.client.generic(method, path, content, content_type=kind, headers=headers)
    return Answer(response.status_code, json.loads(response.content), response.headers)


def told(answer: Answer, estate: Estate) -> tuple[int, str]:
    """An answer without its request's id, the ids that were sent replaced by their names."""
    body = answer.body
    if isinstance(body, dict) and "error" in body:
        body = {"error": {**body["error"], "request_id": None}}
    text = json.dumps(body, sort_keys=True, default=str)
    for name, public_id in estate.ids.items():
        text = text.replace(public_id, f"<{name}>")
    return answer.status, text


def fingerprint(connection) -> dict[str, str]:
    """A hash of every row of every table, read by a superuser."""
    tables = connection.execute(
        "select relname from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace"
    )
    parts = [
        sql.SQL("select {}, md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from {} t").format(
            sql.Literal(name), sql.Identifier(name)
        )
        for (name,) in tables
    ]
    return dict(connection.execute(sql.SQL(" union all ").join(parts)).fetchall())
