"""What checkpoints and proofs look like to a client."""

from rest_framework import serializers

from ledger.proof.models import PUSH_STATUSES, TARGETS
from organizations.wire.shapes import MetadataMap, PublicId, Text


class PushShape(serializers.Serializer):
    target = serializers.ChoiceField(TARGETS)
    status = serializers.ChoiceField(PUSH_STATUSES)
    attempts = serializers.IntegerField()
    pushed_at = serializers.DateTimeField(allow_null=True)
    last_error = serializers.CharField(allow_null=True)


class SealShape(serializers.Serializer):
    """A checkpoint with everything that its hash is made of."""

    object = serializers.CharField()
    id = PublicId("CHK")
    version = serializers.IntegerField(help_text="How the checkpoint itself is hashed.")
    organization_id = PublicId("ORG")
    seq = serializers.IntegerField(help_text="1, 2, 3, … within the organization; never goes back.")
    epoch = serializers.IntegerField(help_text="Counts the database clusters that the books have lived in.")
    epoch_began_at = serializers.CharField(allow_null=True)
    leaf_version = serializers.IntegerField(help_text="How its records are hashed.")
    count = serializers.IntegerField(help_text="Records that it seals: postings and events.")
    total = serializers.IntegerField(help_text="Records sealed up to here.")
    last_xid = serializers.IntegerField()
    last_record = serializers.CharField(allow_null=True, help_text="The last record in order, TXN_… or EVT_….")
    root = serializers.CharField(help_text="Merkle root over its records, SHA-256 as in RFC 6962.")
    previous_hash = serializers.CharField()
    sealed_at = serializers.CharField(help_text="UTC, always to the microsecond: it is part of the hash.")
    hash = serializers.CharField()


class CheckpointShape(SealShape):
    """A seal on a batch of postings and events, chained to the one before it. Never changes."""

    anchors = PushShape(many=True, help_text="How far it was pushed to places outside.")
    metadata = MetadataMap()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class RecordShape(serializers.Serializer):
    object = serializers.CharField()
    kind = serializers.ChoiceField(["transaction", "event"])
    version = serializers.IntegerField()
    fields_ = serializers.DictField(source="fields")

    def get_fields(self):
        """``fields`` is a name that serializers keep for themselves."""
        found = super().get_fields()
        found["fields"] = found.pop("fields_")
        found["fields"].source = None
        return found


class StepShape(serializers.Serializer):
    side = serializers.ChoiceField(["left", "right"], help_text="On which side the other half stands.")
    hash = serializers.CharField()


class ProofShape(serializers.Serializer):
    """What the stand-alone verifier needs to follow one record to its checkpoint."""

    object = serializers.CharField()
    version = serializers.IntegerField()
    organization_id = PublicId("ORG")
    status = serializers.ChoiceField(["sealed", "unsealed"])
    is_intact = serializers.BooleanField(
        allow_null=True, help_text="Whether the record, as it is now, leads to the root. Null while it is unsealed."
    )
    record = RecordShape(allow_null=True, help_text="The record as it is now. Null for what is not posted.")
    leaf = serializers.CharField(allow_null=True, help_text="The record in the bytes that are hashed, base64.")
    leaf_hash = serializers.CharField(allow_null=True)
    path = StepShape(many=True, help_text="From the leaf up to the root.")
    checkpoint = SealShape(allow_null=True)


class TransactionProofShape(ProofShape):
    """The proof of a transaction with its entries."""

    transaction_id = PublicId("TXN")


class EventProofShape(ProofShape):
    """The proof of an event."""

    event_id = PublicId("EVT")


class ProofStatusShape(serializers.Serializer):
    """How far the books are sealed and anchored."""

    object = serializers.CharField()
    organization_id = PublicId("ORG")
    head = SealShape(allow_null=True, help_text="The newest checkpoint.")
    unsealed_since = serializers.DateTimeField(allow_null=True, help_text="When the oldest unsealed record came.")
    unsealed_seconds = serializers.IntegerField(help_text="Its age in seconds; 0 where nothing waits.")
    unpushed_since = serializers.DateTimeField(allow_null=True)


class AnchorShape(serializers.Serializer):
    """Where an organization's checkpoints are pushed to."""

    object = serializers.CharField()
    id = PublicId("ANC")
    organization_id = PublicId("ORG")
    url = serializers.CharField()
    metadata = MetadataMap()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class AnchorChanges(serializers.Serializer):
    url = Text(max_length=500, help_text="https://… of the public internet. Each checkpoint is sent there by POST.")
