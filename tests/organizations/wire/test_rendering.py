"""Amounts leave digit by digit; what cannot be written exactly does not leave at all."""

import datetime
import json
import uuid
from decimal import Decimal

import pytest
from django.db.models import TextChoices
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from organizations import errors
from organizations.wire.parsing import read_json
from organizations.wire.rendering import JSONRenderer, Negotiation, dumps


class Colour(TextChoices):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("100.00"), "100.00"),
        (Decimal("-0.01"), "-0.01"),
        (Decimal("90071992547409.93"), "90071992547409.93"),
        (Decimal("1E-8"), "0.00000001"),
        (Decimal("0.00000010"), "0.00000010"),
        (Decimal("1E+3"), "1000"),
        ({"E+": Decimal("1E+3"), "list": [Decimal("1E-7"), "E-"]}, '{"E+":1000,"list":[0.0000001,"E-"]}'),
        (datetime.datetime(2024, 1, 15, 10, 30, tzinfo=datetime.UTC), '"2024-01-15T10:30:00Z"'),
        (datetime.date(2024, 1, 31), '"2024-01-31"'),
        ("Zoë ☕ </script>", '"Zoë ☕ </script>"'),
        (gettext_lazy("Save"), '"Save"'),
        (ErrorDetail("text", code="code"), '"text"'),
        (mark_safe("<b>"), '"<b>"'),
        (Colour.RED, '"red"'),
        (uuid.UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        ((1, None, True), "[1,null,true]"),
    ],
)
def test_the_form_of_a_value(value, text):
    assert dumps(value).decode() == text


@pytest.mark.parametrize(
    "value",
    [
        0.1,
        {"deep": [{"amount": 1.0}]},
        Decimal("NaN"),
        [Decimal("Infinity")],
        datetime.datetime(2024, 1, 15),  # noqa: DTZ001
        datetime.datetime(2024, 1, 15, tzinfo=datetime.timezone(datetime.timedelta(hours=1))),
        object(),
    ],
)
def test_a_guess_does_not_leave(value):
    with pytest.raises(TypeError):
        dumps(value)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**27), max_value=10**27, places=8))
def test_an_amount_comes_back_with_the_same_digits(amount):
    assert format(read_json(dumps({"amount": amount}))["amount"], "f") == format(amount, "f")


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_every_number_is_plain_json(amount):
    assert json.loads(dumps([amount]), parse_float=Decimal, parse_int=Decimal) == [amount]
    assert b"e" not in dumps(amount).lower()


def test_the_renderer_writes_nothing_for_nothing():
    assert JSONRenderer().render(None) == b""
    assert JSONRenderer().render({"amount": Decimal("1.50")}) == b'{"amount":1.50}'


class CsvRenderer(JSONRenderer):
    media_type = "text/csv"
    format = "csv"


@pytest.mark.parametrize(
    ("query", "accept", "chosen"),
    [
        ("", "*/*", "json"),
        ("", "text/html,image/*;q=0.8", "json"),
        ("", "text/csv; charset=utf-8", "csv"),
        ("", "nonsense", "json"),
        ("format=csv", "application/json", "csv"),
        ("format=json", "text/csv", "json"),
    ],
)
def test_json_unless_something_else_is_asked_for(query, accept, chosen):
    request = Request(APIRequestFactory().get(f"/?{query}", headers={"accept": accept}))
    renderer, media_type = Negotiation().select_renderer(request, [JSONRenderer(), CsvRenderer()])
    assert (renderer.format, media_type) == (chosen, renderer.media_type)


def test_a_view_of_one_form_never_refuses():
    request = Request(APIRequestFactory().get("/?format=xml", headers={"accept": "text/html"}))
    renderer, _ = Negotiation().select_renderer(request, [JSONRenderer()])
    assert renderer.format == "json"


def test_an_unknown_form_is_refused_with_those_that_exist():
    request = Request(APIRequestFactory().get("/?format=docx"))
    with pytest.raises(errors.InvalidParameter) as refused:
        Negotiation().select_renderer(request, [JSONRenderer(), CsvRenderer()])
    assert refused.value.details["allowed"] == ["json", "csv"]
