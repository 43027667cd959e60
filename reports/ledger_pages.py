"""The general ledger, and lists of what is not done yet, in the back office."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse

from organizations.backoffice.menus import OwnPage, Place
from organizations.backoffice.pages import Button, Page, attempt, show
from organizations.backoffice.records import organization_of
from organizations.backoffice.site import site
from organizations.tenants.models import Organization
from reports.ledgers import general_ledger, ledger_sheet
from reports.serving import FORMATS
from reports.sheets import Sheet
from reports.statement_pages import days_in_order, read_day, read_span, sheet_table
from reports.statements import Wish
from reports.waiting import unposted, unposted_sheet, unreconciled, unreconciled_sheet


def ledger_page(request: HttpRequest) -> HttpResponse:
    """Every account with its entries; a period that is too long says so instead."""
    organization = organization_of(request)
    period = read_span(request)
    asked = {"start_date": period.start, "end_date": period.end}
    page = _page(organization, "general-ledger", "General ledger", asked)
    page.extra = {"start": period.start.isoformat(), "end": period.end.isoformat()}
    answer, refusal = attempt(lambda: general_ledger(Wish(organization, [period])))
    if refusal is not None:
        page.intro = refusal.message
    else:
        page.tables = [sheet_table(ledger_sheet(answer, organization.name), answer["currency"])]
    return show(site, request, page)


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """A list of what is not done yet, until a day."""

    name: str
    title: str
    make: Callable[..., dict]
    sheet: Callable[[dict, str], Sheet]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        organization = organization_of(request)
        day = read_day(request.GET.get("end", "")) or request.office.today
        page = _page(organization, self.name, self.title, {"as_of": day})
        page.extra = {"end": day.isoformat()}
        found = self.sheet(self.make(organization, as_of=day), organization.name)
        page.tables = [sheet_table(found, organization.base_currency_id)]
        return show(site, request, page)


def _page(organization: Organization, name: str, title: str, asked: dict[str, datetime.date]) -> Page:
    file = f"/organizations/{organization.public_id}/reports/{name}?{urlencode(asked)}"
    buttons = [Button(kind.upper(), f"{file}&format={kind}", icon="download") for kind in FORMATS]
    return Page(title=title, buttons=buttons, template="admin/reports/statement.html")


_view = days_in_order("General ledger", ledger_page)
site.pages.append(OwnPage("general_ledger", Place("Reports", 58, "General ledger", "menu_book"), "reports", _view))
for order, each in enumerate(
    (
        WaitingPage("unposted", "Not posted", unposted, unposted_sheet),
        WaitingPage("unreconciled", "Not reconciled", unreconciled, unreconciled_sheet),
    )
):
    icon = "pending_actions" if order == 0 else "link_off"
    site.pages.append(OwnPage(each.name, Place("Reports", 70 + order, each.title, icon), "reports", each))
