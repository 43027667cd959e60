"""Drafts for review over HTTP."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.response import Response

from organizations import ids
from organizations.drafts.answers import draft_answer
from organizations.drafts.models import STATUSES, Draft
from organizations.drafts.operations import operations
from organizations.drafts.staging import KEPT_DAYS, MOST_DAYS, approve, change, reject, stage, validate
from organizations.errors import NotFound
from organizations.requests.views import TenantViewSet
from organizations.wire.filtering import Choice, Instant, Text
from organizations.wire.listing import KeysetPaginator
from organizations.wire.query_strings import read_parameters
from organizations.wire.schema import WHOLE
from organizations.wire.shapes import MetadataMap, PublicId
from organizations.wire.shapes import Text as TextField
from organizations.wire.unknown_fields import unknown_fields, with_warnings


class WhoShape(serializers.Serializer):
    """A key or a person."""

    api_key_id = PublicId("KEY", allow_null=True)
    user_id = PublicId("USR", allow_null=True)


class DraftResultShape(serializers.Serializer):
    status = serializers.IntegerField(help_text="The status that a request of its own would have got.")
    body = serializers.DictField(allow_null=True, help_text="Its answer; a very long one without its lists.")


class DraftShape(serializers.Serializer):
    """A write that waits for somebody to approve it."""

    object = serializers.CharField()
    id = PublicId("DRF")
    organization_id = PublicId("ORG")
    operation = serializers.CharField()
    parameters = serializers.DictField(child=serializers.CharField())
    payload = serializers.DictField()
    note = serializers.CharField()
    status = serializers.ChoiceField(STATUSES)
    is_valid = serializers.BooleanField(allow_null=True, help_text="What a dry run said when it was last looked at.")
    problems = serializers.DictField(
        allow_null=True,
        help_text="The error that it would get, as `error` has it. Of a batch in which items fail, that of the first, "
        "with `details.summary` and the failing ones in `details.results`; `is_valid` is true if others succeed.",
    )
    preview = serializers.DictField(
        allow_null=True,
        help_text="What it would answer. A very long answer is without its lists: `left_out` names them.",
    )
    current = serializers.DictField(allow_null=True, help_text="The object that it is about, as it was then.")
    validated_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField()
    author = WhoShape()
    decided_by = WhoShape(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()
    result = DraftResultShape(allow_null=True)
    warnings = serializers.ListField(child=serializers.DictField(), required=False)
    metadata = MetadataMap()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ChangedDraftShape(serializers.Serializer):
    parameters = serializers.DictField(
        child=serializers.CharField(max_length=100), required=False, help_text="The ids in the operation's address."
    )
    payload = serializers.DictField(required=False, help_text="The body that the operation would be sent; up to 1 MiB.")
    note = TextField(required=False, allow_blank=True, max_length=500)
    metadata = MetadataMap(required=False)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A posting for review",
            request_only=True,
            value={
                "operation": "transactions_create",
                "payload": {
                    "description": "Office chairs",
                    "auto_post": True,
                    "entries": [
                        {"account_id": ids.encode("ACT", 1 << 60), "type": "debit", "amount": 250},
                        {"account_id": ids.encode("ACT", (1 << 60) + 1), "type": "credit", "amount": 250},
                    ],
                },
                "note": "As agreed with Ann",
            },
        ),
        OpenApiExample(
            "An action on one object",
            request_only=True,
            value={"operation": "transactions_post", "parameters": {"transaction_id": ids.encode("TXN", 1 << 60)}},
        ),
    ]
)
class NewDraftShape(ChangedDraftShape):
    operation = TextField(
        max_length=100, help_text="A write by the name that the reference has: `transactions_create`."
    )
    expires_in_days = serializers.IntegerField(default=KEPT_DAYS, min_value=1, max_value=MOST_DAYS)


class RejectionShape(serializers.Serializer):
    reason = TextField(max_length=500)


class OperationShape(serializers.Serializer):
    """A write that can be staged."""

    object = serializers.CharField()
    operation = serializers.CharField()
    method = serializers.CharField()
    path = serializers.CharField()
    parameters = serializers.ListField(child=serializers.CharField())
    resource = serializers.CharField(
        help_text="The resource on which the approver needs `approve` and the write itself."
    )


class DraftViewSet(TenantViewSet):
    """Writes that wait for approval."""

    resource = "drafts"
    stages = False
    list_fields = {
        "status": Choice(STATUSES),
        "operation": Text(),
        "created_at": Instant(),
        "expires_at": Instant(),
    }
    sort_fields = ["created_at", "expires_at"]
    default_sort = "-created_at"

    @property
    def _named(self) -> dict[str, Any]:
        return {"opening": self.opened, "draft_id": self.read_id("draft_id", "DRF")}

    def _answer(self, row: Draft, shape=None, *, status: int = 200) -> Response:
        answer = draft_answer(row)
        unknown = [] if shape is None else unknown_fields(self.request.data, shape().fields, shown=answer)
        return Response(with_warnings(answer, unknown), status=status)

    @extend_schema(responses=DraftShape(many=True))
    def list(self, request, organization_id):
        """List drafts, the newest first."""
        return self.page(Draft.objects.of(self.organization), lambda rows: [draft_answer(row) for row in rows])

    @extend_schema(request=NewDraftShape, responses={201: DraftShape})
    def create(self, request, organization_id):
        """Stage a write for review.

        It is tried at once and not done: `is_valid`, `problems` and `preview` say what would come of it. To stage takes
        `write` on drafts and `read` on what would be written. Where the organization has `require_draft_approval`, keys
        and people without the permission `approve` write in no other way.
        """
        fields = self.read(NewDraftShape)
        row = stage(
            opening=self.opened,
            operation_name=fields.pop("operation"),
            parameters=fields.pop("parameters", {}),
            payload=fields.pop("payload", {}),
            **fields,
        )
        return self._answer(row, NewDraftShape, status=201)

    @extend_schema(responses=DraftShape)
    def retrieve(self, request, organization_id, draft_id):
        """Show a draft."""
        found = Draft.objects.of(self.organization).filter(pk=self.read_id("draft_id", "DRF")).first()
        if found is None:
            raise NotFound()
        return self._answer(found)

    @extend_schema(request=ChangedDraftShape, responses=DraftShape)
    def update(self, request, organization_id, draft_id):
        """Change a draft that waits; only its author does."""
        row = change(**self._named, changes=self.read(ChangedDraftShape))
        return self._answer(row, ChangedDraftShape)

    @extend_schema(request=None, responses=DraftShape)
    def validate(self, request, organization_id, draft_id):
        """Look again what the draft would do, as the books are now."""
        return self._answer(validate(**self._named), serializers.Serializer)

    @extend_schema(request=None, responses=DraftShape)
    def approve(self, request, organization_id, draft_id):
        """Do what the draft says, once, in the name of who approves.

        It takes `approve` and the write itself on the resource of the operation. With `require_draft_approval` another
        key or person than staged it approves. Send the draft's `ETag` as `If-Match`: if its author has changed it since
        you read it, the answer is 412; without `If-Match` what it says now is done. If the object that it is about
        is not `current` any more, the answer is 409 `draft_outdated` until somebody validates it. If the write is
        refused, or no item of a batch succeeds, the answer is the error that it got, and the draft waits on; fields in
        it are those of the payload.
        """
        row, done = approve(**self._named)
        if not done.succeeded:
            return Response(done.body, status=done.status)
        return self._answer(row, serializers.Serializer)

    @extend_schema(request=RejectionShape, responses=DraftShape)
    def reject(self, request, organization_id, draft_id):
        """Turn a draft down, with the reason. Its author may withdraw it so.

        With the draft's `ETag` as `If-Match` only as you read it: else the answer is 412.
        """
        return self._answer(reject(**self._named, **self.read(RejectionShape)), RejectionShape)


class AllOperations(KeysetPaginator):
    """All at once."""

    longest = 1000


class OperationViewSet(TenantViewSet):
    """What can be staged."""

    resource = "drafts"
    pagination_class = AllOperations

    @extend_schema(responses=OperationShape(many=True), parameters=WHOLE)
    def list(self, request, organization_id):
        """List the writes that can be staged, by name."""
        read_parameters(request.query_params, {})
        rows = [
            {
                "object": "operation",
                "operation": each.name,
                "method": each.method,
                "path": each.path,
                "parameters": [*each.variables],
                "resource": each.resource,
            }
            for each in operations().values()
        ]
        return Response({"object": "list", "data": rows, "has_more": False, "next_cursor": None})
