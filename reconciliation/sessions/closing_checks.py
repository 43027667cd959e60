"""What reconciling adds to the checklist of closing a year."""

from ledger.closing.checklists import Item, YearFigures, check
from reconciliation.sessions.models import Reconciliation
from reconciliation.sessions.standings import UNBOOKED
from reconciliation.statements.models import StatementLine


@check
def reconciliations_completed(figures: YearFigures) -> Item:
    """Sessions of the year that are still open."""
    rows = Reconciliation.objects.of(figures.organization).filter(
        status="in_progress", start_date__lte=figures.year.ends_on
    )
    count = rows.count()
    return Item(
        "reconciliations_completed",
        not count,
        count,
        "Reconciliations of the year are in progress." if count else "No reconciliation of the year is in progress.",
        f"{figures.path}/reconciliations?status=in_progress",
        acceptable=True,
    )


@check
def statement_lines_booked(figures: YearFigures) -> Item:
    """What banks wrote of the year and nobody has matched, booked or ignored."""
    start, end = figures.year.starts_on, figures.year.ends_on
    rows = StatementLine.objects.of(figures.organization).filter(status__in=UNBOOKED, date__range=(start, end))
    count = rows.count()
    return Item(
        "statement_lines_booked",
        not count,
        count,
        "Lines of bank statements are in no match." if count else "Every line of a bank statement is accounted for.",
        f"{figures.path}/statement-lines?filters[status][in]={','.join(UNBOOKED)}&start_date={start}&end_date={end}",
        acceptable=True,
    )
