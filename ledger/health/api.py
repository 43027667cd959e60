"""The health of the books over HTTP."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from ledger.balances.totals import totals
from ledger.health.answers import kept_answer, live_answer, no_answer
from ledger.health.examining import examine, latest
from ledger.health.models import STATUSES
from ledger.health.tasks import KIND
from organizations import clock
from organizations.jobs.answers import job_answer
from organizations.jobs.api import JobShape
from organizations.jobs.running import queue
from organizations.jobs.tasks import start
from organizations.requests.views import TenantViewSet
from organizations.wire.filtering import Flag
from organizations.wire.query_strings import read_parameters
from organizations.wire.shapes import PublicId

#: Books of up to so many entries are examined when they are asked for.
SMALL = 50_000
#: How long a reader waits for an examination, in milliseconds.
LONGEST_MS = 15_000


class InvariantShape(serializers.Serializer):
    """One rule of the books, and what came of asking it."""

    name = serializers.CharField()
    meaning = serializers.CharField()
    status = serializers.ChoiceField(STATUSES, help_text="`unknown`: it did not end in time.")
    checked = serializers.IntegerField(allow_null=True, help_text="Rows that were looked at.")
    broken = serializers.IntegerField(help_text="Rows that break the rule.")
    first_offender = serializers.CharField(allow_null=True)
    hint = serializers.CharField(help_text="How to mend it.")


class LedgerHealthShape(serializers.Serializer):
    """Whether everything holds that must hold in the books."""

    object = serializers.CharField()
    organization_id = PublicId("ORG")
    status = serializers.ChoiceField(STATUSES)
    source = serializers.ChoiceField(["live", "stored", "none"])
    checked_at = serializers.DateTimeField(allow_null=True)
    age_seconds = serializers.IntegerField(allow_null=True)
    duration_ms = serializers.IntegerField(allow_null=True)
    examination_id = PublicId("EXM", allow_null=True)
    invariants = InvariantShape(many=True)


FRESH = OpenApiParameter(
    "fresh",
    {"type": "boolean"},
    description="True: examine now, for at most 15 seconds. False: what the last examination found.",
)


class LedgerHealthViewSet(TenantViewSet):
    """The health of the books."""

    resource = "health"

    @extend_schema(parameters=[FRESH], responses=LedgerHealthShape)
    def retrieve(self, request, organization_id):
        """Show whether every invariant of the books holds.

        Books of up to 50,000 entries are examined on the spot; of larger ones this is what the last examination
        found (`source` `stored`), which is made every night, by `POST` to this address and by `manage.py doctor`.
        """
        fresh = read_parameters(request.query_params, {"fresh": Flag()}).get("fresh")
        number = self.organization.pk
        if fresh is None:
            fresh = sum(total.entries for total in totals(number).values()) <= SMALL
        if fresh:
            began = clock.now()
            return Response(live_answer(number, examine(number, budget_ms=LONGEST_MS), began))
        kept = latest(number)
        return Response(no_answer(number) if kept is None else kept_answer(kept))

    @extend_schema(request=None, responses={202: JobShape})
    def create(self, request, organization_id):
        """Examine the books, however large they are, and keep what is found."""
        job = queue(actor=self.actor, organization_id=self.organization.pk, kind=KIND, payload={})
        start(job)
        return Response(job_answer(job), status=202)
