"""Deletions of organizations over HTTP."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from ledger.deletions import shapes
from ledger.deletions.answers import certificate_answer, deletion_answer
from ledger.deletions.asking import ask_deletion, cancel_deletion, deletion_of
from ledger.deletions.models import DeletionCertificate
from ledger.errors import DeletionNotAsked
from organizations.errors import Unauthenticated
from organizations.requests.views import TenantViewSet
from organizations.wire.filtering import Instant
from organizations.wire.query_strings import read_parameters


class DeletionViewSet(TenantViewSet):
    """The deletion of one organization."""

    resource = "deletion"
    stages = False
    works_archived = True

    @extend_schema(responses=shapes.DeletionShape)
    def retrieve(self, request, organization_id):
        """Show the deletion that was asked for."""
        read_parameters(request.query_params, {})
        found = deletion_of(self.organization)
        if found is None:
            raise DeletionNotAsked()
        return Response(deletion_answer(found))

    @extend_schema(request=shapes.NewDeletionShape, responses={201: shapes.DeletionShape})
    def create(self, request, organization_id):
        """Ask for the deletion of the organization and of all that is its own.

        It is archived at once and deleted for good at `due_at`; until then `DELETE` calls it off. Export it before. An
        organization above others is not deleted: those go first.

        It is its owner's: a key needs `delete` beside `write` in its list of permissions, or a map that names
        `deletion`.
        """
        wish = self.read(shapes.NewDeletionShape)
        made = ask_deletion(actor=self.actor, organization=self.organization, **wish)
        return Response(deletion_answer(made), status=201)

    @extend_schema(responses={204: None})
    def destroy(self, request, organization_id):
        """Call the deletion off. The organization stays archived until its `status` is changed."""
        cancel_deletion(actor=self.actor, organization=self.organization)
        return Response(status=204)


class DeletionCertificateViewSet(TenantViewSet):
    """What is left of deleted organizations."""

    resource = "deletion"
    list_fields = {"deleted_at": Instant()}
    sort_fields = ["deleted_at"]
    default_sort = "-deleted_at"

    @extend_schema(responses=shapes.DeletionCertificateShape(many=True))
    def list(self, request):
        """List the certificates of deleted organizations that the own one, or one of the own ones, stood above."""
        if self.actor.api_key_id is None and self.actor.user_id is None:
            raise Unauthenticated()
        rows = DeletionCertificate.objects.all()
        return self.page(rows, lambda page: [certificate_answer(row) for row in page])
