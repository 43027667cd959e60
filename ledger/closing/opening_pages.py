"""Opening balances in the back office: typed by account, checked, then recorded whole or not at all."""

import datetime
import re

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect

from ledger.accounts.models import BALANCE_SHEET_TYPES, Account
from ledger.closing.opening import DIFFERENCE, Balance, record_opening_balances
from ledger.journal.draft_pages import TypedLine, name_accounts, picker_attributes, typed_lines
from ledger.journal.models import Entry, Transaction
from ledger.journal.posting import Plan
from organizations import ids
from organizations.backoffice import showing
from organizations.backoffice.forms import VerbForm, plain_amount
from organizations.backoffice.menus import OwnPage, Place
from organizations.backoffice.pages import Page, Table, attempt, show
from organizations.backoffice.records import organization_of
from organizations.backoffice.site import site
from organizations.clock import FIRST_DAY, LAST_DAY
from organizations.currencies.iso import decimals_of
from organizations.errors import Refusal
from organizations.tenants.models import Organization

#: A longer chart is not laid out line by line.
MOST_LAID_OUT = 60
BLANK_LINES = 4
LABELS = {"account_id": "Account: ", "currency_rate": "Rate: "}

_PATH = re.compile(r"(lines|expected_trial_balance)\[([0-9]+)\](?:\.(\w+))?")
_CELLS = re.compile(r"[\t;]")


class OpeningForm(VerbForm):
    """Of which day the balances are, where a difference goes, and what the old books say."""

    as_of = forms.DateField(label="At the end of", help_text="The last day of the old books.")
    description = forms.CharField(max_length=2000, required=False)
    difference_account_id = forms.ModelChoiceField(
        queryset=None,
        required=False,
        label="Difference",
        help_text="The account that takes what is missing for debits to equal credits. Empty: there must be none.",
    )
    trial_balance = forms.CharField(
        required=False,
        strip=False,
        widget=forms.Textarea,
        label="Trial balance of the old books",
        help_text="To prove the balances by: account code, debit and credit, pasted from a spreadsheet or with "
        "semicolons between. In base currency. Every account must agree, and one that is missing must be at zero.",
    )

    def prepare(self):
        field = self.fields[DIFFERENCE]
        field.queryset = Account.objects.of(self.office.organization)
        widget = AutocompleteSelect(Entry._meta.get_field("account"), site)
        widget.choices = field.choices
        field.widget = widget

    def clean_as_of(self) -> datetime.date:
        day = self.cleaned_data["as_of"]
        if not FIRST_DAY <= day <= LAST_DAY:
            raise forms.ValidationError("A date from 1900 to 2200.")
        return day

    def pasted(self) -> list[tuple[int, Balance]]:
        """The lines of the trial balance, each with its number in the text."""
        found = []
        for number, line in enumerate(self.cleaned_data["trial_balance"].splitlines(), 1):
            if line.strip():
                code, debit, credit, *_ = [*map(str.strip, _CELLS.split(line)), "", ""]
                found.append((number, Balance(account_code=code, debit=_amount(debit), credit=_amount(credit))))
        return found


def _amount(typed: str) -> str | None:
    return plain_amount(typed) or None


def opening_page(request) -> HttpResponse:
    """The page: ``check`` says what would be recorded and does nothing, ``post`` does it."""
    organization = organization_of(request)
    page = Page(title="Opening balances", template="admin/ledger/opening.html")
    if request.method == "POST":
        page.form, lines = OpeningForm(request.POST, office=request.office), typed_lines(request.POST)
        done = _take(request, organization, page, lines) if page.form.is_valid() else None
        if done is not None:
            return done
    else:
        initial = {"as_of": request.office.today.replace(month=1, day=1) - datetime.timedelta(days=1)}
        page.form = OpeningForm(office=request.office, initial=initial | {"description": "Opening balances"})
        lines = _laid_out(organization)
    name_accounts(organization, lines)
    page.extra |= {
        "lines": [*lines, *[TypedLine() for _ in range(BLANK_LINES)]],
        "picker": picker_attributes(),
        "base": organization.base_currency_id,
        "decimals": decimals_of(organization.base_currency_id),
    }
    return show(site, request, page)


