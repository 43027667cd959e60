"""Making a report by its name, as its own address answers it: for saved ones, for jobs, for letters."""

import datetime
import json
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlencode

from dateutil.relativedelta import relativedelta
from django.http import HttpResponse
from django.urls import resolve

from ledger.closing.calendars import years_at
from organizations.actors import Actor
from organizations.errors import Invalid
from organizations.fields import ExactDecoder
from organizations.requests.within import ask, opening_for
from organizations.tenants.models import Organization
from reports.errors import ReportRefused
from reports.periods import ONE_DAY

#: Name in addresses → whether it is of a period; otherwise it is of a day.
REPORTS = {
    "trial-balance": False,
    "balance-sheet": False,
    "income-statement": True,
    "cash-flow": True,
    "general-ledger": True,
    "account-statement": True,
    "aged-receivables": False,
    "aged-payables": False,
    "tax-summary": True,
    "budget-vs-actual": True,
    "investor-statements": True,
    "unposted": False,
    "unreconciled": False,
}
PATH = "/organizations/{organization_id}/reports/%s"


@dataclass(frozen=True, slots=True)
class Made:
    """A report that was made: the file, and its type."""

    content: bytes
    content_type: str

    @property
    def answer(self) -> dict:
        """What a report in JSON says, with exact amounts."""
        return json.loads(self.content, cls=ExactDecoder)


@cache
def _view(report: str):
    return resolve((PATH % report).format(organization_id="ORG_0000000000000000")).func


def make(actor: Actor, organization: Organization, report: str, parameters: dict[str, str]) -> Made:
    """The report as its address answers it to this actor. Raises ReportRefused with what is wrong."""
    if report not in REPORTS:
        raise Invalid(fields={"report": f"One of {', '.join(REPORTS)}."})
    opening = opening_for(actor, organization)
    found: HttpResponse = ask(_view(report), "GET", PATH % report, opening, variables={}, query=urlencode(parameters))
    content = b"".join(found.streaming_content) if found.streaming else found.content
    if found.status_code >= 400:
        error = json.loads(content)["error"]
        raise ReportRefused(error["message"], details={"report_error": error["code"], **error["details"]})
    return Made(content, found.headers["Content-Type"].partition(";")[0])


def dates_of(organization: Organization, report: str, period: str, today: datetime.date) -> dict[str, str]:
    """The date parameters of a report made today."""
    start, end = _span(organization, period, today)
    if REPORTS[report]:
        return {"start_date": start.isoformat(), "end_date": end.isoformat()}
    return {"as_of": end.isoformat()}


def _span(organization: Organization, period: str, today: datetime.date) -> tuple[datetime.date, datetime.date]:
    month = today.replace(day=1)
    if period == "this_month":
        return month, today
    if period == "last_month":
        return month - relativedelta(months=1), month - ONE_DAY
    if period == "last_quarter":
        quarter = month - relativedelta(months=(month.month - 1) % 3)
        return quarter - relativedelta(months=3), quarter - ONE_DAY
    year = years_at([organization], today)[organization.pk]
    if period == "last_year":
        before = years_at([organization], year.starts_on - ONE_DAY)[organization.pk]
        return before.starts_on, before.ends_on
    return year.starts_on, today
