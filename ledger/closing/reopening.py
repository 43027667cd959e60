"""Reopening the fiscal year that was closed last."""

from django.contrib.postgres.functions import TransactionNow
from django.db import transaction

from ledger.closing.answers import closing_answer
from ledger.closing.calendars import calendar_of
from ledger.closing.closing import lock_books, open_books, shut_books
from ledger.closing.models import YearClosing
from ledger.closing.years import ONE_DAY, FiscalYear
from ledger.errors import FiscalYearNotClosed, FiscalYearOrder
from ledger.journal.reversing import reverse_transaction
from organizations.actors import Actor
from organizations.events.recording import event, record
from organizations.tenants.models import Organization

REOPENED = event("fiscal_year.reopened")


@transaction.atomic
def reopen_year(*, actor: Actor, organization: Organization, year: int, reason: str) -> YearClosing:
    """Undo the closing of a year: reverse what closed it, on the same last day, and open the books again.

    ``books_closed_through`` goes back to where it was before the closing; if that was
    already past the year's end, to the day before the year. Only the year that was closed last.

    Raises NotFound, FiscalYearNotClosed, FiscalYearOrder, AccountInactive.
    """
    lock_books(organization)
    calendar = calendar_of(organization, including=year)
    closing = calendar.closings.get(year)
    if closing is None:
        raise FiscalYearNotClosed()
    if any(each.ends_on > closing.ends_on for each in calendar.closings.values()):
        raise FiscalYearOrder()
    meant = FiscalYear(closing.year, closing.starts_on, closing.ends_on)
    numbers = calendar.postings[closing.pk]
    answer = closing_answer(closing, numbers)
    rows = YearClosing.objects.of(organization).filter(pk=closing.pk)
    rows.update(reopened_at=TransactionNow(), reopen_reason=reason)
    before = organization.books_closed_through
    open_books(organization, meant)
    for number in reversed(numbers):
        reverse_transaction(
            actor=actor,
            organization=organization,
            transaction_id=number,
            reason=reason,
            reversal_date=meant.ends_on,
            description=f"Reopening of fiscal year {year}",
            settling=True,
        )
    organization.books_closed_through = before
    goes_back = closing.closed_before is None or closing.closed_before < meant.ends_on
    shut_books(actor, organization, closing.closed_before if goes_back else meant.starts_on - ONE_DAY)
    reopened = rows.get()
    record(
        REOPENED,
        actor=actor,
        organization_id=organization.pk,
        entity_id=closing.public_id,
        before=answer,
        after=closing_answer(reopened, numbers),
    )
    return reopened
