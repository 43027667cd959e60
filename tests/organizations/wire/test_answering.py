"""Refusals and their families: the table of the contract."""

import json

import pytest
from django.test import RequestFactory

from organizations import errors
from organizations.wire.answering import answer, describe, request_id_of

FAMILIES = {
    "validation_error": {400, 405, 411, 412, 413, 414, 415, 431},
    "authentication_error": {401},
    "credit_limit_error": {402},
    "authorization_error": {403},
    "not_found_error": {404},
    "conflict_error": {409},
    "business_rule_error": {422},
    "rate_limit_error": {429},
    "server_error": {500, 503},
}
REFUSALS = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.Refusal)]


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.__name__)
def test_every_refusal_belongs_to_its_family_and_explains_itself(refusal):
    assert refusal.status in FAMILIES[refusal.type]
    assert refusal.message
    assert refusal.__doc__


def test_a_code_names_one_refusal():
    codes = [one.code for one in REFUSALS if one is not errors.Refusal]
    assert len(codes) == len(set(codes))


def test_an_answer_outside_of_any_view():
    request = RequestFactory().get("/")
    response = answer(request, errors.Busy(retry_after=3))
    assert response.headers["Retry-After"] == "3"
    assert json.loads(response.content) == describe(errors.Busy(retry_after=3), request_id_of(request))


def test_a_refusal_is_an_exception_with_a_readable_text():
    assert str(errors.NotFound()) == errors.NotFound.message
    assert str(errors.NotFound("No such thing")) == "No such thing"
