"""Closing in the back office: fiscal years with their checklists, closing and reopening them, the lock dates."""

from django import forms
from django.contrib.admin import register
from django.contrib.admin.widgets import AutocompleteSelect
from django.http import Http404, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join

from ledger.accounts.models import Account
from ledger.closing.answers import year_answer
from ledger.closing.calendars import Calendar, calendar_of
from ledger.closing.checklists import YearFigures, checklist
from ledger.closing.closing import close_year
from ledger.closing.models import YearClosing
from ledger.closing.month_pages import MonthDesk, checklist_table
from ledger.closing.reopening import reopen_year
from ledger.closing.years import FiscalYear
from ledger.journal.models import Entry, Transaction
from ledger.locks.areas import AREAS
from ledger.locks.barriers import lock_dates
from ledger.locks.locking import move_locks
from organizations import ids
from organizations.backoffice import showing
from organizations.backoffice.forms import VerbForm
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Button, Page, Table, form_page, show
from organizations.backoffice.records import organization_of
from organizations.backoffice.site import site

AREA_HELP = {
    "journal": "Journal, depreciation, opening and closing.",
    "sales": "Transactions of type income.",
    "purchases": "Transactions of type expense.",
    "bank": "Transfers.",
}


class LockDatesForm(VerbForm):
    """How far each area is locked; empty for not at all."""

    journal = forms.DateField(required=False, help_text=AREA_HELP["journal"])
    sales = forms.DateField(required=False, help_text=AREA_HELP["sales"])
    purchases = forms.DateField(required=False, help_text=AREA_HELP["purchases"])
    bank = forms.DateField(required=False, help_text=AREA_HELP["bank"])


class CloseForm(VerbForm):
    """Where the result goes, and what may stand as it is."""

    retained_earnings_account_id = forms.ModelChoiceField(
        queryset=None,
        required=False,
        label="Retained earnings",
        help_text="An equity account in base currency. Empty: the account with the role retained_earnings.",
    )

    def prepare(self):
        field = self.fields["retained_earnings_account_id"]
        field.queryset = Account.objects.of(self.office.organization)
        widget = AutocompleteSelect(Entry._meta.get_field("account"), site)
        widget.choices = field.choices
        field.widget = widget
        for item in self.obj:
            if item.acceptable and not item.ok:
                self.fields[f"accept_{item.name}"] = forms.BooleanField(
                    required=False, label=f"{item.message} Close all the same."
                )

    def accepted(self) -> list[str]:
        """The names of the items that may stand."""
        return [name.removeprefix("accept_") for name, value in self.cleaned_data.items() if value is True]


class ReopenForm(VerbForm):
    """Why the year is opened again."""

    reason = forms.CharField(max_length=2000, widget=forms.Textarea)


