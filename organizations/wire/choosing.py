"""Which choices there are, for whoever named none of them."""

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError


def valid(shape: serializers.BaseSerializer) -> serializers.BaseSerializer:
    """The shape, once what it was given fits. Raises ValidationError, which says what else could have been chosen."""
    if not shape.is_valid():
        raise ValidationError(with_choices(shape.errors, shape))
    return shape


def with_choices(errors, field: serializers.Field | None):
    """DRF's errors of a field, and below it, with the choices after each word that is none."""
    if isinstance(errors, dict):
        return {name: with_choices(inner, _below(field, name)) for name, inner in errors.items()}
    if isinstance(field, serializers.ListSerializer):
        return [with_choices(inner, field.child) if isinstance(inner, dict) else inner for inner in errors]
    if isinstance(field, serializers.ChoiceField):
        return [_named(each, field) for each in errors]
    return errors


def _below(field: serializers.Field | None, name: str | int) -> serializers.Field | None:
    if isinstance(field, serializers.Serializer):
        return field.fields.get(name)
    return getattr(field, "child", None) if isinstance(name, int) else None


def _named(detail: ErrorDetail, field: serializers.ChoiceField) -> ErrorDetail:
    if detail.code != "invalid_choice":
        return detail
    return ErrorDetail(f"{detail} One of {', '.join(map(str, field.choices))}.", code=detail.code)
