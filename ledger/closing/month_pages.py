"""Closing the books through a month, in the back office: its checklist, and what may stand as it is."""

import datetime

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html

from ledger.closing.calendars import Calendar
from ledger.closing.checklists import Item, YearFigures, month_checklist
from ledger.closing.closing import lock_books
from ledger.closing.years import ONE_DAY, FiscalYear, Period
from organizations.backoffice import showing
from organizations.backoffice.forms import VerbForm
from organizations.backoffice.pages import Page, Table, form_page, show
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.clock import FIRST_DAY
from organizations.directory.updating import update_organization


class CloseMonthForm(VerbForm):
    """What may stand as it is, each to be ticked."""

    def prepare(self):
        for item in self.obj:
            if not item.ok:
                label = f"{item.message} Close all the same."
                self.fields[f"accept_{item.name}"] = forms.BooleanField(label=label)


def may_close_months(request: HttpRequest) -> bool:
    """Whether the user sets how far the books are closed: it stands in the organization's record."""
    return request.office.may("write", "organizations")


def checklist_table(items: list[Item]) -> Table:
    """A checklist, whose counts lead to what they count."""
    return Table(
        title="Checklist",
        headers=["", "Item", "Count", "What it says"],
        right=frozenset({2}),
        rows=[
            [
                showing.badge("ok" if item.ok else "may stand" if item.acceptable else "missing"),
                item.name.replace("_", " "),
                showing.link(item.page, item.count) if item.count and item.page else item.count or "",
                showing.link(item.page, item.message) if item.count and item.page else item.message,
            ]
            for item in items
        ],
    )


class MonthDesk(TenantDesk):
    """The part of the closing desk that closes months."""

    def close_link(self, request, calendar: Calendar, year: FiscalYear, period: Period):
        """The way to closing the books through a period; '' where they are, or for who may not."""
        if calendar.status(period.ends_on) == "locked" or not may_close_months(request):
            return ""
        url = f"{self.address('close_through', year.year)}?period={period.number}"
        return showing.link(url, "Close through this month")

    def close_through(self, request, object_id) -> HttpResponse:
        """Close the books through a month: nothing is posted on or before its last day any more."""
        if not may_close_months(request):
            raise PermissionDenied("Your role does not allow this.")
        actor, organization = request.office.actor, organization_of(request)
        calendar, year = self._year(request, object_id)
        period = next((each for each in year.periods if str(each.number) == request.GET.get("period")), None)
        if period is None:
            raise Http404()
        end, back = period.ends_on, self.address("year", year.year)
        if calendar.status(end) == "locked":
            return HttpResponseRedirect(back)
        closed = organization.books_closed_through
        span = FiscalYear(year.year, FIRST_DAY if closed is None else closed + ONE_DAY, end)
        items = month_checklist(YearFigures.through(organization, span))
        page = Page(
            title=f"Close through {end}",
            crumbs=[*self.crumbs(), (f"Fiscal year {year.year}", back)],
            intro=_intro(closed, end),
            facts=[("Books closed through", str(closed or "not closed"))],
            tables=[checklist_table(items)],
            submit=f"Close through {end}",
            back=back,
        )
        blocking = [item for item in items if not item.ok and not item.acceptable]
        if blocking:
            page.intro = format_html("It cannot be closed yet: {}", blocking[0].message)
            return show(self.admin_site, request, page)

        def act(fields: dict) -> str:
            lock_books(organization)
            through = organization.books_closed_through
            if through is None or through < end:  # somebody may have closed a later month meanwhile
                update_organization(actor=actor, organization=organization, changes={"books_closed_through": end})
            return back

        done = f"The books are closed through {end}."
        return form_page(self.admin_site, request, page, CloseMonthForm, act, obj=items, done=done)


def _intro(closed: datetime.date | None, end: datetime.date) -> str:
    since = "" if closed is None else f" after {closed}"
    return (
        f"Nothing is posted on or before {end} any more. The checklist is of everything dated through that day{since}."
        " How far the books are closed can be taken back in the organization's record."
    )
