"""What reconciling adds to the checklist of closing a year."""

from ledger.closing.checklists import Item, YearFigures, check_monthly, page_of
from reconciliation.sessions.models import Reconciliation
from reconciliation.sessions.standings import UNBOOKED
from reconciliation.statements.models import StatementLine


@check_monthly
def reconciliations_completed(figures: YearFigures) -> Item:
    """Sessions of the year that are still open."""
    rows = Reconciliation.objects.of(figures.organization).filter(
        status="in_progress", start_date__lte=figures.year.ends_on
    )
    count, words = rows.count(), f"Reconciliations of the {figures.noun} are in progress."
    return Item(
        "reconciliations_completed",
        not count,
        count,
        words if count else f"No reconciliation of the {figures.noun} is in progress.",
        f"{figures.path}/reconciliations?status=in_progress",
        acceptable=True,
        page=page_of(Reconciliation, status="in_progress"),
    )


@check_monthly
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
        page=page_of(StatementLine, status="open", date_from=start, date_to=end),
    )
