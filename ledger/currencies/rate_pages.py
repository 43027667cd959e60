"""The page of rates by pair: what is known, how old it is, a chart, and the upload of a reference file."""

import datetime

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from ledger.currencies.api import LARGEST_AT_ONCE
from ledger.currencies.charting import Chart, chart_of
from ledger.currencies.importing import LARGEST, Imported, import_rates, read_reference
from ledger.currencies.models import MANUAL, ExchangeRate
from ledger.currencies.rates import rates_on
from ledger.currencies.tasks import KIND
from organizations.backoffice import showing
from organizations.backoffice.forms import VerbForm
from organizations.backoffice.menus import OwnPage, Place
from organizations.backoffice.pages import Button, Page, Table, attempt, show
from organizations.backoffice.records import organization_of
from organizations.backoffice.site import site
from organizations.jobs.models import Job
from organizations.jobs.running import queue
from organizations.jobs.tasks import start
from organizations.tenants.models import Organization

NAME = "exchange_rates"
RESOURCE = "exchange-rates"
CHARTED = 365  # days
EVER = 200_000  # days: however old a rate is

Pair = tuple[str, str]


class UploadForm(VerbForm):
    """A reference file."""

    file = forms.FileField(
        label="Reference file", help_text="The ECB's daily file, its 90 days or its history, as XML."
    )


def pairs_of(organization: Organization) -> list[Pair]:
    """The pairs of which the organization has rates."""
    rows = ExchangeRate.objects.of(organization).order_by("from_currency_id", "to_currency_id")
    return list(rows.values_list("from_currency_id", "to_currency_id").distinct())


def rates_page(request) -> HttpResponse:
    """The page: ``check`` says what a file would bring, ``import`` takes it."""
    page = Page(title="Rates by pair", template="admin/ledger/rates.html")
    page.crumbs = [("Currencies", showing.address(ExchangeRate, "changelist"))]
    may_write = request.office.may("write", RESOURCE)
    if may_write:
        page.form = UploadForm(office=request.office)
        page.buttons = [Button("New rate", showing.address(ExchangeRate, "add"), icon="add")]
    if request.method == "POST":
        if not may_write:
            raise PermissionDenied("Your role does not allow this.")
        page.form = UploadForm(request.POST, request.FILES, office=request.office)
        if page.form.is_valid():
            answer = _take(request, page, page.form.cleaned_data["file"].read(LARGEST + 1))
            if answer is not None:
                return answer
    _show_pairs(request, page)
    return show(site, request, page)


def _show_pairs(request, page: Page) -> None:
    organization, today = organization_of(request), request.office.today
    pairs = pairs_of(organization)
    asked = {(*pair, today) for pair in pairs}
    known = rates_on(organization, asked, max_age_days=EVER)
    rows = []
    for one, other in pairs:
        found = known.get((one, other, today))
        if found is None:  # its rates are all of later days
            continue
        age = (today - found.effective_date).days
        state = "ok" if age <= organization.exchange_rate_max_age_days else "expired"
        link = showing.link(f"?pair={one}-{other}", f"{one} in {other}")
        rows.append([link, f"{found.rate:f}", f"{found.effective_date}", age, found.source, showing.badge(state)])
    headers = ["Pair", "Latest rate", "Date", "Days old", "Source", "State"]
    empty = "No rates yet. Record one, or upload the ECB's reference file."
    page.tables.append(Table("Pairs", headers, rows, right=frozenset({1, 3}), empty=empty))
    chosen = tuple(request.GET.get("pair", "").split("-"))
    if chosen not in pairs:
        own = [pair for pair in pairs if organization.base_currency_id in pair]
        chosen = (own or pairs or [None])[0]
    if chosen is not None:
        page.extra |= {"chosen": chosen, "chart": _chart(organization, chosen, today)}


def _chart(organization: Organization, pair: Pair, today: datetime.date) -> Chart | None:
    """A year of a pair; of one day's rates the manual one, as the books have it."""
    since = today - datetime.timedelta(days=CHARTED)
    rows = ExchangeRate.objects.of(organization).filter(
        from_currency=pair[0], to_currency=pair[1], effective_date__range=(since, today)
    )
    days = {}
    for day, rate, source in rows.order_by("effective_date", "id").values_list("effective_date", "rate", "source"):
        if source == MANUAL or days.get(day, ("", ""))[1] != MANUAL:
            days[day] = (rate, source)
    return chart_of([(day, rate) for day, (rate, _) in days.items()])


def _take(request, page: Page, data: bytes) -> HttpResponse | None:
    actor, organization = request.office.actor, organization_of(request)
    checking = "_import" not in request.POST
    reference, refusal = attempt(lambda: read_reference(data))
    if refusal is not None:
        page.form.place(refusal)
        return None
    if not checking and len(data) > LARGEST_AT_ONCE:
        job = queue(actor=actor, organization_id=organization.pk, kind=KIND, payload={}, file=data)
        start(job)
        messages.success(request, "The file is long: it is imported in the background.")
        return HttpResponseRedirect(showing.address(Job, "change", job.pk))
    done, refusal = attempt(
        lambda: import_rates(actor=actor, organization=organization, reference=reference, dry_run=checking)
    )
    if refusal is not None:
        page.form.place(refusal)
        return None
    if not checking:
        messages.success(request, f"The file was imported: {_outcome(done)}")
        return HttpResponseRedirect(reverse(f"admin:{NAME}"))
    page.extra["outcome"] = f"Nothing was imported yet. {_outcome(done)}"
    return None


def _outcome(done: Imported) -> str:
    said = f"{done.new:,} new rates from {done.first_date} to {done.last_date}, {done.duplicates:,} known already"
    return f"{said}, {done.skipped:,} without a rate or of a currency that is no more." if done.skipped else f"{said}."


site.pages.append(OwnPage(NAME, Place("Sales & purchases", 81, "Rates by pair", "show_chart"), RESOURCE, rates_page))
