"""The trial balance in the back office: at any day, as deep as one likes, and as a file."""

import datetime
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.html import format_html

from organizations import ids
from organizations.backoffice import showing
from organizations.backoffice.menus import OwnPage, Place
from organizations.backoffice.pages import Button, Page, Table, show
from organizations.backoffice.records import organization_of
from organizations.backoffice.site import site
from organizations.clock import FIRST_DAY, LAST_DAY
from reports.behind import journal_page
from reports.periods import Period
from reports.serving import FORMATS
from reports.statements import Wish
from reports.trial_balance import trial_balance

DEPTHS = range(1, 7)


def trial_balance_page(request) -> HttpResponse:
    """The page; what cannot be read of its address is as if it were not there."""
    organization = organization_of(request)
    as_of = _day(request.GET.get("as_of", "")) or request.office.today
    text = request.GET.get("depth", "")
    depth = int(text) if text in {str(each) for each in DEPTHS} else None
    report = trial_balance(Wish(organization, [Period(None, as_of)], depth=depth))
    asked = {"as_of": as_of.isoformat(), **({"depth": depth} if depth else {})}
    file = f"/organizations/{ids.encode('ORG', organization.pk)}/reports/trial-balance?{urlencode(asked)}"
    page = Page(
        title="Trial balance",
        badge=showing.badge("balanced" if report["is_balanced"] else "out of balance"),
        buttons=[Button(name.upper(), f"{file}&format={name}", icon="download") for name in FORMATS],
        tables=[_table(report, as_of)],
        template="admin/reports/trial_balance.html",
        extra={"as_of": as_of.isoformat(), "depth": text, "depths": [str(each) for each in DEPTHS]},
    )
    return show(site, request, page)


def _day(text: str) -> datetime.date | None:
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None


def _table(report: dict, as_of: datetime.date) -> Table:
    base, until = report["currency"], Period(None, as_of)
    rows = [
        [
            format_html(
                '<a class="co-link" style="padding-left: {}rem" href="{}"><span class="co-code">{}</span> {}</a>',
                row["level"] * 1.5,
                journal_page(row["entries_query"], until),
                row["code"],
                row["name"],
            ),
            row["account_type"],
            showing.figure(row["debit_balance"], base, blank_zero=True),
            showing.figure(row["credit_balance"], base, blank_zero=True),
            showing.figure(row["rollup_balance"], base, blank_zero=True),
        ]
        for row in report["accounts"]
    ]
    totals = report["totals"]
    sums = [showing.figure(totals[side], base) for side in ("total_debits", "total_credits")]
    return Table(
        title=f"At the end of {as_of}, in {base}",
        headers=["Account", "Type", "Debit", "Credit", "With sub-accounts"],
        rows=[*rows, [format_html("<b>{}</b>", "Total"), "", *sums, ""]] if rows else [],
        right=frozenset({2, 3, 4}),
        empty="Nothing was posted until then.",
    )


site.pages.append(
    OwnPage("trial_balance", Place("Reports", 50, "Trial balance", "balance"), "reports", trial_balance_page)
)
