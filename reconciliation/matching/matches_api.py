"""Matches over HTTP: suggestions to accept or reject, what was accepted, and why."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from organizations.errors import NotFound
from organizations.jobs.answers import job_answer
from organizations.jobs.api import JobShape
from organizations.requests.views import TenantViewSet
from organizations.wire.batches import MOST_ITEMS
from organizations.wire.filtering import Choice, Instant, Metadata, PublicId, Whole
from reconciliation.matching import shapes
from reconciliation.matching.accepting import accept_batch
from reconciliation.matching.answers import encoded, match_answer
from reconciliation.matching.explanations import explanation_of
from reconciliation.matching.matching import accept_match, reject_match
from reconciliation.matching.models import ORIGINS, STATUSES, Match
from reconciliation.matching.tasks import queue_matching
from reconciliation.matching.undoing import undo_match
from reconciliation.statements.api import AccountPartViewSet

MATCH = {200: shapes.MatchShape}


class MatchViewSet(TenantViewSet):
    """Matches of lines and entries."""

    resource = "matches"
    list_fields = {
        "account_id": PublicId("ACT"),
        "status": Choice(STATUSES),
        "origin": Choice(ORIGINS),
        "score": Whole(nullable=True),
        "created_at": Instant(),
        "metadata": Metadata(),
    }
    sort_fields = ["created_at"]
    default_sort = "-created_at"

    @property
    def _match_id(self) -> int:
        return self.read_id("match_id", "MAT")

    def _match(self) -> Match:
        found = Match.objects.of(self.organization).select_related("account").filter(pk=self._match_id).first()
        if found is None:
            raise NotFound()
        return found

    def _shown(self) -> Response:
        found = self._match()
        return Response(match_answer(found, found.account.currency_id))

    @extend_schema(responses=shapes.MatchShape(many=True))
    def list(self, request, organization_id):
        """List matches: suggested, accepted and undone ones, the latest first."""
        rows = Match.objects.of(self.organization).select_related("account")
        return self.page(rows, lambda page: [match_answer(row, row.account.currency_id) for row in page])

    @extend_schema(responses=MATCH)
    def retrieve(self, request, organization_id, match_id):
        """Show a match."""
        return self._shown()

    @extend_schema(responses=shapes.MatchExplanationShape)
    def explain(self, request, organization_id, match_id):
        """Explain a match: its lines and entries, their sums, and what each point of the score means."""
        return Response(explanation_of(self.organization, self._match()))

    @extend_schema(request=shapes.AcceptShape, responses=MATCH)
    def accept(self, request, organization_id, match_id):
        """Accept a suggestion as it stands.

        What a bank rule suggests is booked; the answer is the match with what was posted, under an id of its own.
        """
        wish = self.read(shapes.AcceptShape)
        made = accept_match(
            actor=self.actor,
            organization=self.organization,
            match_id=self._match_id,
            fee_account_id=wish.get("fee_account_id"),
        )
        return Response(match_answer(made, made.account.currency_id))

    @extend_schema(request=None, responses=MATCH)
    def reject(self, request, organization_id, match_id):
        """Turn a suggestion down; the same is not suggested again."""
        reject_match(actor=self.actor, organization=self.organization, match_id=self._match_id)
        return self._shown()

    @extend_schema(request=shapes.ReasonShape, responses=MATCH)
    def undo(self, request, organization_id, match_id):
        """Undo an accepted match, and what was posted for it. Its lines are open again."""
        wish = self.read(shapes.ReasonShape)
        undo_match(
            actor=self.actor,
            organization=self.organization,
            match_id=self._match_id,
            reason=wish.get("reason", ""),
        )
        return self._shown()


class MatchBatchViewSet(TenantViewSet):
    """Many suggestions in one request."""

    resource = "matches"

    @extend_schema(request=shapes.AcceptBatchShape, responses={200: shapes.AcceptedBatchShape})
    def create(self, request, organization_id):
        """Accept many suggestions: those named, or all of an account from a score upward.

        `mode` is as for every batch. A suggestion with a fee is accepted by itself, with the account of the fee.
        """
        wish = self.read(shapes.AcceptBatchShape)
        wanted = wish.get("match_ids")
        if wanted is None:
            rows = Match.objects.of(self.organization).filter(
                account_id=wish["account_id"], status="suggested", score__gte=wish["min_score"], fee=0
            )
            wanted = encoded(
                "MAT",
                rows.exclude(entry_ids=[], document_ids=[]).order_by("pk").values_list("pk", flat=True)[:MOST_ITEMS],
            )
        done = accept_batch(
            actor=self.actor,
            organization=self.organization,
            wanted=wanted,
            mode=wish["mode"],
            dry_run=wish["dry_run"] or self.dry_run,
        )
        return Response(done)


class MatchingViewSet(AccountPartViewSet):
    """Runs of matching on one account."""

    resource = "matches"

    @extend_schema(request=None, responses={202: JobShape})
    def create(self, request, organization_id, account_id):
        """Match an account's open lines with its open entries.

        What is sure is accepted, what is likely suggested, and bank rules book or suggest the rest. The job's result
        counts the lines: `accepted`, `suggested`, `booked` and left `open`. Every import starts a run by itself.
        """
        account = self.account()
        job = queue_matching(actor=self.actor, organization=self.organization, account=account)
        return Response(job_answer(job), status=202)
