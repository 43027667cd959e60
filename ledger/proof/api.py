"""Checkpoints and proofs over HTTP."""

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from ledger.errors import NothingToSeal
from ledger.journal.models import Transaction
from ledger.proof import shapes
from ledger.proof.anchoring import remove_anchor, set_anchor
from ledger.proof.answers import anchor_answer, anchor_line, checkpoint_answers
from ledger.proof.exporting import export_lines
from ledger.proof.models import Anchor, Checkpoint
from ledger.proof.proofs import event_proof, transaction_proof
from ledger.proof.sealing import newest, seal_all
from ledger.proof.tasks import KIND
from ledger.proof.waiting import waiting
from organizations import ids
from organizations.errors import Invalid, NotFound
from organizations.events.models import Event
from organizations.jobs.answers import job_answer
from organizations.jobs.api import JobShape
from organizations.jobs.running import queue
from organizations.jobs.tasks import start
from organizations.requests.views import TenantViewSet
from organizations.wire.filtering import Instant, Whole
from organizations.wire.query_strings import read_parameters

#: One request seals so many batches at most; what is left is sealed within a minute anyway.
MOST_AT_ONCE = 10


class CheckpointViewSet(TenantViewSet):
    """Seals on the books."""

    resource = "checkpoints"
    list_fields = {
        "seq": Whole(),
        "epoch": Whole(),
        "count": Whole(),
        "total": Whole(),
        "sealed_at": Instant(),
    }
    sort_fields = ["seq"]
    default_sort = "-seq"

    @extend_schema(responses=shapes.CheckpointShape(many=True))
    def list(self, request, organization_id):
        """List checkpoints, newest first."""
        return self.page(Checkpoint.objects.of(self.organization).defer("leaves"), checkpoint_answers)

    @extend_schema(request=None, responses={200: shapes.CheckpointShape, 201: shapes.CheckpointShape})
    def create(self, request, organization_id):
        """Seal what is settled now, instead of within a minute.

        Answers the newest checkpoint: 201 where one was made, 200 where nothing waited. A record is settled when
        every database transaction that began before it was written has ended.
        """
        made = seal_all(actor=self.actor, organization_id=self.organization.pk, most_checkpoints=MOST_AT_ONCE)
        head = newest(self.organization.pk)
        if head is None:
            raise NothingToSeal()
        return Response(checkpoint_answers([head])[0], status=201 if made else 200)

    @extend_schema(responses=shapes.CheckpointShape)
    def retrieve(self, request, organization_id, seq):
        """Show a checkpoint by its number in the chain."""
        read_parameters(request.query_params, {})
        known = seq.isascii() and seq.isdigit() and len(seq) < 19
        rows = Checkpoint.objects.of(self.organization).defer("leaves")
        found = rows.filter(seq=int(seq)).first() if known else None
        if found is None:
            raise NotFound()
        return Response(checkpoint_answers([found])[0])


class TransactionProofViewSet(TenantViewSet):
    """Proofs of transactions."""

    resource = "transactions"

    @extend_schema(responses=shapes.TransactionProofShape)
    def retrieve(self, request, organization_id, transaction_id):
        """Prove that a posted transaction is as it was sealed.

        The answer, saved as a file, is what `ledger/proof/verifier.py` verifies without this server.
        """
        read_parameters(request.query_params, {})
        number = self.read_id("transaction_id", "TXN")
        found = Transaction.objects.of(self.organization).filter(pk=number).defer("lines").first()
        if found is None:
            raise NotFound()
        return Response(transaction_proof(found))


class EventProofViewSet(TenantViewSet):
    """Proofs of events."""

    resource = "events"

    @extend_schema(responses=shapes.EventProofShape)
    def retrieve(self, request, organization_id, event_id):
        """Prove that an event of the audit trail is as it was sealed."""
        read_parameters(request.query_params, {})
        number = self.read_id("event_id", "EVT")
        found = Event.objects.of(self.organization).filter(pk=number).only("organization_id").first()
        if found is None:
            raise NotFound()
        return Response(event_proof(found))


class ProofViewSet(TenantViewSet):
    """The books' tamper evidence as a whole."""

    resource = "proof"

    @extend_schema(responses=shapes.ProofStatusShape)
    def retrieve(self, request, organization_id):
        """Show how far the books are sealed and anchored."""
        read_parameters(request.query_params, {})
        head, found = newest(self.organization.pk), waiting(self.organization.pk)
        return Response(
            {
                "object": "proof_status",
                "organization_id": ids.encode("ORG", self.organization.pk),
                "head": anchor_line(head) if head else None,
                "unsealed_since": found.unsealed_since,
                "unsealed_seconds": int(found.unsealed_age.total_seconds()),
                "unpushed_since": found.unpushed_since,
            }
        )

    @extend_schema(responses={(200, "application/x-ndjson"): OpenApiTypes.STR})
    def export(self, request, organization_id):
        """Download all that is sealed, for the stand-alone verifier: a JSON object on each line.

        First the head of the chain; then all records in order, each batch followed by its checkpoint. It holds all
        postings and the whole audit trail.
        """
        read_parameters(request.query_params, {})
        response = StreamingHttpResponse(export_lines(self.organization.pk), content_type="application/x-ndjson")
        response["Content-Disposition"] = f'attachment; filename="{self.organization.public_id}.jsonl"'
        return response

    @extend_schema(request=None, responses={202: JobShape})
    def verify(self, request, organization_id):
        """Verify the whole chain, as a job: its result says whether it is intact, or what the first break is."""
        job = queue(actor=self.actor, organization_id=self.organization.pk, kind=KIND, payload={})
        start(job)
        return Response(job_answer(job), status=202)


class AnchorViewSet(TenantViewSet):
    """Where checkpoints are pushed to."""

    resource = "anchor"

    def _anchor(self) -> Anchor:
        found = Anchor.objects.of(self.organization).first()
        if found is None:
            raise NotFound()
        return found

    @extend_schema(responses=shapes.AnchorShape)
    def retrieve(self, request, organization_id):
        """Show the webhook that checkpoints are pushed to."""
        return Response(anchor_answer(self._anchor()))

    @extend_schema(request=shapes.AnchorChanges, responses=shapes.AnchorShape)
    def update(self, request, organization_id):
        """Push checkpoints to a webhook, starting with the newest.

        Each is sent as JSON by POST over HTTPS, in order, tried again for about three days. What the receiver keeps
        is the anchor: with it, a chain that was cut or made anew is found out.
        """
        unknown = sorted(set(request.data) - {"url"}) if isinstance(request.data, dict) else []
        if unknown:
            raise Invalid(fields={name[:100]: "There is no such field." for name in unknown})
        wish = self.read(shapes.AnchorChanges)
        return Response(anchor_answer(set_anchor(actor=self.actor, organization_id=self.organization.pk, **wish)))

    @extend_schema(responses={204: None})
    def destroy(self, request, organization_id):
        """Stop pushing checkpoints to the webhook."""
        remove_anchor(actor=self.actor, anchor=self._anchor())
        return Response(status=204)
