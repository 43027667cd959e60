"""The API's description is checked in, so that a change of the contract shows in review; and it is complete."""

import difflib
import json
import re
from functools import cache

import pytest
from django.test import Client

from organizations.wire.docs import llms_txt, openapi_json
from tests.contract.renew import SNAPSHOT, described

MAIN_BODIES = ("NewOrganization", "NewAccountRequest", "NewTransactionRequest", "ReversalRequest")
ERRORS_OF_ALL = {"400", "404", "500"}


@cache
def document() -> dict:
    return json.loads(openapi_json())


def operations() -> list[tuple[str, str, dict]]:
    return [(path, method, each) for path, methods in document()["paths"].items() for method, each in methods.items()]


every_operation = pytest.mark.parametrize(
    ("path", "method", "operation"), operations(), ids=lambda part: part if isinstance(part, str) else ""
)


def test_the_snapshot_is_what_is_served():
    kept, now = SNAPSHOT.read_text(encoding="utf-8"), described()
    shown = list(difflib.unified_diff(kept.splitlines(), now.splitlines(), "checked in", "served", lineterm="", n=1))
    assert kept == now, "The API has changed. If that is meant, run `make schema`.\n" + "\n".join(shown[:60])


@every_operation
def test_every_operation_is_described(path, method, operation):
    assert 8 <= len(operation["summary"]) <= 120, "the first paragraph of the handler's docstring is its summary"
    answers = operation["responses"]
    good = [code for code in answers if code.startswith("2")]
    assert good
    for code in good:
        content = answers[code].get("content", {})
        assert code == "204" or [each["schema"] for each in content.values()], "say what it answers"
    assert answers.keys() >= ERRORS_OF_ALL
    if operation.get("security") and {} not in operation["security"]:
        assert {"401", "403", "429"} <= answers.keys()
    if method in ("post", "put"):
        assert {"409", "412", "422"} <= answers.keys()
    for code in answers.keys() - set(good):
        assert answers[code]["$ref"].startswith("#/components/responses/")


@every_operation
def test_every_parameter_has_a_type(path, method, operation):
    for parameter in operation.get("parameters", ()):
        assert parameter["schema"].get("type") or parameter["schema"].get("$ref"), parameter["name"]
    assert set(re.findall(r"{(\w+)}", path)) == {
        each["name"] for each in operation.get("parameters", ()) if each["in"] == "path"
    }


def test_operations_have_names_of_their_own():
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", MAIN_BODIES)
def test_the_main_bodies_have_examples(name):
    found = [
        content
        for _, _, operation in operations()
        for content in operation.get("requestBody", {}).get("content", {}).values()
        if content["schema"].get("$ref", "").removesuffix("Request").endswith(f"/{name.removesuffix('Request')}")
    ]
    assert found, f"no operation takes {name}"
    assert all(content.get("examples") for content in found)


def test_every_reference_leads_somewhere():
    for reference in set(re.findall(r'"#/([^"]+)"', openapi_json().decode())):
        place = document()
        for step in reference.split("/"):
            place = place[step]


def test_the_reference_for_people_loads_nothing_from_elsewhere():
    response = Client(HTTP_HOST="localhost").get("/docs")
    page = response.content.decode()
    loaded = re.findall(r"""(?:src|href|spec-url|data-url|url)\s*[=:]\s*["']?([^"'\s>]+)""", page)
    assert response.status_code == 200
    assert loaded
    assert [address for address in loaded if re.match(r"(?:\w+:)?//", address)] == []
    assert "http" not in response["Content-Security-Policy"]


def test_the_reference_for_language_models_names_every_operation():
    text = llms_txt().decode()
    missing = [f"{method.upper()} {path}" for path, method, _ in operations() if f"{method.upper()} {path}" not in text]
    assert missing == []
    assert "transaction_does_not_balance" in text or "Idempotency-Key" in text
