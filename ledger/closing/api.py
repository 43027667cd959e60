"""Closing over HTTP: soft locks and their lifts, fiscal years, opening balances."""

import re

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response

from ledger.accounts.api import list_answer
from ledger.closing import shapes
from ledger.closing.answers import checklist_answer, year_answer
from ledger.closing.calendars import Calendar, calendar_of
from ledger.closing.checklists import YearFigures, checklist
from ledger.closing.closing import close_year
from ledger.closing.conditions import with_state
from ledger.closing.opening import Balance, record_opening_balances
from ledger.closing.reopening import reopen_year
from ledger.journal.api import TransactionViewSet
from ledger.journal.models import Transaction
from ledger.journal.shapes import TransactionShape
from ledger.locks.answers import LIFT_STATUSES, lift_answer, lock_dates_answer
from ledger.locks.areas import AREAS
from ledger.locks.barriers import lock_dates
from ledger.locks.lifting import end_lift, lift_lock
from ledger.locks.locking import move_locks
from ledger.locks.models import LiftUse, LockLift
from organizations.errors import NotFound
from organizations.requests.views import TenantViewSet
from organizations.wire import cursors
from organizations.wire.filtering import Choice, Instant, PublicId, Text
from organizations.wire.listing import limit_of
from organizations.wire.query_strings import once, read_parameters, refuse_others
from organizations.wire.unknown_fields import MOST, unknown_fields, with_warnings


class LockDateViewSet(TenantViewSet):
    """Soft locks of the areas."""

    resource = "lock-dates"

    def _answer(self) -> Response:
        return Response(lock_dates_answer(self.organization, lock_dates(self.organization)))

    @extend_schema(responses=shapes.LockDatesShape)
    def retrieve(self, request, organization_id):
        """Show how far each area is locked."""
        return self._answer()

    @extend_schema(request=shapes.LockDateChangesShape, responses=shapes.LockDatesShape)
    def update(self, request, organization_id):
        """Lock areas through a day, move a lock, or take it away with null. Areas left out stay as they are.

        Waits for postings in flight. From then on a transaction dated on or before the day is refused as
        `period_locked`, unless the lock is lifted for whoever posts it.
        """
        changes = self.read(shapes.LockDateChangesShape)
        move_locks(actor=self.actor, organization=self.organization, changes=dict(changes))
        return self._answer()


class LockLiftViewSet(TenantViewSet):
    """Lifts of soft locks."""

    resource = "lock-dates"
    list_fields = {
        "area": Choice(AREAS),
        "user_id": PublicId("USR", source="user_id", nullable=True),
        "api_key_id": PublicId("KEY", source="api_key_id", nullable=True),
        "status": Choice(LIFT_STATUSES, source="state"),
        "reason": Text(),
        "expires_at": Instant(),
        "created_at": Instant(),
    }
    sort_fields = ["created_at", "expires_at"]
    default_sort = "-created_at"

    def _lift(self) -> LockLift:
        number = self.read_id("lift_id", "LFT")
        found = LockLift.objects.of(self.organization).filter(pk=number).first()
        if found is None:
            raise NotFound()
        return found

    @extend_schema(responses=shapes.LiftShape(many=True))
    def list(self, request, organization_id):
        """List lifts, newest first."""
        rows = with_state(LockLift.objects.of(self.organization))
        return self.page(rows, lambda page: [lift_answer(lift) for lift in page])

    @extend_schema(request=shapes.NewLiftShape, responses={201: shapes.LiftShape})
    def create(self, request, organization_id):
        """Lift an area's lock for one user or one API key, until a moment and for a reason.

        While the lift is active, that user's or key's postings pass the soft lock of the area, never
        `books_closed_through`. What is posted into the locked period meanwhile is listed by its `changes`.
        """
        wish = self.read(shapes.NewLiftShape)
        lift = lift_lock(actor=self.actor, organization=self.organization, **wish)
        return Response(lift_answer(lift), status=201)

    @extend_schema(responses=shapes.LiftShape)
    def retrieve(self, request, organization_id, lift_id):
        """Show a lift."""
        return Response(lift_answer(self._lift()))

    @extend_schema(responses={204: None})
    def destroy(self, request, organization_id, lift_id):
        """End a lift early. It stays on record with what was posted under it."""
        end_lift(actor=self.actor, organization=self.organization, lift_id=self._lift().pk)
        return Response(status=204)


class LiftChangeViewSet(TransactionViewSet):
    """What was posted under a lift."""

    @extend_schema(responses=TransactionShape(many=True))
    def list(self, request, organization_id, lift_id):
        """List the transactions that a lift let pass into a locked period."""
        number = self.read_id("lift_id", "LFT")
        if not LockLift.objects.of(self.organization).filter(pk=number).exists():
            raise NotFound()
        uses = LiftUse.objects.of(self.organization).filter(lift_id=number)
        return self._list(Transaction.objects.of(self.organization).filter(pk__in=uses.values("transaction_id")))


