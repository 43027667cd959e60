"""The reference says what every operation has in common, and loads nothing from elsewhere."""

import json
import re
from decimal import Decimal

import pytest
from django.contrib.staticfiles import finders
from django.test import RequestFactory
from django.urls import path
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import OpenApiExample, extend_schema
from drf_spectacular.validation import validate_schema
from rest_framework import serializers
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSet

from organizations import errors
from organizations.wire import docs
from organizations.wire.filtering import Amount, Choice, Day, Flag, Metadata, PublicId
from organizations.wire.listing import KeysetPaginator, ListBackend
from organizations.wire.reference import as_text
from organizations.wire.rendering import dumps
from organizations.wire.schema import public_id_schema


class EntryShape(serializers.Serializer):
    """One line of a voucher."""

    account_id = serializers.CharField(help_text="The account that is debited or credited.")
    amount = serializers.DecimalField(max_digits=27, decimal_places=8)


class Voucher(serializers.Serializer):
    id = serializers.CharField(read_only=True)
    status = serializers.ChoiceField(choices=["draft", "posted"], read_only=True)
    entries = EntryShape(many=True)


class Vouchers(ViewSet):
    """Vouchers, which stand for what happened."""

    open_to_anyone = ("POST",)
    serializer_class = Voucher
    filter_backends = [ListBackend]
    pagination_class = KeysetPaginator
    list_fields = {
        "status": Choice(["draft", "posted"]),
        "amount": Amount(),
        "account_id": PublicId("ACT", description="Only with an entry on this account."),
        "day": Day(),
        "metadata": Metadata(),
    }
    sort_fields = ["day", "amount"]
    default_sort = "-day"
    date_field = "day"
    extra_parameters = {"nested": Flag(description="With all their entries.")}

    def list(self, request, organization_id):
        """List vouchers.

        Newest first.
        """

    @extend_schema(
        examples=[OpenApiExample("Rent", {"entries": [{"account_id": "ACT_…", "amount": Decimal("100.00")}]})]
    )
    def create(self, request, organization_id):
        """Record a voucher."""

    def retrieve(self, request, organization_id, transaction_id):
        """One voucher."""

    def update(self, request, organization_id, transaction_id):
        pass

    def destroy(self, request, organization_id, transaction_id):
        pass

    @extend_schema(request=None)
    def post_it(self, request, organization_id, transaction_id):
        """Post a voucher."""

    def batch(self, request, organization_id):
        pass


class Base(APIView):
    """For developers: a docstring that no client should see."""


class Health(Base):
    @extend_schema(responses={200: dict})
    def get(self, request):
        pass


def routes():
    many, one = "organizations/<organization_id>/vouchers", "organizations/<organization_id>/vouchers/<transaction_id>"
    return [
        path(many, Vouchers.as_view({"get": "list", "post": "create"})),
        path(f"{many}/batch", Vouchers.as_view({"post": "batch"})),
        path(one, Vouchers.as_view({"get": "retrieve", "put": "update", "delete": "destroy"}, detail=True)),
        path(f"{one}/post", Vouchers.as_view({"post": "post_it"}, detail=True)),
        path("organizations/<organization_id>", Vouchers.as_view({"get": "retrieve"}, detail=True)),
        path("health", Health.as_view()),
    ]


MANY = "/organizations/{organization_id}/vouchers"
ONE = MANY + "/{transaction_id}"


@pytest.fixture(scope="module")
def document() -> dict:
    made = SchemaGenerator(patterns=routes()).get_schema(request=None, public=True)
    return json.loads(dumps(made), parse_float=Decimal)


def names(operation: dict, place: str) -> list[str]:
    return [one["name"] for one in operation.get("parameters", []) if one["in"] == place]


def test_the_document_is_valid(document):
    assert document["openapi"].startswith("3.1")
    validate_schema(document)
    assert "Idempotency-Key" in document["info"]["description"]


def test_operations_have_short_lasting_names(document):
    found = {
        operation["operationId"]: operation["tags"]
        for operations in document["paths"].values()
        for operation in operations.values()
    }
    assert found == {
        "vouchers_list": ["Vouchers"],
        "vouchers_create": ["Vouchers"],
        "vouchers_batch_create": ["Vouchers"],
        "vouchers_retrieve": ["Vouchers"],
        "vouchers_update": ["Vouchers"],
        "vouchers_delete": ["Vouchers"],
        "vouchers_post": ["Vouchers"],
        "organizations_retrieve": ["Organizations"],
        "health_retrieve": ["Health"],
    }
    assert document["tags"] == [{"name": name} for name in ("Health", "Organizations", "Vouchers")]


def test_words_come_from_the_handler_and_never_from_a_base_class(document):
    listed = document["paths"][MANY]["get"]
    assert (listed["summary"], listed["description"]) == ("List vouchers", "Newest first.")
    assert document["paths"][ONE]["put"]["summary"] == "Vouchers, which stand for what happened"
    assert "summary" not in document["paths"]["/health"]["get"]
    assert b"developers" not in dumps(document)


