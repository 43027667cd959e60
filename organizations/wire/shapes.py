"""Serializer fields that the resources share. Serializers describe shape; verbs write.

Each field reads what a client may send and describes itself to OpenAPI.
"""

import re

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from rest_framework import serializers

from organizations import ids
from organizations.clock import FIRST_DAY, LAST_DAY
from organizations.metadata import LONGEST_VALUE, MOST_KEYS, problem_with
from organizations.wire.filtering import read_day


class PublicId(serializers.Field):
    """An id of one kind of thing; read into its 64-bit key."""

    def __init__(self, prefix: str, **options):
        self.prefix = prefix
        super().__init__(**options)

    def to_internal_value(self, data) -> int:
        if not isinstance(data, str):
            raise serializers.ValidationError(f"An id such as {ids.encode(self.prefix, 0)}.")
        try:
            return ids.decode(self.prefix, data)
        except ValueError as problem:
            raise serializers.ValidationError(str(problem)) from problem

    def to_representation(self, value) -> str:
        return value


class CurrencyCode(serializers.Field):
    """A currency by id (``CUR_USD``) or code (``USD``); read into the code. Existence is the verb's to check."""

    def to_internal_value(self, data) -> str:
        if not isinstance(data, str) or not re.fullmatch(r"(?:CUR_)?[A-Z]{3}", data.upper(), re.ASCII):
            raise serializers.ValidationError("A currency such as CUR_USD.")
        return data.upper().removeprefix("CUR_")

    def to_representation(self, value) -> str:
        return value


class Number(serializers.Field):
    """An exact number in an answer, or one that a verb reads by the rules of its currency."""

    def to_internal_value(self, data):
        return data

    def to_representation(self, value):
        return value


class Day(serializers.DateField):
    """A business date, ``YYYY-MM-DD``, from 1900 to 2200."""

    def to_internal_value(self, value):
        if isinstance(value, str):
            try:
                day = read_day(value)
            except ValueError as problem:
                raise serializers.ValidationError(str(problem)) from problem
            if FIRST_DAY <= day <= LAST_DAY:
                return day
        raise serializers.ValidationError("A date as YYYY-MM-DD, from 1900 to 2200.")


class Text(serializers.CharField):
    """Text, never coerced from a number."""

    def to_internal_value(self, data):
        if not isinstance(data, str):
            raise serializers.ValidationError("A text.")
        return super().to_internal_value(data)


class ClearableText(Text):
    """Text that null or an empty text takes away, as answers say null where there is none."""

    def __init__(self, **kwargs):
        super().__init__(allow_blank=True, allow_null=True, **kwargs)

    def run_validation(self, data=serializers.empty):
        return super().run_validation(data) or ""


class Flag(serializers.BooleanField):
    """True or false, nothing that only looks like it."""

    def to_internal_value(self, data):
        if not isinstance(data, bool):
            raise serializers.ValidationError("true or false.")
        return data


class MetadataMap(serializers.Field):
    """The free map of every object: at most 50 texts of at most 500 characters."""

    def to_internal_value(self, data) -> dict[str, str]:
        problem = problem_with(data)
        if problem is not None:
            raise serializers.ValidationError(problem)
        return data

    def to_representation(self, value) -> dict:
        return value


class PublicIdSchema(OpenApiSerializerFieldExtension):
    target_class = "organizations.wire.shapes.PublicId"

    def map_serializer_field(self, auto_schema, direction):
        prefix = self.target.prefix
        pattern = f"^{prefix}_[0-9a-f]{{16}}$" if direction == "response" else f"^{prefix}_[0-9a-fA-F]{{16}}$"
        return {"type": "string", "pattern": pattern, "examples": [ids.encode(prefix, 1 << 60)]}


class CurrencySchema(OpenApiSerializerFieldExtension):
    target_class = "organizations.wire.shapes.CurrencyCode"

    def map_serializer_field(self, auto_schema, direction):
        return {"type": "string", "pattern": "^(CUR_)?[A-Z]{3}$", "examples": ["CUR_USD"]}


class NumberSchema(OpenApiSerializerFieldExtension):
    target_class = "organizations.wire.shapes.Number"

    def map_serializer_field(self, auto_schema, direction):
        if direction == "response":
            return {"type": "number"}
        return {"type": ["number", "string"], "examples": ["100.00"]}


class MetadataSchema(OpenApiSerializerFieldExtension):
    target_class = "organizations.wire.shapes.MetadataMap"

    def map_serializer_field(self, auto_schema, direction):
        return {
            "type": "object",
            "additionalProperties": {"type": "string", "maxLength": LONGEST_VALUE},
            "maxProperties": MOST_KEYS,
        }
