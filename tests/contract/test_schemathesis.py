"""Schemathesis over the whole schema: no 500, no undocumented status, no answer that breaks its schema.

Bounded for the suite; ``SCHEMATHESIS_EXAMPLES=500`` looks harder, at random. Ids that it
makes up are replaced by real ones half of the time, so that it gets past the doors.
"""

import os
import re
from functools import cache
from urllib.parse import parse_qsl

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.contract.cases import Case, every, name_of
from tests.contract.estate import KINDS, Estate
from tests.contract.uploads import BUDGET, CONTACTS, CSV, REFERENCE
from tests.ledger.stationery.pictures import picture

pytestmark = [pytest.mark.xdist_group("schemathesis"), pytest.mark.usefixtures("world")]
EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "0"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
PUBLIC_ID = re.compile(r"([A-Z]{3})_[0-9a-f]{16}")


@cache
def schema():
    """The schema as it is served, against the application itself."""
    return schemathesis.openapi.from_wsgi("/openapi.json", get_wsgi_application())


def real_ids(value, estate: Estate):
    """The value with ids that lead somewhere: those that end in an even digit, so that both kinds stay."""
    if isinstance(value, dict):
        return {name: real_ids(each, estate) for name, each in value.items()}
    if isinstance(value, list):
        return [real_ids(each, estate) for each in value]
    if isinstance(value, str) and (found := PUBLIC_ID.fullmatch(value)) and value[-1] in "02468ace":
        kind = next((name for name, prefix in KINDS.items() if prefix == found[1]), None)
        return estate[kind] if kind else value
    return value


def declared() -> list[tuple[str, str, Case]]:
    """Every declared case that the schema describes."""
    return [each for each in every() if not each[2].public or each[0].startswith("integrations/")]


def operation(route: str, method: str):
    """The operation of the schema for a route."""
    return schema()["/" + route.replace("<", "{").replace(">", "}")][method]


def aim(case: schemathesis.Case, route: str, declared: Case, estate: Estate) -> None:
    """Lead the made-up request to something that is there."""
    names = re.findall(r"<(\w+)>", route)
    case.path_parameters = {name: estate[declared.path.get(name, name)] for name in names}
    case.body = real_ids(case.body, estate)
    case.query = real_ids(case.query, estate)


def call(case: schemathesis.Case, key: str) -> int:
    """Send it as a client with a key would, and hold the answer against the schema. Gives the status."""
    response = case.call(headers={"Authorization": f"Bearer {key}"})
    case.validate_response(response, checks=CHECKS)
    return response.status_code


@pytest.fixture(scope="module")
def estate(world) -> Estate:
    return world["alice"]


def test_the_schema_describes_every_route():
    described = {(path, method.upper()) for path, methods in schema().raw_schema["paths"].items() for method in methods}
    served = {("/" + route.replace("<", "{").replace(">", "}"), method) for route, method, _ in declared()}
    assert described == served


@pytest.mark.parametrize(("route", "method", "case"), declared(), ids=name_of)
def test_a_good_request_is_answered_as_described(estate, route, method, case):
    if isinstance(case.body and case.body(estate), tuple):
        files = {"stationery": picture(), "exchange-rates": REFERENCE, "contacts": CONTACTS, "reports": BUDGET}
        file = files.get(case.resource, CSV)
        made = operation(route, method).Case(body={"file": file}, media_type="multipart/form-data")
    else:
        body = case.body(estate) if case.body else None
        made = operation(route, method).Case(**({"body": body, "media_type": "application/json"} if body else {}))
    made.path_parameters = {name: estate[case.path.get(name, name)] for name in re.findall(r"<(\w+)>", route)}
    made.query = dict(parse_qsl(case.query.format_map(estate))) if method == "GET" else {"dry_run": "true"}
    assert call(made, estate.books.key) == (403 if "*" in case.refuses else case.status)


@pytest.mark.parametrize(("route", "method", "case"), declared(), ids=name_of)
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_whatever_is_sent_is_answered_as_described(estate, route, method, case, mode):
    strategy = operation(route, method).as_strategy(mode)

    @settings(
        max_examples=EXAMPLES or 3,
        derandomize=not EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(made=strategy, aimed=st.integers(0, 3))
    def look(made, aimed):
        if aimed:
            aim(made, route, case, estate)
        call(made, estate.books.key)

    look()