def test_ids_in_paths_have_a_pattern(document):
    [organization, transaction] = [one for one in document["paths"][ONE]["get"]["parameters"] if one["in"] == "path"]
    assert organization["schema"]["pattern"] == "^ORG_[0-9a-f]{16}$"
    assert transaction["schema"]["pattern"] == "^TXN_[0-9a-f]{16}$"
    assert re.fullmatch(public_id_schema("ACT")["pattern"], public_id_schema("ACT")["examples"][0])


def test_writes_take_an_idempotency_key_and_dry_run(document):
    paths = document["paths"]
    one = (paths[ONE]["put"], paths[ONE]["delete"], paths[f"{ONE}/post"]["post"])
    for operation in (paths[MANY]["post"], *one):
        assert names(operation, "header") == ["Idempotency-Key", "If-Match"][: 1 + (operation in one)]
        assert names(operation, "query") == ["dry_run"]
    assert names(paths[f"{MANY}/batch"]["post"], "query") == []  # there it is a field of the body
    assert (names(paths[ONE]["get"], "header"), names(paths[ONE]["get"], "query")) == (["If-None-Match"], [])


def test_every_operation_lists_its_refusals(document):
    def refusals(operation):
        return [status for status in operation["responses"] if status >= "400"]

    paths = document["paths"]
    assert refusals(paths[ONE]["get"]) == ["400", "401", "403", "404", "414", "429", "431", "500", "503"]
    assert refusals(paths[MANY]["post"]) == [
        *("400", "401", "403", "404", "409", "411", "412", "413", "414", "415", "422", "429", "431", "500", "503")
    ]
    assert refusals(paths[ONE]["delete"]) == [
        "400",
        "401",
        "403",
        "404",
        "409",
        "412",
        "414",
        "422",
        "429",
        "431",
        "500",
        "503",
    ]
    assert refusals(paths["/health"]["get"]) == ["400", "404", "414", "431", "500", "503"]


def test_refusals_have_the_one_shape_and_an_example(document):
    limited = document["components"]["responses"]["RateLimited"]
    content = limited["content"]["application/json"]
    assert content["schema"] == {"$ref": "#/components/schemas/Error"}
    assert content["example"]["error"]["code"] == "rate_limit_exceeded"
    assert "Retry-After" in limited["headers"]
    shape = document["components"]["schemas"]["Error"]["properties"]["error"]
    for name, response in document["components"]["responses"].items():
        if name == "NotModified":
            continue
        error = response["content"]["application/json"]["example"]["error"]
        assert sorted(error) == sorted(shape["required"]), name
        assert error["type"] in shape["properties"]["type"]["enum"]
        assert re.fullmatch(shape["properties"]["request_id"]["pattern"], error["request_id"])


def test_every_kind_of_refusal_is_in_the_schema(document):
    kinds = document["components"]["schemas"]["Error"]["properties"]["error"]["properties"]["type"]["enum"]
    known = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.Refusal)]
    assert {one.type for one in known} <= set(kinds)


def test_keys_are_asked_for_where_they_are_needed(document):
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    assert document["paths"][ONE]["get"]["security"] == [{"bearer": []}]
    assert document["paths"][MANY]["post"]["security"] == [{"bearer": []}, {}]
    assert "security" not in document["paths"]["/health"]["get"]


def test_a_list_describes_its_parameters_and_its_envelope(document):
    operation = document["paths"][MANY]["get"]
    found = {one["name"]: one for one in operation["parameters"] if one["in"] == "query"}
    assert {"status", "account_id", "start_date", "end_date", "sort"} <= set(found)
    assert {"limit", "cursor", "offset", "include"} <= set(found)
    assert found["status"]["schema"] == {"type": "string", "enum": ["draft", "posted"]}
    assert found["filters[amount][gte]"]["schema"] == {"type": "number"}
    assert "filters[status][gte]" not in found
    assert "filters[metadata.KEY]" in found
    assert found["filters[status][in]"]["explode"] is False
    assert found["sort"]["schema"]["items"]["enum"] == ["day", "-day", "amount", "-amount"]
    assert found["nested"]["description"] == "With all their entries."
    assert found["include"]["schema"]["items"]["enum"] == ["total_count"]
    reference = operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
    assert reference.endswith("/VoucherPage")
    envelope = document["components"]["schemas"]["VoucherPage"]
    assert envelope["required"] == ["object", "data", "has_more", "next_cursor"]
    assert envelope["properties"]["data"]["items"]["$ref"].endswith("/Voucher")


def test_choices_stand_where_they_are_used(document):
    assert document["components"]["schemas"]["Voucher"]["properties"]["status"] == {
        "type": "string",
        "enum": ["draft", "posted"],
        "readOnly": True,
    }


