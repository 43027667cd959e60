"""Explained balances over HTTP."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response

from ledger.accounts.versions import account_then
from ledger.balances.receipts import KNOWN_AT, KnownViewSet
from ledger.explanations.explanations import explanation
from ledger.explanations.shapes import ExplanationShape
from organizations.wire.filtering import BookDay
from organizations.wire.query_strings import bad

DAY = {"type": "string", "format": "date"}


class ExplanationViewSet(KnownViewSet):
    """What a balance is made of."""

    resource = "accounts"

    @extend_schema(
        responses=ExplanationShape,
        parameters=[
            OpenApiParameter("as_of", DAY, description="The balance at the end of this day; now unless given."),
            OpenApiParameter("day", DAY, description="Whose entries to show; the last day with entries unless given."),
            KNOWN_AT,
        ],
    )
    def retrieve(self, request, organization_id, account_id):
        """Explain an account's balance: the months, days and entries that add up to it.

        `sum` is added up from `months` and `days` in the answer, `entries.net` from the entries of one day; `adds_up`
        says whether each is the figure that totals give. Every part names the query that leads to its entries.
        """
        asked = self.asked({"as_of": BookDay(), "day": BookDay()})
        as_of, day = asked.values.get("as_of"), asked.values.get("day")
        if as_of is not None and day is not None and day > as_of:
            raise bad({"day": "Lies after as_of."})
        account = account_then(self.organization.pk, self.read_id("account_id", "ACT"), asked.moment)
        then = asked.in_links(self.organization)
        answer = explanation(account, self.organization, as_of=as_of, day=day, moment=asked.moment, then=then)
        return Response(answer | asked.stamped(self.organization, {"as_of": as_of, "day": day}))
