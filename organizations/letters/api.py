"""Letters over HTTP: what was sent to whom, and sending it again."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from organizations.errors import NotFound
from organizations.letters.answers import letter_answer, letter_answers
from organizations.letters.models import STATUSES, Letter
from organizations.letters.posting import resend_letter
from organizations.requests.views import TenantViewSet
from organizations.wire.filtering import Choice, Instant, Text
from organizations.wire.query_strings import read_parameters
from organizations.wire.shapes import MetadataMap, PublicId


class EnclosureShape(serializers.Serializer):
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")


class LetterShape(serializers.Serializer):
    """An e-mail, and whether it has left."""

    object = serializers.CharField()
    id = PublicId("LTR")
    organization_id = PublicId("ORG")
    sender = serializers.CharField()
    to = serializers.ListField(child=serializers.CharField())
    cc = serializers.ListField(child=serializers.CharField())
    reply_to = serializers.CharField()
    subject = serializers.CharField()
    body = serializers.CharField()
    html = serializers.CharField()
    attachments = EnclosureShape(many=True)
    about_kind = serializers.CharField(help_text="What the letter is about, such as `invoice`.")
    about_id = serializers.CharField(allow_null=True, help_text="The id of what it is about.")
    message_id = serializers.CharField(help_text="The header by which a mailbox knows the letter.")
    status = serializers.ChoiceField(STATUSES, help_text="`sent`: the mail server has taken it.")
    attempts = serializers.IntegerField()
    next_attempt_at = serializers.DateTimeField(allow_null=True)
    last_error = serializers.CharField()
    sent_at = serializers.DateTimeField(allow_null=True)
    metadata = MetadataMap()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class LetterViewSet(TenantViewSet):
    """Letters that an organization sends."""

    resource = "letters"
    list_fields = {
        "status": Choice(STATUSES),
        "about_kind": Text(),
        "about_id": Text(),
        "created_at": Instant(),
    }
    sort_fields = ["created_at"]
    default_sort = "-created_at"

    @extend_schema(responses=LetterShape(many=True))
    def list(self, request, organization_id):
        """List letters, newest first; `about_id` leaves those about one object."""
        return self.page(Letter.objects.of(self.organization), letter_answers)

    @extend_schema(responses=LetterShape)
    def retrieve(self, request, organization_id, letter_id):
        """Show a letter."""
        read_parameters(request.query_params, {})
        found = Letter.objects.of(self.organization).filter(pk=self._number()).first()
        if found is None:
            raise NotFound()
        return Response(letter_answer(found))

    @extend_schema(request=None, responses=LetterShape)
    def resend(self, request, organization_id, letter_id):
        """Send a letter again that was sent or has failed. It has another `message_id` then."""
        done = resend_letter(actor=self.actor, organization=self.organization, letter_id=self._number())
        return Response(letter_answer(done))

    def _number(self) -> int:
        return self.read_id("letter_id", "LTR")
