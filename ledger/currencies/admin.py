"""Exchange rates in the back office: the list, and a page with a chart of each pair and the upload of a file."""

from django import forms
from django.contrib.admin import SimpleListFilter, register
from django.http import HttpResponseRedirect
from django.urls import reverse
from unfold.decorators import display

from ledger.currencies.models import MANUAL, ExchangeRate
from ledger.currencies.quoting import delete_rate, record_rate
from ledger.currencies.rate_pages import NAME, pairs_of
from ledger.currencies.rates import EURO
from organizations.backoffice import showing
from organizations.backoffice.days import DayRange
from organizations.backoffice.forms import VerbForm
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Button, Page, form_page
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.backoffice.site import site
from organizations.currencies.models import Currency
from organizations.money import plain_rate


class ByPair(SimpleListFilter):
    """Filter by the two currencies."""

    title = "pair"
    parameter_name = "pair"

    def lookups(self, request, model_admin):
        organization = request.office.organization
        pairs = [] if organization is None else pairs_of(organization)
        return [(f"{one}-{other}", f"{one} in {other}") for one, other in pairs]

    def queryset(self, request, queryset):
        one, _, other = (self.value() or "").partition("-")
        return queryset.filter(from_currency=one, to_currency=other) if one else queryset


class BySource(SimpleListFilter):
    """Filter by where rates come from."""

    title = "source"
    parameter_name = "source"

    def lookups(self, request, model_admin):
        return [("manual", "manual"), ("ecb", "ecb"), ("other", "other")]

    def queryset(self, request, queryset):
        match self.value():
            case "manual" | "ecb" as source:
                return queryset.filter(source=source)
            case "other":
                return queryset.exclude(source__in=("manual", "ecb"))
        return queryset


class ByDay(DayRange):
    """Filter by the day of the rate."""

    title = "date"
    parameter_name = "effective_date"


class RateForm(VerbForm):
    """A new rate."""

    from_currency = forms.ChoiceField(choices=(), label="One unit of")
    to_currency = forms.ChoiceField(choices=(), label="is in")
    rate = forms.CharField(label="this much", help_text="At most 12 significant digits, such as 1.0945.")
    effective_date = forms.DateField(label="From this day on")
    source = forms.CharField(max_length=50, help_text="manual, or where the rate comes from.")

    def prepare(self):
        choices = [(row.code, f"{row.code} {row.name}") for row in Currency.objects.order_by("code")]
        self.fields["from_currency"].choices = self.fields["to_currency"].choices = choices


@register(ExchangeRate, site=site)
class ExchangeRateDesk(TenantDesk):
    """The organization's exchange rates."""

    resource = "exchange-rates"
    place = Place("Sales & purchases", 80, "Currencies", "currency_exchange")
    list_display = ["shown_day", "shown_pair", "shown_rate", "source"]
    list_filter = [ByPair, BySource, ByDay]
    search_fields = ["from_currency__code", "to_currency__code", "source"]
    search_help_text = "A currency or a source"
    ordering = ["-effective_date", "-id"]
    sortable_by = []

    def has_add_permission(self, request):
        return self.has_change_permission(request)

    def page_urls(self):
        return [("delete_rate", self.remove)]

    @display(description="Date")
    def shown_day(self, row):
        return f"{row.effective_date}"

    @display(description="Pair")
    def shown_pair(self, row):
        return f"{row.from_currency_id} in {row.to_currency_id}"

    @display(description="Rate")
    def shown_rate(self, row):
        return f"{plain_rate(row.rate):f}"

    def record(self, request, obj) -> Page:
        chart = f"{reverse(f'admin:{NAME}')}?pair={obj.from_currency_id}-{obj.to_currency_id}"
        page = Page(
            title=str(obj),
            crumbs=self.crumbs(),
            facts=[
                ("Rate", f"1 {obj.from_currency_id} = {plain_rate(obj.rate):f} {obj.to_currency_id}"),
                ("From this day on", str(obj.effective_date)),
                ("Source", obj.source),
                ("Id", obj.public_id),
                ("Made (UTC)", showing.moment(obj.created_at)),
            ],
            buttons=[
                Button("Chart", chart, icon="show_chart"),
                Button("History", self.address("history", obj.pk), icon="history"),
            ],
        )
        if request.office.may("delete", self.resource):
            url, ask = self.address("delete_rate", obj.pk), "Delete this rate? What was posted with it keeps it."
            page.buttons.append(Button("Delete", url, icon="delete", post=True, variant="danger", confirm=ask))
        return page

    def add_view(self, request, form_url="", extra_context=None):
        actor, organization = self.require(request), organization_of(request)
        page = Page(title="New exchange rate", crumbs=self.crumbs(), submit="Record it")
        page.back = self.address("changelist")
        page.intro = "A rate is never changed. Entries in a foreign currency that name none take the one of their day."

        def make(fields: dict) -> str:
            record_rate(actor=actor, organization=organization, **fields)
            return self.address("changelist")

        base = organization.base_currency_id
        initial = {
            "from_currency": "USD" if base == EURO else EURO,
            "effective_date": request.office.today,
            "to_currency": base,
            "source": MANUAL,
        }
        return form_page(self.admin_site, request, page, RateForm, make, initial=initial, done="The rate was recorded.")

    def remove(self, request, object_id):
        """Delete a rate."""
        actor, found = self.require(request, "delete"), self.find(request, object_id)
        if request.method != "POST":
            return HttpResponseRedirect(self.address("change", found.pk))

        def delete() -> str:
            delete_rate(actor=actor, organization=organization_of(request), rate_id=found.pk)
            return self.address("changelist")

        return self.act(request, delete, self.address("change", found.pk), "The rate was deleted.")
