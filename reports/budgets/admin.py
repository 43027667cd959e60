"""Budgets in the back office: their months, files read into them, and what came of them."""

from collections import defaultdict
from urllib.parse import urlencode

from django import forms
from django.contrib.admin import register
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import display

from organizations import clock
from organizations.backoffice import showing
from organizations.backoffice.forms import VerbForm
from organizations.backoffice.menus import OwnPage, Place
from organizations.backoffice.pages import Button, Page, Table, form_page, show
from organizations.backoffice.records import TenantDesk, organization_of
from organizations.backoffice.site import site
from organizations.backoffice.words import ByWord
from organizations.money import add_up
from reports.budgets.answers import lines_of
from reports.budgets.importing import LARGEST, import_budget
from reports.budgets.keeping import create_budget, delete_budget, update_budget
from reports.budgets.models import STATUSES, Budget
from reports.budgets.versus_actual import budget_sheet, budget_vs_actual, period_of
from reports.periods import Period
from reports.serving import FORMATS
from reports.statement_pages import days_in_order, read_day, sheet_table
from reports.statements import Wish

#: More months than these are shown as one sum for each account.
MOST_MONTHS = 12
FILE = "CSV: account_code with month and amount, or with a column for each month such as 2026-01."


class ByStatus(ByWord):
    """Filter by status."""

    title = "status"
    parameter_name = "status"
    words = STATUSES


class BudgetForm(VerbForm):
    """What may be changed of a budget."""

    name = forms.CharField(max_length=100)
    status = forms.ChoiceField(choices=[(word, word) for word in STATUSES])


class NewBudgetForm(VerbForm):
    """A new budget; its months are fixed for life."""

    name = forms.CharField(max_length=100)
    start_date = forms.DateField(help_text="The first day of a month.")
    end_date = forms.DateField(help_text="The last day of a month.")
    file = forms.FileField(required=False, help_text=FILE)


class LinesForm(VerbForm):
    """A file that takes the place of all lines."""

    file = forms.FileField(help_text=FILE)


@register(Budget, site=site)
class BudgetDesk(TenantDesk):
    """What is meant to be earned and spent."""

    resource = "reports"
    place = Place("Reports", 60, "Budgets", "savings")
    list_display = ["name", "shown_months", "shown_status"]
    list_filter = [ByStatus]
    search_fields = ["name"]
    ordering = ["name", "id"]
    sortable_by = []

    def has_add_permission(self, request):
        return self.has_change_permission(request)

    def page_urls(self):
        return [("delete_budget", self.remove), ("import_lines", self.read_file)]

    @display(description="Months")
    def shown_months(self, budget):
        return f"{budget.starts_on:%B %Y} to {budget.ends_on:%B %Y}"

    @display(description="Status")
    def shown_status(self, budget):
        return showing.badge(budget.status)

    def record(self, request, obj) -> Page:
        page = Page(title=obj.name, crumbs=self.crumbs(), badge=showing.badge(obj.status))
        page.facts = [("Months", self.shown_months(obj)), ("Id", obj.public_id)]
        actual = f"{reverse('admin:budget_vs_actual')}?budget={obj.pk}"
        page.buttons = [
            Button("Against actual", actual, icon="compare_arrows", variant="primary"),
            Button("History", self.address("history", obj.pk), icon="history"),
        ]
        if self.has_change_permission(request):
            page.buttons.append(Button("Import lines", self.address("import_lines", obj.pk), icon="upload_file"))
            remove = self.address("delete_budget", obj.pk)
            page.buttons.append(
                Button("Delete", remove, icon="delete", post=True, variant="danger", confirm=f"Delete {obj}?")
            )
        page.tables = [_lines(obj, request.office.base)]
        return page

    def change_view(self, request, object_id, form_url="", extra_context=None):
        budget = self.find(request, object_id)
        page = self.record(request, budget)
        if not self.has_change_permission(request):
            return show(self.admin_site, request, page)

        def change(fields: dict) -> str:
            update_budget(**self._who(request), budget_id=budget.pk, changes=fields)
            return self.address("change", budget.pk)

        initial = {"name": budget.name, "status": budget.status}
        return form_page(self.admin_site, request, page, BudgetForm, change, obj=budget, initial=initial, done="Saved.")

    def add_view(self, request, form_url="", extra_context=None):
        who = self._who(request)
        page = Page(title="New budget", crumbs=self.crumbs(), submit="Make it", back=self.address("changelist"))

        def make(fields: dict) -> str:
            file = fields.pop("file")
            budget = create_budget(**who, **fields)
            if file:
                import_budget(**who, budget_id=budget.pk, data=file.read(LARGEST + 1))
            return self.address("change", budget.pk)

        return form_page(self.admin_site, request, page, NewBudgetForm, make, done="The budget was made.")

    def read_file(self, request, object_id):
        """Read a file into the budget."""
        who, budget = self._who(request), self.find(request, object_id)
        back = self.address("change", budget.pk)
        page = Page(title="Import lines", crumbs=[*self.crumbs(), (str(budget), back)], submit="Read it", back=back)
        page.intro = "The file takes the place of all lines, whole or not at all."

        def read(fields: dict) -> str:
            import_budget(**who, budget_id=budget.pk, data=fields["file"].read(LARGEST + 1))
            return back

        return form_page(self.admin_site, request, page, LinesForm, read, obj=budget, done="The lines were read.")

    def remove(self, request, object_id):
        """Delete a budget."""
        actor, budget = self.require(request, "delete"), self.find(request, object_id)
        back = self.address("change", budget.pk)
        if request.method != "POST":
            return HttpResponseRedirect(back)

        def delete() -> str:
            delete_budget(actor=actor, organization=organization_of(request), budget_id=budget.pk)
            return self.address("changelist")

        return self.act(request, delete, back, f"{budget} was deleted.")

    def _who(self, request) -> dict:
        return {"actor": self.require(request), "organization": organization_of(request)}


