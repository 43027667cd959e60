"""The whole stack, from middleware to address table: also what no view serves has the one shape."""

import json
import re
from pathlib import Path

import jsonschema_rs
import pytest
from drf_spectacular import validation

from organizations.wire import docs

#: What a document of OpenAPI 3.1 must be; drf-spectacular's own validator takes half a minute over one of this size.
RULES = Path(validation.__file__).with_name("openapi_3_1_schema.json")


@pytest.mark.parametrize(
    ("method", "path", "body", "content_type", "status", "code"),
    [
        ("GET", "/nowhere", "", "", 404, "not_found"),
        ("GET", "/organizations/ORG_1/nowhere/at/all", "", "", 404, "not_found"),
        ("PATCH", "/openapi.json", "", "", 405, "method_not_allowed"),
        ("POST", "/organizations", "{", "application/json", 400, "malformed_json"),
        ("POST", "/organizations", '{"a": 1, "a": 2}', "application/json", 400, "duplicate_key"),
        ("POST", "/organizations", '{"a": NaN}', "application/json", 400, "unreadable_number"),
        ("POST", "/organizations", "[]", "application/json", 400, "invalid_request"),
        ("POST", "/organizations", "a: 1", "application/yaml", 415, "unsupported_media_type"),
        ("GET", "/organizations", "", "", 401, "not_authenticated"),
    ],
)
def test_every_error_has_the_one_shape(db, client, settings, method, path, body, content_type, status, code):
    settings.SIGNUP_OPEN = True
    response = client.generic(method, path, body, content_type=content_type)
    error = json.loads(response.content)["error"]
    assert (response.status_code, error["status"], error["code"]) == (status, status, code)
    assert error["request_id"] == response.headers["X-Request-Id"]


def test_a_strange_host_and_a_giant_body(db, client, settings):
    assert client.get("/openapi.json", headers={"host": "evil.example"}).json()["error"]["status"] == 400
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    settings.SIGNUP_OPEN = True
    response = client.post("/organizations", '{"organization_name": "x"}', content_type="application/json")
    assert (response.status_code, response.json()["error"]["code"]) == (413, "payload_too_large")


def test_the_way_in_needs_no_key_and_leads_to_everything(db, client):
    found = client.get("/", headers={"accept": "text/html"})
    assert (found.status_code, found.headers["Content-Type"]) == (200, "application/json")
    addresses = [value for value in found.json().values() if value.startswith("/")]
    assert len(addresses) == 5
    for address in addresses:
        assert client.get(address, follow=True).status_code == 200, address


def test_the_reference_of_the_whole_api(client):
    document = client.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    jsonschema_rs.validator_for(json.loads(RULES.read_text())).validate(document)
    names = [one["operationId"] for path in document["paths"].values() for one in path.values() if "responses" in one]
    assert len(names) == len(set(names)) > 10
    assert client.get("/docs").status_code == 200
    text = client.get("/llms.txt").content.decode()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert f"## {method.upper()} {path}\n" in text
            assert {"400", "404", "500"} <= set(operation["responses"])


def test_drf_spectacular_has_nothing_to_complain_about(capsys):
    docs.document.cache_clear()
    docs.document()
    complaints = re.findall(r"^.*(?:Warning|Error).*$", capsys.readouterr().err, re.MULTILINE)
    assert complaints == []
