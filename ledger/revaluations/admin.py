"""Revaluations in the back office."""

from django import forms
from django.contrib.admin import register
from unfold.decorators import display

from ledger.accounts.models import Account
from ledger.journal.models import Transaction
from ledger.revaluations.answers import revaluation_answers
from ledger.revaluations.models import Revaluation
from ledger.revaluations.revaluing import revalue
from organizations import ids
from organizations.backoffice import showing
from organizations.backoffice.days import DayRange
from organizations.backoffice.forms import VerbForm
from organizations.backoffice.menus import Place
from organizations.backoffice.pages import Button, Page, Table, form_page
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.backoffice.site import site


class ByDay(DayRange):
    """Filter by the day."""

    title = "day"
    parameter_name = "as_of"


class RevaluationForm(VerbForm):
    """Of which day."""

    as_of = forms.DateField(label="At the end of", help_text="The last day of the month or the year.")


@register(Revaluation, site=site)
class RevaluationDesk(TenantDesk):
    """Foreign balances at the rates of a day."""

    resource = "revaluations"
    place = Place("Sales & purchases", 82, "Revaluations", "price_change")
    list_display = ["shown_day", "shown_unrealised", "shown_realised"]
    list_filter = [ByDay]
    search_fields = ["id"]
    ordering = ["-as_of", "-id"]
    sortable_by = []

    def has_add_permission(self, request):
        return self.has_change_permission(request)

    @display(description="Day")
    def shown_day(self, row):
        return f"{row.as_of}"

    @display(description="Unrealised")
    def shown_unrealised(self, row):
        return showing.figure(row.unrealised, row.organization.base_currency_id)

    @display(description="Realised")
    def shown_realised(self, row):
        return showing.figure(row.realised, row.organization.base_currency_id, blank_zero=True)

    def record(self, request, obj) -> Page:
        organization = organization_of(request)
        (answer,) = revaluation_answers([obj], organization)
        base = organization.base_currency_id
        accounts = {account.public_id: account for account in Account.objects.of(organization)}
        rows = [
            [
                str(accounts.get(line["account_id"], line["account_id"])),
                showing.money(line["balance"], line["currency_id"][4:]) + f" {line['currency_id'][4:]}",
                "" if line["rate"] is None else f"{line['rate']:f}",
                showing.money(line["carrying_amount"], base),
                showing.money(line["revalued_amount"], base),
                showing.money(line["difference"], base),
            ]
            for line in answer["lines"]
        ]
        right, nothing = frozenset({1, 2, 3, 4, 5}), "Nothing in other currencies."
        headers = ["Account", "Balance", "Rate", "Carried at", "Worth", "Difference"]
        posted = [
            [showing.link_to(Transaction, ids.decode("TXN", number), number)] for number in answer["transaction_ids"]
        ]
        return Page(
            title=str(obj),
            crumbs=self.crumbs(),
            facts=[
                ("At the end of", obj.as_of),
                ("Unrealised", f"{showing.money(obj.unrealised, base)} {base}"),
                ("Realised", f"{showing.money(obj.realised, base)} {base}"),
                ("Id", obj.public_id),
            ],
            tables=[
                Table("Balances", headers, rows, right=right, empty=nothing),
                Table("Transactions", ["Transaction"], posted),
            ],
            buttons=[Button("History", self.address("history", obj.pk), icon="history")],
        )

    def add_view(self, request, form_url="", extra_context=None):
        who = {"actor": self.require(request), "organization": organization_of(request)}
        page = Page(
            title="New revaluation",
            crumbs=self.crumbs(),
            submit="Revalue",
            back=self.address("changelist"),
            intro="The difference to the rates of the day is posted, and taken back on the day after.",
        )

        def make(fields: dict) -> str:
            return self.address("change", revalue(**who, **fields).pk)

        return form_page(self.admin_site, request, page, RevaluationForm, make, done="Foreign balances are revalued.")