def _lines(budget: Budget, base: str) -> Table:
    lines = lines_of(budget)
    months = sorted({line.month for line in lines})
    shown = months if len(months) <= MOST_MONTHS else []
    by_account: dict = defaultdict(dict)
    for line in lines:
        by_account[line.account][line.month] = line.amount
    rows = []
    for account, amounts in by_account.items():
        name = format_html('<span class="co-code">{}</span> {}', account.code, account.name)
        own = [showing.figure(amounts.get(month), base, blank_zero=True) for month in shown]
        rows.append([name, *own, showing.figure(add_up(amounts.values()), base)])
    headers = ["Account", *(f"{month:%b %Y}" for month in shown), "Total"]
    return Table("Lines", headers, rows, right=frozenset(range(1, len(headers))), empty="No lines yet.")


def budget_page(request) -> HttpResponse:
    """Budget against actual; what cannot be read of its address is as if it were not there."""
    organization = organization_of(request)
    budgets = list(Budget.objects.of(organization).order_by("status", "-starts_on", "name"))
    page = Page(title="Budget against actual", template="admin/reports/statement.html")
    if not budgets:
        page.intro = "There is no budget yet."
        return show(site, request, page)
    chosen = next((each for each in budgets if str(each.pk) == request.GET.get("budget")), budgets[0])
    usual = period_of(chosen, clock.today(organization.time_zone))
    end = read_day(request.GET.get("end", "")) or usual.end
    start = read_day(request.GET.get("start", "")) or min(usual.start, end)
    answer = budget_vs_actual(Wish(organization, [Period(start, end)]), chosen)
    asked = urlencode({"budget_id": chosen.public_id, "start_date": start, "end_date": end})
    file = f"/organizations/{organization.public_id}/reports/budget-vs-actual?{asked}"
    page.buttons = [Button(name.upper(), f"{file}&format={name}", icon="download") for name in FORMATS]
    page.tables = [sheet_table(budget_sheet(answer, organization.name), answer["currency"])]
    page.extra = {"start": start.isoformat(), "end": end.isoformat(), "budgets": budgets, "budget": chosen}
    return show(site, request, page)


_view = days_in_order("Budget against actual", budget_page)
site.pages.append(
    OwnPage("budget_vs_actual", Place("Reports", 61, "Budget vs actual", "compare_arrows"), "reports", _view)
)