@register(YearClosing, site=site)
class YearClosingDesk(MonthDesk):
    """Fiscal years and lock dates."""

    resource = "fiscal-years"
    place = Place("Books", 45, "Closing", "event_available")

    def page_urls(self):
        return [
            ("year", self.year_page),
            ("close", self.close),
            ("close_through", self.close_through),
            ("reopen", self.reopen),
        ]

    def get_urls(self):
        locks = self.admin_site.admin_view(self.locks)
        return [path("lock-dates/", locks, name="ledger_yearclosing_locks"), *super().get_urls()]

    # -- All years ------------------------------------------------------------------------------------

    def changelist_view(self, request, extra_context=None):
        self.require(request, "read")
        organization = organization_of(request)
        calendar = calendar_of(organization)
        page = Page(
            title="Closing",
            intro="A month is closed on the page of its year.",
            facts=[
                ("Books closed through", str(organization.books_closed_through or "not closed")),
                *((f"{area.capitalize()} locked through", str(calendar.locks[area] or "not locked")) for area in AREAS),
            ],
            tables=[self._years(calendar)],
            buttons=[Button("Lifted locks", reverse("admin:ledger_locklift_changelist"), icon="lock_open")],
        )
        if request.office.may("write", "lock-dates"):
            page.buttons.insert(0, Button("Lock dates", self.address("locks"), icon="lock_clock", variant="primary"))
        return show(self.admin_site, request, page)

    def _years(self, calendar: Calendar) -> Table:
        return Table(
            title="Fiscal years",
            headers=["Year", "From", "To", "Status", "Closed by"],
            rows=[
                [
                    format_html('<a class="co-link" href="{}">{}</a>', self.address("year", year.year), year.year),
                    str(year.starts_on),
                    str(year.ends_on),
                    self._badge(calendar.year_status(year)),
                    self._closed_by(calendar, year),
                ]
                for year in reversed(calendar.years)
            ],
        )

    @staticmethod
    def _badge(status: str):
        return showing.badge(status.replace("_", " "))

    @staticmethod
    def _closed_by(calendar: Calendar, year: FiscalYear):
        closing = calendar.closings.get(year.year)
        numbers = calendar.postings[closing.pk] if closing else []
        links = [(showing.link_to(Transaction, number, ids.encode("TXN", number)),) for number in numbers]
        return format_html_join(" ", "{}", links)

    # -- One year -------------------------------------------------------------------------------------

    def _year(self, request, number: int) -> tuple[Calendar, FiscalYear]:
        calendar = calendar_of(organization_of(request), including=number)
        return calendar, calendar.year(number)

    def _page(self, request, calendar: Calendar, year: FiscalYear, title: str) -> Page:
        closing = calendar.closings.get(year.year)
        crumbs = self.crumbs()
        if title:
            crumbs.append((f"Fiscal year {year.year}", self.address("year", year.year)))
        return Page(
            title=title or f"Fiscal year {year.year}",
            crumbs=crumbs,
            badge=self._badge(calendar.year_status(year)),
            facts=[
                ("From", str(year.starts_on)),
                ("To", str(year.ends_on)),
                ("Closed (UTC)", closing and showing.moment(closing.created_at)),
                ("Closed by", self._closed_by(calendar, year)),
            ],
            back=self.address("year", year.year),
        )

    def year_page(self, request, object_id):
        """A fiscal year with its periods and its checklist."""
        self.require(request, "read")
        calendar, year = self._year(request, object_id)
        page = self._page(request, calendar, year, "")
        page.back = ""
        closing = calendar.closings.get(year.year)
        page.tables = [self._periods(request, calendar, year)]
        if closing is None:
            page.tables.insert(0, checklist_table(checklist(YearFigures.of(calendar.organization, year))))
        else:
            page.buttons.append(Button("History", self.address("history", closing.pk), icon="history"))
        if self.has_change_permission(request):
            act, icon = ("close", "lock") if closing is None else ("reopen", "lock_open")
            title = "Close the year" if closing is None else "Reopen the year"
            page.buttons.append(Button(title, self.address(act, year.year), icon=icon, variant="primary"))
        return show(self.admin_site, request, page)

    def _periods(self, request, calendar: Calendar, year: FiscalYear) -> Table:
        periods = year_answer(calendar, year)["periods"]
        links = [self.close_link(request, calendar, year, period) for period in year.periods]
        return Table(
            title="Periods",
            headers=["Period", "From", "To", "Status", "Locked areas", ""],
            rows=[
                [
                    period["period"],
                    str(period["start_date"]),
                    str(period["end_date"]),
                    self._badge(period["status"]),
                    ", ".join(period["soft_locked_areas"]),
                    link,
                ]
                for period, link in zip(periods, links, strict=True)
            ],
        )

    def close(self, request, object_id):
        """Close a fiscal year."""
        actor, organization = self.require(request), organization_of(request)
        calendar, year = self._year(request, object_id)
        if year.year in calendar.closings:
            return HttpResponseRedirect(self.address("year", year.year))
        items = checklist(YearFigures.of(organization, year))
        page = self._page(request, calendar, year, "Close")
        page.intro = (
            "Revenue and expenses of the year go to retained earnings, and the books are closed through its last day."
        )
        page.submit, page.tables = f"Close {year.year}", [checklist_table(items)]

        def act(fields: dict) -> str:
            account = fields["retained_earnings_account_id"]
            close_year(
                actor=actor,
                organization=organization,
                year=year.year,
                retained_earnings_account_id=account and account.pk,
                accept=page.form.accepted(),
            )
            return self.address("year", year.year)

        return form_page(self.admin_site, request, page, CloseForm, act, obj=items, done="The year is closed.")

    def reopen(self, request, object_id):
        """Reopen a closed fiscal year."""
        actor, organization = self.require(request), organization_of(request)
        calendar, year = self._year(request, object_id)
        if year.year not in calendar.closings:
            return HttpResponseRedirect(self.address("year", year.year))
        page = self._page(request, calendar, year, "Reopen")
        page.intro = "What closed the year is reversed on its last day, and the books are open as they were before."
        page.submit, page.danger = f"Reopen {year.year}", True

        def act(fields: dict) -> str:
            reopen_year(actor=actor, organization=organization, year=year.year, reason=fields["reason"])
            return self.address("year", year.year)

        return form_page(self.admin_site, request, page, ReopenForm, act, done="The year is open again.")

    # -- One closing, and the locks --------------------------------------------------------------------

    def record(self, request, obj) -> Page:
        """The page of a closing is that of its year."""
        return Page(
            title=str(obj),
            crumbs=self.crumbs(),
            badge=self._badge("closed" if obj.reopened_at is None else "open"),
            facts=[
                ("From", str(obj.starts_on)),
                ("To", str(obj.ends_on)),
                ("Closed (UTC)", showing.moment(obj.created_at)),
                ("Reopened (UTC)", showing.moment(obj.reopened_at)),
                ("Why", obj.reopen_reason),
                ("Id", obj.public_id),
            ],
            buttons=[
                Button("The year", self.address("year", obj.year), icon="event_available", variant="primary"),
                Button("History", self.address("history", obj.pk), icon="history"),
            ],
        )

    def locks(self, request):
        """The soft locks of the areas."""
        if not request.office.may("write", "lock-dates"):
            raise Http404()
        actor, organization = request.office.actor, organization_of(request)
        page = Page(
            title="Lock dates",
            crumbs=self.crumbs(),
            back=self.address("changelist"),
            intro="Nothing of an area is posted on or before its day, unless the lock is lifted for somebody.",
        )

        def move(fields: dict) -> str:
            move_locks(actor=actor, organization=organization, changes=fields)
            return self.address("changelist")

        initial = lock_dates(organization)
        return form_page(self.admin_site, request, page, LockDatesForm, move, initial=initial, done="Saved.")
