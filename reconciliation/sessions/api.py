"""Reconciliations over HTTP: start, mark, complete; reopen and cancel."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from organizations.errors import Invalid, NotFound
from organizations.requests import preconditions
from organizations.requests.views import TenantViewSet
from organizations.wire.filtering import Amount, Choice, Day, Instant, Metadata, PublicId
from organizations.wire.unknown_fields import unknown_fields, with_warnings
from reconciliation.sessions import shapes
from reconciliation.sessions.adjusting import NewAdjustment
from reconciliation.sessions.answers import reconciliation_answer, reconciliation_answers, sessions_of
from reconciliation.sessions.completing import (
    cancel_reconciliation,
    complete_reconciliation,
    reopen_reconciliation,
)
from reconciliation.sessions.holding import hold_account
from reconciliation.sessions.marking import Wishes, reconcile_entries, unreconcile_entries
from reconciliation.sessions.models import OPENINGS, STATUSES, Reconciliation
from reconciliation.sessions.standings import transaction_standings
from reconciliation.sessions.starting import change_reconciliation, start_reconciliation


class ReconciliationViewSet(TenantViewSet):
    """Reconciliations."""

    resource = "reconciliations"
    list_fields = {
        "account_id": PublicId("ACT"),
        "status": Choice(STATUSES),
        "opening_from": Choice(OPENINGS),
        "closing_balance": Amount(),
        "period_end": Day(source="end_date", description="Only with this `end_date`."),
        "completed_at": Instant(nullable=True),
        "created_at": Instant(),
        "metadata": Metadata(),
    }
    sort_fields = {"period_end": "end_date", "created_at": "created_at"}
    default_sort = "-period_end"
    date_field = "period_end"

    def _session(self) -> Reconciliation:
        number = self.read_id("reconciliation_id", "REC")
        found = sessions_of(self.organization).filter(pk=number).first()
        if found is None:
            raise NotFound()
        return found

    def hold(self) -> None:
        """Whoever changes a session holds the account's sessions before any row."""
        hold_account(self.organization.pk, self._session().account_id)
        preconditions.lock_row(self)

    @extend_schema(responses=shapes.ReconciliationShape(many=True))
    def list(self, request, organization_id):
        """List reconciliations, the latest period first. `start_date` and `end_date` narrow by the last day."""
        return self.page(sessions_of(self.organization), reconciliation_answers)

    @extend_schema(request=shapes.NewReconciliationShape, responses={201: shapes.ReconciliationShape})
    def create(self, request, organization_id):
        """Start to reconcile an account with the bank's statement of a period.

        All balances and amounts are signed as the statement's lines are: money in is positive, in every account; what
        a credit card owes is below zero. An account has one reconciliation in progress at a time
        (`reconciliation_exists`), and each begins after the last completed one (`reconciliation_order`) with its
        closing balance. The first one begins with `opening_balance`, or with what the books had at the end of the day
        before: these entries then belong to the opening balance and are not marked.

        With `auto_match` the entries of accepted matches whose lines are dated in the period are marked at once.
        """
        fields = self.read(shapes.NewReconciliationShape)
        session = start_reconciliation(actor=self.actor, organization=self.organization, **fields)
        return self._answer(reconciliation_answer(session), shapes.NewReconciliationShape, status=201)

    @extend_schema(responses=shapes.ReconciliationShape)
    def retrieve(self, request, organization_id, reconciliation_id):
        """Show a reconciliation, with its difference and what the books have."""
        return Response(reconciliation_answer(self._session()))

    @extend_schema(request=shapes.ReconciliationChangesShape, responses=shapes.ReconciliationShape)
    def update(self, request, organization_id, reconciliation_id):
        """Correct the closing balance or the last day while it is in progress; the metadata at any time."""
        changes = dict(self.read(shapes.ReconciliationChangesShape))
        session = change_reconciliation(actor=self.actor, session=self._session(), changes=changes)
        return self._answer(reconciliation_answer(session), shapes.ReconciliationChangesShape)

    @extend_schema(request=shapes.ReconciliationMarksShape, responses=shapes.MarkedReconciliationShape)
    def reconcile(self, request, organization_id, reconciliation_id):
        """Mark what the statement shows: transactions, or single entries; and post what the books lack.

        A transaction stands for all its entries on the account that are not marked yet. What is marked here already
        stays as it is, so the same call twice does no harm. `adjustments` are posted at once, dated the last day
        unless told otherwise, and marked; `matched_transactions` are transactions like those of `transaction_ids`.
        """
        wishes = self._wishes()
        session = reconcile_entries(actor=self.actor, session=self._session(), wishes=wishes)
        return self._marked(session, wishes, shapes.ReconciliationMarksShape)

    @extend_schema(request=shapes.ReconciliationNamesShape, responses=shapes.MarkedReconciliationShape)
    def unreconcile(self, request, organization_id, reconciliation_id):
        """Take marks back, by transactions or single entries. What it has not marked stays as it is."""
        wishes = self._wishes(shapes.ReconciliationNamesShape)
        session = unreconcile_entries(
            actor=self.actor,
            session=self._session(),
            transaction_ids=wishes.transaction_ids,
            entry_ids=wishes.entry_ids,
        )
        return self._marked(session, wishes, shapes.ReconciliationNamesShape)

    @extend_schema(request=shapes.ReconciliationMarksShape, responses=shapes.ReconciliationShape)
    def complete(self, request, organization_id, reconciliation_id):
        """Complete a reconciliation, which has to be at a difference of zero.

        What the body names is marked before, and its `adjustments` are posted, as by `reconcile`: all of it happens or
        nothing does. A difference is refused (`reconciliation_difference`). From then on the marks stay.
        """
        session = complete_reconciliation(
            actor=self.actor, session=self._session(), wishes=self._wishes(anything=False)
        )
        return self._answer(reconciliation_answer(session), shapes.ReconciliationMarksShape)

    @extend_schema(request=shapes.ReopenReconciliationShape, responses=shapes.ReopenedReconciliationShape)
    def reopen(self, request, organization_id, reconciliation_id):
        """Open the account's last completed reconciliation again; its marks stay.

        Later ones build on its closing balance: the refusal (`reconciliation_not_latest`) names them in
        `details.later`. With `cascade` they are cancelled, the latest first, and the answer names them; their marks go,
        what they posted stays posted.
        """
        cascade = self.read(shapes.ReopenReconciliationShape)["cascade"]
        session, cancelled = reopen_reconciliation(actor=self.actor, session=self._session(), cascade=cascade)
        answer = {"cancelled_reconciliation_ids": [each.public_id for each in cancelled]}
        return self._answer(reconciliation_answer(session) | answer, shapes.ReopenReconciliationShape)

    @extend_schema(request=None, responses=shapes.ReconciliationShape)
    def cancel(self, request, organization_id, reconciliation_id):
        """Give up a reconciliation that is in progress: its marks go, what it posted stays posted."""
        session = cancel_reconciliation(actor=self.actor, session=self._session())
        return Response(reconciliation_answer(session))

    def _wishes(self, shape=shapes.ReconciliationMarksShape, *, anything: bool = True) -> Wishes:
        """What the body names. Raises Invalid where something has to be named and nothing is."""
        fields = self.read(shape)
        number = fields.pop("reconciliation_id", None)
        if number not in (None, self.read_id("reconciliation_id", "REC")):
            raise Invalid(fields={"reconciliation_id": "Another reconciliation than that of the address."})
        if anything and not fields:
            raise Invalid(f"Nothing is named: give some of {', '.join(NAMING[shape])}")
        matched = [each["transaction_id"] for each in fields.get("matched_transactions", ())]
        return Wishes(
            transaction_ids=list(dict.fromkeys([*fields.get("transaction_ids", ()), *matched])),
            entry_ids=list(dict.fromkeys(fields.get("entry_ids", ()))),
            adjustments=[NewAdjustment(**each) for each in fields.get("adjustments", ())],
            auto_match=fields.get("auto_match", False),
        )

    def _marked(self, session: Reconciliation, wishes: Wishes, shape) -> Response:
        named = transaction_standings(session, wishes.transaction_ids, wishes.entry_ids)
        return self._answer(reconciliation_answer(session) | {"transactions": named}, shape)

    def _answer(self, answer: dict, shape, *, status: int = 200) -> Response:
        """The answer, with a warning for each field of the request that nobody reads."""
        unknown = unknown_fields(self.request.data, shape().fields, shown=() if status == 201 else answer)
        return Response(with_warnings(answer, unknown), status=status)


NAMING = {
    shapes.ReconciliationMarksShape: (
        "transaction_ids",
        "entry_ids",
        "matched_transactions",
        "adjustments",
        "auto_match",
    ),
    shapes.ReconciliationNamesShape: ("transaction_ids", "entry_ids", "matched_transactions"),
}