YEAR = re.compile("[0-9]{4}")
NO_OFFSET, NO_INCLUDE = (OpenApiParameter(name, exclude=True) for name in ("offset", "include"))


class FiscalYearViewSet(TenantViewSet):
    """Fiscal years."""

    resource = "fiscal-years"

    def _year(self) -> int:
        text = self.kwargs["year"]
        if not YEAR.fullmatch(text):
            raise NotFound()
        return int(text)

    def _answer(self) -> Response:
        calendar = self._calendar()
        return Response(year_answer(calendar, calendar.year(self._year())))

    def _calendar(self) -> Calendar:
        return calendar_of(self.organization, including=self._year())

    @extend_schema(parameters=[NO_OFFSET, NO_INCLUDE], responses=shapes.FiscalYearShape(many=True))
    def list(self, request, organization_id):
        """List the fiscal years that have transactions, and the present one, latest first, with their months."""
        refuse_others(request.query_params, ("limit", "cursor"))
        limit, cursor = limit_of(request.query_params), once(request.query_params, "cursor")
        context = f"fiscal years of {self.organization.public_id}"
        (before,) = [None] if cursor is None else cursors.unseal(context, cursor, 1)
        calendar = calendar_of(self.organization)
        years = [year for year in reversed(calendar.years) if before is None or year.year < before]
        page = years[:limit]
        answer = list_answer([year_answer(calendar, year) for year in page])
        if len(years) > limit:
            answer |= {"has_more": True, "next_cursor": cursors.seal(context, [page[-1].year])}
        return Response(answer)

    @extend_schema(responses=shapes.FiscalYearShape)
    def retrieve(self, request, organization_id, year):
        """Show a fiscal year, named by the calendar year in which it ends."""
        read_parameters(request.query_params, {})
        return self._answer()

    @extend_schema(responses=shapes.ChecklistShape)
    def checklist(self, request, organization_id, year):
        """Show what has to be in order before the year is closed, and where to find what is not."""
        read_parameters(request.query_params, {})
        calendar = self._calendar()
        meant = calendar.year(self._year())
        items = checklist(YearFigures.of(self.organization, meant))
        return Response(checklist_answer(calendar, meant, items))

    @extend_schema(request=shapes.CloseYearShape, responses=shapes.FiscalYearShape)
    def close(self, request, organization_id, year):
        """Close a fiscal year: bring its revenue and expenses to zero against retained earnings, and shut the books.

        One transaction of type `closing` for each currency, dated the last day; `books_closed_through` moves to that
        day. A suspended account is brought to zero too. All of it happens at once or not at all. Items of the
        checklist that are not in order refuse it (`fiscal_year_not_ready`), but for those that `accept` names. With
        `dry_run=true` nothing is kept.
        """
        wish = self.read(shapes.CloseYearShape)
        close_year(actor=self.actor, organization=self.organization, year=self._year(), **wish)
        return self._answer()

    @extend_schema(request=shapes.ReopenYearShape, responses=shapes.FiscalYearShape)
    def reopen(self, request, organization_id, year):
        """Reopen the fiscal year that was closed last: reverse what closed it, on its last day, and open the books."""
        reason = self.read(shapes.ReopenYearShape)["reason"]
        reopen_year(actor=self.actor, organization=self.organization, year=self._year(), reason=reason)
        return self._answer()


class OpeningBalanceViewSet(TenantViewSet):
    """Opening balances."""

    resource = "opening-balances"

    @extend_schema(request=shapes.NewOpeningShape, responses={201: shapes.OpeningShape})
    def create(self, request, organization_id):
        """Record opening balances as one transaction of type `opening`, and prove them by a trial balance.

        Debits must equal credits in base currency, unless `difference_account_id` names where the difference goes.
        With `expected_trial_balance` every account must have exactly that balance afterwards; otherwise
        `trial_balance_differs` lists those that do not, and nothing is recorded.
        """
        wish = dict(self.read(shapes.NewOpeningShape))
        expected = wish.pop("expected_trial_balance", None)
        plan = record_opening_balances(
            actor=self.actor,
            organization=self.organization,
            lines=[Balance(**line) for line in wish.pop("lines")],
            expected=None if expected is None else [Balance(**line) for line in expected],
            **wish,
        )
        answer = {
            "object": "opening_balances",
            "organization_id": self.organization.public_id,
            "as_of": wish["as_of"],
            "tied_out": expected is not None,
            "transaction": plan.answer,
        }
        return Response(with_warnings(answer, _unread(request.data)), status=201)


def _unread(body: dict) -> list[dict[str, str]]:
    """Warnings of what nobody reads of opening balances."""
    found = unknown_fields(body, shapes.NewOpeningShape().fields)
    for name, shape in (("lines", shapes.OpeningLineShape), ("expected_trial_balance", shapes.BalanceLineShape)):
        known = shape().fields
        for place, line in enumerate(body.get(name) or ()):
            if not line.keys() <= known.keys() and len(found) < MOST:
                found += unknown_fields(line, known, path=f"{name}[{place}].")
    return found
