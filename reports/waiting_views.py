"""What is not done yet, over HTTP."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from organizations import clock
from organizations.wire.filtering import BookDay
from organizations.wire.query_strings import read_parameters
from organizations.wire.shapes import Number, PublicId
from reports.serving import AS_OF, FORMAT, FORMAT_CHOICE, FileViewSet, answers
from reports.waiting import WAITING, unposted, unposted_sheet, unreconciled, unreconciled_sheet


class UnpostedTransactionShape(serializers.Serializer):
    transaction_id = PublicId("TXN")
    transaction_date = serializers.DateField()
    status = serializers.ChoiceField(WAITING)
    description = serializers.CharField()
    reference = serializers.CharField()
    currency = serializers.CharField()
    amount = Number()
    error_code = serializers.CharField(allow_null=True)
    error_message = serializers.CharField(allow_null=True)


class UnpostedCountsShape(serializers.Serializer):
    pending = serializers.IntegerField()
    failed = serializers.IntegerField()


class UnpostedShape(serializers.Serializer):
    """Transactions that are not posted: the first 1,000, and how many there are."""

    object = serializers.CharField()
    title = serializers.CharField()
    organization_id = PublicId("ORG")
    as_of = serializers.DateField()
    counts = UnpostedCountsShape()
    transactions = UnpostedTransactionShape(many=True)


class UnbookedLineShape(serializers.Serializer):
    line_id = PublicId("LIN")
    date = serializers.DateField()
    description = serializers.CharField()
    amount = Number(help_text="Money in is positive.")
    status = serializers.CharField()


class UnfoundEntryShape(serializers.Serializer):
    entry_id = PublicId("LED")
    transaction_id = PublicId("TXN")
    date = serializers.DateField()
    description = serializers.CharField()
    amount = Number()


class UnreconciledAccountShape(serializers.Serializer):
    account_id = PublicId("ACT")
    code = serializers.CharField()
    name = serializers.CharField()
    currency = serializers.CharField()
    line_count = serializers.IntegerField()
    line_total = Number()
    lines = UnbookedLineShape(many=True)
    entry_count = serializers.IntegerField()
    entry_total = Number()
    entries = UnfoundEntryShape(many=True)


class UnreconciledShape(serializers.Serializer):
    """What bank and books have not agreed on, by account: the first 1,000 of each list, and how many there are."""

    object = serializers.CharField()
    title = serializers.CharField()
    organization_id = PublicId("ORG")
    as_of = serializers.DateField()
    line_count = serializers.IntegerField()
    entry_count = serializers.IntegerField()
    accounts = UnreconciledAccountShape(many=True)


class WaitingViewSet(FileViewSet):
    """What is not done yet."""

    def reads_one_snapshot(self, request) -> bool:
        return True

    @extend_schema(responses=answers(UnpostedShape), parameters=[AS_OF, FORMAT])
    def unposted(self, request, organization_id):
        """List transactions that are not posted: drafts and failed ones, the oldest first."""
        return self._answer("unposted", unposted, unposted_sheet)

    @extend_schema(responses=answers(UnreconciledShape), parameters=[AS_OF, FORMAT])
    def unreconciled(self, request, organization_id):
        """List what bank and books have not agreed on: lines nobody booked, entries nobody found at the bank.

        Of accounts of which there are bank statements or reconciliations.
        """
        return self._answer("unreconciled", unreconciled, unreconciled_sheet)

    def _answer(self, name: str, make, sheet):
        self.report = name
        asked = read_parameters(self.request.query_params, {"as_of": BookDay(), "format": FORMAT_CHOICE})
        day = asked.get("as_of") or clock.today(self.organization.time_zone)
        answer = make(self.organization, as_of=day)
        if self.wants_json:
            return Response(answer)
        return self.file(sheet(answer, self.organization.name), day)
