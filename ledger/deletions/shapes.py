"""What deletions look like on the wire."""

from rest_framework import serializers

from organizations.wire.shapes import PublicId, Text


class NewDeletionShape(serializers.Serializer):
    confirm_name = Text(max_length=200, help_text="The organization's name, letter by letter.")
    reason = Text(required=False, allow_blank=True, max_length=2000)


class AskedByShape(serializers.Serializer):
    api_key_id = PublicId("KEY", allow_null=True)
    user_id = PublicId("USR", allow_null=True)
    system = serializers.CharField(allow_null=True)


class DeletionShape(serializers.Serializer):
    """A deletion that was asked for."""

    object = serializers.CharField()
    organization_id = PublicId("ORG")
    reason = serializers.CharField()
    requested_by = AskedByShape()
    requested_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(help_text="From then on it is deleted; until then it can be called off.")


class DeletionCertificateShape(serializers.Serializer):
    """What is left of a deleted organization."""

    object = serializers.CharField()
    id = PublicId("DLC")
    organization_id = PublicId("ORG")
    organization_name = serializers.CharField()
    reason = serializers.CharField()
    requested_by = AskedByShape()
    requested_at = serializers.DateTimeField()
    deleted_at = serializers.DateTimeField()
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="Rows that were deleted, by table.")
    head = serializers.CharField(allow_null=True, help_text="The hash of the newest seal of the books.")
    statement = serializers.CharField(help_text="All of this as the text that `sha256` is made of.")
    sha256 = serializers.CharField()
