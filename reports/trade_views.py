"""Reports on trade over HTTP: what customers owe and what is owed to vendors."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from ledger.balances.receipts import KNOWN_AT, KnownShape, KnownViewSet
from organizations import clock, ids
from organizations.wire.filtering import BookDay
from organizations.wire.filtering import PublicId as PublicIdField
from organizations.wire.shapes import Number, PublicId
from reports.aged import aged_report, aged_sheet
from reports.serving import AS_OF, FORMAT, FORMAT_CHOICE, FileViewSet, answers

CONTACT = OpenApiParameter("contact_id", {"type": "string"}, description="This contact alone.")

BucketsShape = type(
    "BucketsShape",
    (serializers.Serializer,),
    {"__doc__": "By how many days it has been due.", "current": Number(help_text="Not due yet."), "1_30": Number(),
     "31_60": Number(), "61_90": Number(), "over_90": Number()},
)  # fmt: skip
TotalBucketsShape = type("TotalBucketsShape", (BucketsShape,), {"__doc__": "Of all contacts.", "total": Number()})


class AgedContactShape(serializers.Serializer):
    contact_id = PublicId("CON")
    name = serializers.CharField()
    buckets = BucketsShape()
    total = Number()
    statement_query = serializers.CharField(help_text="The documents and payments that lead to it.")


class AgedShape(KnownShape):
    """Who owes what, and for how long it has been due, in base currency."""

    object = serializers.CharField()
    title = serializers.CharField()
    organization_id = PublicId("ORG")
    as_of = serializers.DateField()
    currency = serializers.CharField()
    contacts = AgedContactShape(many=True)
    totals = TotalBucketsShape()
    control_account_balance = Number(allow_null=True, help_text="Null for one contact.")
    difference = Number(
        allow_null=True, help_text="What stands on the control accounts beside all documents and payments."
    )


class AgedViewSet(KnownViewSet, FileViewSet):
    """Aged receivables or payables."""

    @extend_schema(responses=answers(AgedShape), parameters=[AS_OF, CONTACT, FORMAT, KNOWN_AT])
    def receivables(self, request, organization_id):
        """Show what customers owe at the end of a day, by how long it has been due.

        It ties to the control accounts (role `receivable`); `difference` is what was posted there by hand. A receipt
        gives the figures again: contacts have the names that they have now, and `statement_query` leads to what they
        owe by the books of now.
        """
        return self._answer("aged_receivables")

    @extend_schema(responses=answers(AgedShape), parameters=[AS_OF, CONTACT, FORMAT, KNOWN_AT])
    def payables(self, request, organization_id):
        """Show what is owed to vendors at the end of a day, by how long it has been due.

        A receipt gives the figures again: contacts have the names that they have now, and `statement_query` leads to
        what they are owed by the books of now.
        """
        return self._answer("aged_payables")

    def _answer(self, name: str):
        self.report = name.replace("_", "-")
        declared = {"as_of": BookDay(), "contact_id": PublicIdField("CON"), "format": FORMAT_CHOICE}
        asked = self.asked(declared)
        zone = self.organization.time_zone
        today = clock.today(zone) if asked.moment is None else clock.day_of(asked.moment.known_at, zone)
        day, contact = asked.values.get("as_of") or today, asked.values.get("contact_id")
        answer = aged_report(self.organization, name, as_of=day, contact_id=contact, moment=asked.moment)
        if self.wants_json:
            kept = {"as_of": day, "contact_id": None if contact is None else ids.encode("CON", contact)}
            return Response(answer | asked.stamped(self.organization, kept))
        return self.file(aged_sheet(answer, self.organization.name), day)
