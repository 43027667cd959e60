"""What categories look like on the wire."""

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from ledger.categories.models import STATUSES, TYPES
from organizations.wire.shapes import MetadataMap, PublicId, Text


class CategoryShape(serializers.Serializer):
    """What transactions are about, in the words of the business."""

    object = serializers.CharField()
    id = PublicId("CAT")
    organization_id = PublicId("ORG")
    name = serializers.CharField()
    type = serializers.ChoiceField(TYPES)
    description = serializers.CharField()
    status = serializers.ChoiceField(STATUSES)
    metadata = MetadataMap()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class CategoryFields(serializers.Serializer):
    description = Text(required=False, allow_blank=True, max_length=2000)
    metadata = MetadataMap(required=False)


@extend_schema_serializer(
    examples=[OpenApiExample("Travel", request_only=True, value={"name": "Travel", "type": "expense"})]
)
class NewCategoryShape(CategoryFields):
    name = Text(max_length=100, help_text="Unique within its type; upper and lower case are the same.")
    type = serializers.ChoiceField(TYPES)


class CategoryChangesShape(CategoryFields):
    name = Text(required=False, max_length=100)
    type = serializers.ChoiceField(TYPES, required=False, help_text="Fixed for life: another type is refused.")
    status = serializers.ChoiceField(
        STATUSES, required=False, help_text="An archived category stays where it is and can be given to nothing new."
    )
