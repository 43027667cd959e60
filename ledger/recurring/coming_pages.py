"""What comes of schedules, in the back office, day by day."""

from itertools import islice

from django.http import HttpResponse

from ledger.recurring.answers import occurrences
from ledger.recurring.models import Recurring
from organizations.backoffice import showing
from organizations.backoffice.menus import OwnPage, Place
from organizations.backoffice.pages import Page, Table, show
from organizations.backoffice.records import organization_of
from organizations.backoffice.site import site

#: So many occurrences of each schedule, and so many schedules.
OF_EACH, MOST_SCHEDULES = 12, 200
UNITS = {"daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter", "annually": "year"}


def rhythm_in_words(row: Recurring) -> str:
    """``every month``, ``every 2 weeks``, ``semimonthly``."""
    unit = UNITS.get(row.frequency)
    if unit is None:
        return row.frequency if row.interval == 1 else f"{row.frequency}, every {row.interval}"
    return f"every {unit}" if row.interval == 1 else f"every {row.interval} {unit}s"


def coming_table(title: str, rows: list[Recurring], of_each: int) -> Table:
    """What comes of some schedules, by day."""
    found = [(one["due_date"], row, one) for row in rows for one in islice(occurrences(row, of_each), of_each)]
    found.sort(key=lambda each: (each[0], each[1].pk))
    cells = [
        [
            f"{day:%a} {day}",
            showing.link_to(Recurring, row.pk, row.name or str(row)),
            f"{one['number']}",
            one["period"],
            one["request"].get("description", ""),
        ]
        for day, row, one in found
    ]
    headers = ["Due", "Schedule", "No.", "Period", "Description"]
    return Table(title, headers, cells, right=frozenset({2}), empty="Nothing comes any more.")


def coming_page(request) -> HttpResponse:
    """What comes of all schedules, day by day."""
    rows = Recurring.objects.of(organization_of(request)).filter(status="active").order_by("next_execution", "pk")
    page = Page(title="Coming occurrences", tables=[coming_table("", list(rows[:MOST_SCHEDULES]), OF_EACH)])
    return show(site, request, page)


site.pages.append(OwnPage("coming", Place("Books", 37, "Coming", "calendar_month"), "recurring", coming_page))
