"""What attachments look like on the wire."""

from rest_framework import serializers

from ledger.attachments.contents import LONGEST_NAME
from organizations.wire.shapes import MetadataMap, PublicId, Text

LONGEST_DESCRIPTION = 2000


class AttachmentShape(serializers.Serializer):
    """A file on a transaction."""

    object = serializers.CharField()
    id = PublicId("ATT")
    organization_id = PublicId("ORG")
    transaction_id = PublicId("TXN")
    name = serializers.CharField(max_length=LONGEST_NAME)
    description = serializers.CharField()
    content_type = serializers.CharField(help_text="What the content is, whatever its sender said.")
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField()
    content_url = serializers.CharField(allow_null=True, help_text="Where the file is; null once it was removed.")
    removed_at = serializers.DateTimeField(allow_null=True)
    metadata = MetadataMap()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class NewAttachmentShape(serializers.Serializer):
    """The form of an upload."""

    file = serializers.FileField(help_text="PDF, an image, XLSX, DOCX, XML, CSV or text. The name is shown, not used.")
    description = Text(required=False, allow_blank=True, max_length=LONGEST_DESCRIPTION)
