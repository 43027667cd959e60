"""Whoever names no choice is told which there are, wherever the word stands."""

import pytest
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from organizations.wire.choosing import valid
from organizations.wire.refusing import invalid
from tests.cast import open_books


class Inner(serializers.Serializer):
    size = serializers.ChoiceField(["small", "large"])


class Outer(serializers.Serializer):
    colour = serializers.ChoiceField(["red", "green"], required=False)
    parts = Inner(many=True, required=False)
    whole = Inner(required=False)
    words = serializers.ListField(child=serializers.ChoiceField(["a", "b"]), required=False)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"colour": "blue"}, {"colour": ['"blue" is not a valid choice. One of red, green.']}),
        ({"colour": None}, {"colour": ["This field may not be null."]}),
        (
            {"parts": [{"size": "small"}, {"size": "x"}]},
            {"parts[1].size": ['"x" is not a valid choice. One of small, large.']},
        ),
        ({"parts": {"size": "x"}}, {"parts": ['Expected a list of items but got type "dict".']}),
        ({"whole": {"size": "x"}}, {"whole.size": ['"x" is not a valid choice. One of small, large.']}),
        ({"whole": {}}, {"whole.size": ["This field is required."]}),
        ({"words": ["a", "c"]}, {"words[1]": ['"c" is not a valid choice. One of a, b.']}),
        ([], {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}),
    ],
)
def test_the_choices_are_named_where_the_word_stands(body, said):
    with pytest.raises(ValidationError) as problem:
        valid(Outer(data=body))
    assert invalid(problem.value.detail).details["fields"] == said


def test_what_fits_is_read():
    assert valid(Outer(data={"colour": "red"})).validated_data == {"colour": "red"}


@pytest.mark.django_db
def test_requests_and_batches_say_so():
    books = open_books("Choosy Ltd")
    refused = books.api.post("/transactions/batch", {"mode": "per_item", "transactions": [books.sale()]})
    said = '"per_item" is not a valid choice. One of independent, atomic, stop_on_error.'
    assert (refused.status, refused.error["details"]["fields"]) == (400, {"mode": [said]})
    refused = books.api.post("/accounts", {"code": "1", "name": "x", "type": "cash"})
    assert "One of asset, liability, equity, revenue, expense." in refused.error["message"]
    batch = books.api.post("/accounts/batch", {"accounts": [{"code": "1", "name": "x", "type": "cash"}]})
    assert "One of asset, liability" in batch.error["message"]
