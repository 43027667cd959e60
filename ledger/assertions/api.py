"""Balance assertions over HTTP."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from ledger.assertions import shapes
from ledger.assertions.answers import STATUSES, assertion_answer, assertions_of, where_status
from ledger.assertions.asserting import assert_balance, change_assertion, withdraw_assertion
from ledger.assertions.models import BalanceAssertion
from organizations.errors import NotFound
from organizations.requests.views import TenantViewSet
from organizations.wire.filtering import Amount, Choice, Day, Flag, Instant, Metadata, PublicId
from organizations.wire.unknown_fields import unknown_fields, with_warnings


class AssertionViewSet(TenantViewSet):
    """What balances must be."""

    resource = "balance-assertions"
    list_fields = {
        "account_id": PublicId("ACT"),
        "date": Day(),
        "expected": Amount(),
        "blocking": Flag(),
        "status": Choice(STATUSES, where=where_status),
        "created_at": Instant(),
        "metadata": Metadata(),
    }
    sort_fields = ["date", "created_at"]
    default_sort = "-date"
    date_field = "date"

    def _assertion(self) -> BalanceAssertion:
        number = self.read_id("assertion_id", "AST")
        found = assertions_of(self.organization).filter(pk=number).first()
        if found is None:
            raise NotFound()
        return found

    @extend_schema(responses=shapes.AssertionShape(many=True))
    def list(self, request, organization_id):
        """List balance assertions, the latest day first, each with whether it holds."""
        return self.page(assertions_of(self.organization), lambda rows: [assertion_answer(row) for row in rows])

    @extend_schema(request=shapes.NewAssertionShape, responses={201: shapes.AssertionShape})
    def create(self, request, organization_id):
        """Assert what an account's balance is at the end of a day.

        A posting dated on or before the day that breaks it records the event `balance_assertion.broken`, which names
        the assertion and the transaction. A `blocking` assertion refuses such a posting: 422
        `balance_assertion_broken`. It must be true when it begins to block.
        """
        fields = self.read(shapes.NewAssertionShape)
        assertion = assert_balance(actor=self.actor, organization=self.organization, **fields)
        unknown = unknown_fields(request.data, shapes.NewAssertionShape().fields)
        return Response(with_warnings(assertion_answer(assertion), unknown), status=201)

    @extend_schema(responses=shapes.AssertionShape)
    def retrieve(self, request, organization_id, assertion_id):
        """Show a balance assertion, with the balance as it is."""
        return Response(assertion_answer(self._assertion()))

    @extend_schema(request=shapes.AssertionChangesShape, responses=shapes.AssertionShape)
    def update(self, request, organization_id, assertion_id):
        """Change what is expected, or whether it blocks. Account and date are fixed for life."""
        changes = dict(self.read(shapes.AssertionChangesShape))
        assertion = change_assertion(actor=self.actor, assertion=self._assertion(), changes=changes)
        answer, known = assertion_answer(assertion), shapes.AssertionChangesShape().fields
        return Response(with_warnings(answer, unknown_fields(request.data, known, shown=answer | {"warnings": ()})))

    @extend_schema(responses={204: None})
    def destroy(self, request, organization_id, assertion_id):
        """Withdraw a balance assertion. The trail keeps it."""
        withdraw_assertion(actor=self.actor, assertion=self._assertion())
        return Response(status=204)