def test_an_object_is_named_without_the_word_shape(document):
    assert "Entry" in document["components"]["schemas"]
    assert not [name for name in document["components"]["schemas"] if "Shape" in name]


def test_bodies_are_json(document):
    assert list(document["paths"][MANY]["post"]["requestBody"]["content"]) == ["application/json"]


def test_a_change_needs_no_field_and_a_new_thing_does(document):
    def required(operation):
        reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        return document["components"]["schemas"][reference.rpartition("/")[2]].get("required", [])

    assert required(document["paths"][MANY]["post"]) == ["entries"]
    assert required(document["paths"][ONE]["put"]) == []


def test_no_amount_is_said_to_be_a_binary_fraction(document):
    assert document["components"]["schemas"]["Entry"]["properties"]["amount"]["type"] == "number"
    assert b'"double"' not in dumps(document)


# --- The text for language models -----------------------------------------------------------------


def test_the_text_says_what_a_reader_needs(document):
    text = as_text(document)
    assert text.startswith("# Crane Ledger: API reference (version 1)\n\nA headless")
    assert text.index("## Errors") < text.index("# Vouchers")
    assert "## POST /organizations/{organization_id}/vouchers\nRecord a voucher.\n" in text
    assert "- filters[amount][ne|gt|gte|lt|lte|in] (query)" in text
    assert "  - account_id (string, required): The account that is debited or credited." in text
    assert "Body (application/json):\n- entries (array of object, required)\n  - account_id (" in text
    assert "  - amount (number, required)" in text
    assert "- status (query, one of draft, posted): Only with this `status`." in text
    assert '"amount":100.00}]}' in text
    assert "## GET /health\nNeeds no key." in text
    assert "$ref" not in text
    assert "\n\n\n" not in text


def test_answers_name_their_objects_and_each_is_described_once(document):
    text = as_text(document)
    assert "- 200: list of Voucher\n" in text
    assert "- 201: Voucher\n" in text
    assert "- 400, 404, 414, 431, 500, 503: an error" in text
    objects = text[text.index("# Objects") :]
    assert objects.count("## Voucher\n- id (string)\n- status (one of draft, posted)\n- entries (array of Entry)") == 1
    assert objects.count("## Entry\n- account_id (string): The account that is debited or credited.") == 1


def test_the_text_follows_an_object_that_contains_itself():
    reference = {"$ref": "#/components/schemas/Account"}
    account = {"type": "object", "properties": {"children": {"type": "array", "items": reference}}}
    body = {"application/json": {"schema": reference}}
    operation = {
        "responses": {"200": {"content": body}},
        "requestBody": {"content": body},
        "security": [{"bearer": []}],
    }
    text = as_text(
        {
            "info": {"title": "T", "version": "1"},
            "paths": {"/a": {"post": operation, "parameters": []}},
            "components": {"schemas": {"Account": account}},
        }
    )
    assert "Body (application/json):\n- children (array of object)\n\n" in text
    assert text.endswith("# Objects\n\n## Account\n- children (array of Account)\n")


# --- The pages ------------------------------------------------------------------------------------


@pytest.fixture
def served(monkeypatch, document):
    monkeypatch.setattr(docs, "document", lambda: document)
    for made in (docs.openapi_json, docs.llms_txt):
        made.cache_clear()
    yield RequestFactory()
    for made in (docs.openapi_json, docs.llms_txt):
        made.cache_clear()


def test_the_document_is_served_and_not_sent_twice(served, document):
    first = docs.openapi(served.get("/openapi.json"))
    assert first.headers["Content-Type"] == "application/json"
    assert json.loads(first.content, parse_float=Decimal) == document
    again = docs.openapi(served.get("/openapi.json", headers={"if-none-match": first.headers["ETag"]}))
    assert again.status_code == 304


def test_the_text_is_served(served):
    response = docs.llms(served.get("/llms.txt"))
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert b"## GET /organizations/{organization_id}/vouchers" in response.content


def test_the_page_for_people_stays_at_home():
    response = docs.docs(RequestFactory().get("/docs"))
    page = response.content.decode()
    assert not re.findall(r"(?:https?:)?//[\w.-]+\.\w+", page)
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "http" not in policy
    nonce = re.search(r"'nonce-([\w-]+)'", policy)[1]
    assert f'<script nonce="{nonce}">' in page
    for address in re.findall(r'(?:src|href)="/static/([^"]+)"', page):
        assert finders.find(address), address
    assert 'url: "/openapi.json"' in page


@pytest.mark.parametrize("view", [docs.docs, docs.openapi, docs.llms])
def test_the_reference_is_only_read(view):
    response = view(RequestFactory().post("/docs"))
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"
    assert json.loads(response.content)["error"]["code"] == "method_not_allowed"
