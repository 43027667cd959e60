"""Transfers over HTTP."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from ledger.transfers import shapes
from ledger.transfers.answers import transfer_answer
from ledger.transfers.models import Transfer
from ledger.transfers.transferring import NewTransfer, make_transfer, reverse_transfer
from organizations.errors import NotFound
from organizations.requests.views import TenantViewSet
from organizations.wire.filtering import Amount, Currency, Day, Instant, Metadata, PublicId, Text
from organizations.wire.unknown_fields import unknown_fields, with_warnings

NAMES = {"currency_id": "currency", "transferred_at": "date"}


class TransferViewSet(TenantViewSet):
    """Money moved between one's own accounts."""

    resource = "transfers"
    list_fields = {
        "from_account_id": PublicId("ACT"),
        "to_account_id": PublicId("ACT"),
        "transferred_at": Day(),
        "amount": Amount(),
        "currency_id": Currency(source="currency_id"),
        "reference": Text(),
        "created_at": Instant(),
        "metadata": Metadata(),
    }
    sort_fields = ["transferred_at", "amount", "created_at"]
    default_sort = "-transferred_at"
    date_field = "transferred_at"

    @property
    def _rows(self):
        return Transfer.objects.of(self.organization).select_related("from_account", "to_account")

    @extend_schema(responses=shapes.TransferShape(many=True))
    def list(self, request, organization_id):
        """List transfers, the latest first."""
        return self.page(self._rows, lambda rows: [transfer_answer(row) for row in rows])

    @extend_schema(request=shapes.NewTransferShape, responses={201: shapes.TransferShape})
    def create(self, request, organization_id):
        """Move money between two accounts of one's own, also from one currency into another. Posted at once."""
        fields = self.read(shapes.NewTransferShape)
        new = NewTransfer(**{NAMES.get(name, name): value for name, value in fields.items()})
        row = make_transfer(actor=self.actor, organization=self.organization, new=new)
        unknown = unknown_fields(request.data, shapes.NewTransferShape().fields)
        return Response(with_warnings(transfer_answer(row), unknown), status=201)

    @extend_schema(responses=shapes.TransferShape)
    def retrieve(self, request, organization_id, transfer_id):
        """Show a transfer."""
        row = self._rows.filter(pk=self.read_id("transfer_id", "TRF")).first()
        if row is None:
            raise NotFound()
        return Response(transfer_answer(row))

    @extend_schema(request=shapes.TransferReversalShape, responses=shapes.TransferShape)
    def reverse(self, request, organization_id, transfer_id):
        """Undo a transfer that never was."""
        fields = self.read(shapes.TransferReversalShape)
        number = self.read_id("transfer_id", "TRF")
        row = reverse_transfer(actor=self.actor, organization=self.organization, transfer_id=number, **fields)
        return Response(transfer_answer(row))
