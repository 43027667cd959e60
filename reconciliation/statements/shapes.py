"""What statements look like on the wire."""

from rest_framework import serializers

from organizations.wire.shapes import MetadataMap, Number, PublicId
from reconciliation.parsers.formats import FORMATS
from reconciliation.statements.models import REMARKS


class StatementShape(serializers.Serializer):
    """One imported file, with what became of its lines."""

    object = serializers.CharField()
    id = PublicId("STM")
    organization_id = PublicId("ORG")
    account_id = PublicId("ACT")
    file_name = serializers.CharField()
    format = serializers.ChoiceField(FORMATS)
    sha256 = serializers.CharField()
    account_number = serializers.CharField(help_text="As the file writes it; empty where it does not.")
    currency_id = serializers.CharField()
    start_date = serializers.DateField(allow_null=True)
    end_date = serializers.DateField(allow_null=True)
    opening_balance = Number(allow_null=True)
    closing_balance = Number(allow_null=True)
    new = serializers.IntegerField()
    duplicates = serializers.IntegerField()
    conflicts = serializers.IntegerField(help_text="Kept, but so like a known line that a person should look.")
    errors = serializers.IntegerField()
    status = serializers.ChoiceField(["imported", "undone"])
    undone_at = serializers.DateTimeField(allow_null=True)
    metadata = MetadataMap()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class UndoneStatementShape(StatementShape):
    """A statement whose import was undone."""

    removed = serializers.IntegerField(help_text="So many lines were not matched yet and are gone.")


class RemarkShape(serializers.Serializer):
    """What an import did not simply take, and why."""

    object = serializers.CharField()
    place = serializers.IntegerField(help_text="The line, or entry, of the file, from 1.")
    verdict = serializers.ChoiceField(REMARKS)
    code = serializers.CharField()
    reason = serializers.CharField()
    known_line_id = PublicId("LIN", allow_null=True)
    date = serializers.DateField(allow_null=True)
    amount = Number(allow_null=True)
    description = serializers.CharField()


class StatementUploadShape(serializers.Serializer):
    """A bank's file. Only ``file`` is needed: what it is, is found out."""

    file = serializers.FileField(help_text="CSV of any bank, OFX, QFX, QIF, MT940 or CAMT.05x; also in a ZIP.")
    format = serializers.ChoiceField(FORMATS, required=False)
    mapping = serializers.CharField(
        required=False, help_text="How to read the CSV, as JSON; it is kept for the account's next files."
    )
    account_number = serializers.CharField(required=False, help_text="Chooses one account of a file with several.")
    dry_run = serializers.BooleanField(required=False, help_text="Say what would become of each line; change nothing.")


class MappingShape(serializers.Serializer):
    """How an account's CSV files are read."""

    object = serializers.CharField(read_only=True)
    account_id = PublicId("ACT", read_only=True)
    mapping = serializers.DictField(help_text="Columns by header or number, date_format, decimal sign, and so on.")