def _laid_out(organization: Organization) -> list[TypedLine]:
    """A line for each account of the balance sheet; one with others below it has a balance of its own."""
    rows = Account.objects.of(organization).filter(status="active", type__in=BALANCE_SHEET_TYPES)
    numbers = list(rows.order_by("code").values_list("pk", flat=True)[: MOST_LAID_OUT + 1])
    return [TypedLine(account=str(number)) for number in numbers] if len(numbers) <= MOST_LAID_OUT else []


def _take(request, organization: Organization, page: Page, lines: list[TypedLine]) -> HttpResponse | None:
    """Check what was typed, or record it. None if the page must be shown again."""
    typed = [line for line in lines if line.debit or line.credit]
    fields, pasted = page.form.cleaned_data, page.form.pasted()
    account = fields[DIFFERENCE]

    def work() -> Plan:
        return record_opening_balances(
            actor=request.office.actor,
            organization=organization,
            as_of=fields["as_of"],
            lines=[_balance(line) for line in typed],
            expected=[balance for _, balance in pasted] or None,
            difference_account_id=account and account.pk,
            description=fields["description"] or "Opening balances",
        )

    def rehearse() -> Plan:
        with transaction.atomic():
            plan = work()
            transaction.set_rollback(True)
        return plan

    posting = "_post" in request.POST
    plan, refusal = attempt(work if posting else rehearse)
    if refusal is not None:
        _place(page, typed, [number for number, _ in pasted], refusal)
        return None
    if posting:
        messages.success(request, "The opening balances were recorded.")
        return HttpResponseRedirect(showing.address(Transaction, "change", plan.transaction.pk))
    page.extra["outcome"] = "Nothing is wrong with these balances. Nothing was recorded yet."
    page.tables = [_summary(plan, organization, tied_out=bool(pasted))]
    return None


def _balance(line: TypedLine) -> Balance:
    number = int(line.account) if line.account.isascii() and line.account.isdigit() else 0
    return Balance(
        account_id=min(number, ids.LARGEST),
        debit=_amount(line.debit),
        credit=_amount(line.credit),
        currency_rate=line.rate or None,
        description=line.description,
    )


def _place(page: Page, typed: list[TypedLine], numbers: list[int], refusal: Refusal) -> None:
    """Put what was refused at the line, or the field, that it names."""
    form, details = page.form, refusal.details
    for path, said in details.get("fields", {}).items():
        match = _PATH.fullmatch(path)
        if match is None:
            form.add_error(path if path in form.fields else None, [*said])
        elif match[1] == "lines":
            typed[int(match[2])].problems += [f"{LABELS.get(match[3], '')}{text}" for text in said]
        else:
            form.add_error("trial_balance", [f"Line {numbers[int(match[2])]}: {text}" for text in said])
    if "difference" in details:
        form.add_error(None, refusal.message)
        form.add_error(DIFFERENCE, f"The difference is {details['difference']}.")
    else:
        form.add_error(None, [refusal.message, *([details["reason"]] if "reason" in details else [])])
    if "accounts" in details:
        page.tables = [_differences(details["accounts"], form.office.base)]


def _differences(rows: list[dict], base: str) -> Table:
    names = ("expected", "actual", "difference")
    return Table(
        title=f"Accounts that do not agree with the trial balance, in {base}",
        headers=["Account", "Trial balance", "These books", "Difference"],
        rows=[[row["account_code"], *(showing.figure(row[name], base) for name in names)] for row in rows],
        right=frozenset({1, 2, 3}),
    )


def _summary(plan: Plan, organization: Organization, *, tied_out: bool) -> Table:
    base, weighed = organization.base_currency_id, plan.weighed
    return Table(
        title="Would be recorded",
        headers=["Balances", f"Debits, {base}", f"Credits, {base}", "Trial balance"],
        rows=[
            [
                f"{len(weighed.lines):,}",
                showing.figure(weighed.total_debits, base),
                showing.figure(weighed.total_credits, base),
                "agrees" if tied_out else "none given",
            ]
        ],
        right=frozenset({1, 2}),
    )


site.pages.append(
    OwnPage(
        "opening_balances",
        Place("Books", 47, "Opening balances", "start"),
        "opening-balances",
        opening_page,
        action="write",
    )
)
