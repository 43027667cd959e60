"""Importing a bank's file in the back office: checked or imported by a job, whose bar and result a page shows."""

import contextlib
import json
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from ledger.accounts.models import Account
from organizations import ids
from organizations.backoffice import showing
from organizations.backoffice.forms import VerbForm
from organizations.backoffice.menus import OwnPage, Place
from organizations.backoffice.pages import Button, Page, Table, attempt, show
from organizations.backoffice.records import organization_of
from organizations.backoffice.site import site
from organizations.jobs import progress
from organizations.jobs.models import Job
from organizations.money import InexactAmount
from organizations.tenants.models import Organization
from reconciliation.parsers.csv_amounts import Unusable
from reconciliation.parsers.csv_dates import date_reader
from reconciliation.statements.bank_desks import workbench_button
from reconciliation.statements.mapping import forget_mapping, save_mapping
from reconciliation.statements.models import SavedMapping, Statement, StatementLine
from reconciliation.statements.reading import Upload, fit, items_for
from reconciliation.statements.tasks import KIND, queue_import

LINES_SHOWN = 1000
DATE_ORDERS = {"DMY": "the day", "MDY": "the month", "YMD": "the year"}
MAPPINGS_SHOWN = 100
NAME = "import_statement"
MAPPING_HELP = (
    'Only for CSV that is not read as it should be, as JSON: {"date": "Booked on", "description": ["Text"], '
    '"amount": "Amount", "date_format": "DMY", "decimal": ","}. Columns by heading or number from 1; debit and credit '
    "in place of amount where they are apart. It is kept for the account's next files."
)


def bank_money(amount: Decimal | int | None, currency: str) -> str:
    """An amount of the bank's; what it wrote with more decimals than the currency has stays as it wrote it."""
    if amount is None:
        return ""
    try:
        return showing.money(Decimal(amount), currency)
    except InexactAmount:
        return f"{Decimal(amount).normalize():,f}"


class ImportForm(VerbForm):
    """A bank's file, and where it belongs."""

    account = forms.ModelChoiceField(queryset=None, help_text="An asset or a liability: the account at the bank.")
    file = forms.FileField(
        allow_empty_file=True, help_text="CSV of any bank, OFX, QFX, QIF, MT940 or CAMT.05x; also in a ZIP."
    )
    account_number = forms.CharField(
        required=False,
        max_length=64,
        label="Account in the file",
        help_text="Only where the file has several accounts, or another one than the files before.",
    )
    date_order = forms.ChoiceField(
        required=False,
        label="Dates begin with",
        choices=[("", "as the file shows"), *DATE_ORDERS.items()],
        help_text="Only where the file does not show whether 03/04 lies in April or in March. It is kept.",
    )
    mapping = forms.CharField(
        required=False, max_length=20_000, label="CSV mapping", widget=forms.Textarea, help_text=MAPPING_HELP
    )

    def prepare(self):
        account = self.fields["account"]
        account.queryset = Account.objects.of(self.office.organization)
        widget = AutocompleteSelect(Statement._meta.get_field("account"), site)
        widget.choices = account.choices
        account.widget = widget

    def place(self, refusal) -> None:
        """Dates that can be read two ways are asked for where the answer is given, without the API's words."""
        if refusal.details.get("reason") != "date_order_unclear":
            super().place(refusal)
            return
        self.add_error("date_order", f"The file does not show it{_both_ways(refusal.details.get('example', ''))}.")

    def clean_mapping(self) -> dict | None:
        text = self.cleaned_data["mapping"].strip()
        if not text:
            return None
        try:
            mapping = json.loads(text)
        except (ValueError, RecursionError) as problem:
            raise forms.ValidationError(f"This is no JSON: {problem}") from problem
        if not isinstance(mapping, dict):
            raise forms.ValidationError("The mapping is a JSON object: {…}.")
        return mapping


def _both_ways(example: str) -> str:
    """A date of the file as each order reads it: ": 03/04/2026 is 3 April 2026 if it begins with the day, …"."""
    found = []
    for order, first in DATE_ORDERS.items():
        with contextlib.suppress(Unusable):
            day = date_reader(order)(example)
            found.append(f"{day.day} {day:%B %Y} if it begins with {first}")
    return f": {example} is {', '.join(found)}" if found else ""


def import_page(request) -> HttpResponse:
    """The form; with ``?job=`` the progress and the result of an import."""
    if "job" in request.GET:
        return _job_page(request)
    page = Page(title="Import a statement", template="admin/reconciliation/import.html")
    if request.method == "POST":
        if "_forget" in request.POST:
            return _forget(request)
        page.form = ImportForm(request.POST, request.FILES, office=request.office)
        if page.form.is_valid():
            job, refusal = attempt(lambda: _queue(request, page.form.cleaned_data))
            if refusal is None:
                return HttpResponseRedirect(_address(job))
            page.form.place(refusal)
    else:
        page.form = ImportForm(office=request.office, initial=_named(request))
    page.extra["mappings"] = _mappings(request)
    return show(site, request, page)


def _named(request) -> dict[str, int]:
    text = request.GET.get("account", "")
    return {"account": int(text)} if text.isascii() and text.isdigit() and len(text) < 19 else {}


def _queue(request, fields: dict[str, Any]) -> Job:
    """As the API does it: what is wrong with the file as a whole is said at once."""
    actor, organization, account = request.office.actor, organization_of(request), fields["account"]
    dry_run = "_import" not in request.POST
    upload = Upload(
        file_name=(fields["file"].name or "")[:255],
        data=fields["file"].read(settings.STATEMENT_MAX_BYTES + 1),
        mapping=_mapping(organization, account, fields),
        account_number=fields["account_number"],
    )
    fit(account, upload)
    items_for(organization, account, upload)
    if upload.mapping is not None and not dry_run:
        save_mapping(actor=actor, organization=organization, account=account, mapping=upload.mapping)
    return queue_import(actor=actor, organization=organization, account=account, upload=upload, dry_run=dry_run)


def _mapping(organization: Organization, account: Account, fields: dict[str, Any]) -> dict | None:
    """The mapping that was typed; with an order of dates that was chosen, which what is kept has as well."""
    typed, order = fields["mapping"], fields["date_order"]
    if not order:
        return typed
    if typed is None:
        kept = SavedMapping.objects.of(organization).filter(account=account).first()
        typed = kept.mapping if kept is not None else {}
    return {**typed, "date_format": order}


def _address(job: Job) -> str:
    return f"{reverse(f'admin:{NAME}')}?job={job.pk}"


def _mappings(request) -> list[dict[str, Any]]:
    rows = SavedMapping.objects.of(organization_of(request)).select_related("account").order_by("account__code")
    return [
        {
            "account": showing.link_to(Account, each.account_id, each.account),
            "number": each.account_id,
            "text": json.dumps(each.mapping, ensure_ascii=False),
        }
        for each in rows[:MAPPINGS_SHOWN]
    ]


def _forget(request) -> HttpResponse:
    """Read an account's CSV files as they look again."""
    actor, organization, text = request.office.actor, organization_of(request), request.POST["_forget"]
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
    account = Account.objects.of(organization).filter(pk=number).first()
    if account is None:
        raise Http404()
    forget_mapping(actor=actor, organization=organization, account=account)
    messages.success(request, f"The CSV files of {account} are read as they look from now on.")
    return HttpResponseRedirect(reverse(f"admin:{NAME}"))


# -- The job ----------------------------------------------------------------------------------------------------


def _job_page(request) -> HttpResponse:
    organization, text = organization_of(request), request.GET["job"]
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
    job = Job.objects.of(organization).filter(pk=number, kind=KIND).defer("file").first()
    if job is None:
        raise Http404()
    account = Account.objects.of(organization).get(pk=job.payload["account_id"])
    dry_run = job.payload["dry_run"]
    done, total = progress.of(job)
    page = Page(
        title=f"{'Check' if dry_run else 'Import'} of {job.payload['file_name'] or 'a statement'}",
        crumbs=[("Import a statement", reverse(f"admin:{NAME}"))],
        badge=showing.badge(job.status),
        template="admin/reconciliation/import_job.html",
        extra={
            "job": job,
            "page_url": _address(job),
            "job_url": f"/organizations/{ids.encode('ORG', organization.pk)}/jobs/{job.public_id}",
            "share": 100 if job.status == "succeeded" else 100 * done // total if total else 0,
            "finished": job.status in ("succeeded", "failed"),
            "account": showing.link_to(Account, account.pk, account),
            "error": job.error,
            "advice": _advice((job.error or {}).get("details", {})),
        },
    )
    if job.status == "succeeded":
        page.tables = [_counts(job.result), _lines(job.result, account.currency_id)]
        page.extra["outcome"] = _outcome(job.result)
        page.buttons = _buttons(job.result, account)
    return show(site, request, page)


def _advice(details: dict) -> str:
    """What a bookkeeper does about a file that was refused, in the words of this page."""
    if "account_currency" in details:
        return f"The file is in {details['currency']}, the account in {details['account_currency']}."
    if details.get("accounts"):
        return f"In the file: {', '.join(details['accounts'])}. Write the one that is meant into “Account in the file”."
    return ""


def _outcome(result: dict) -> str:
    if result["file_known"]:
        return "This very file was imported before: all of its lines are known, and nothing was added."
    return "Nothing was imported yet." if result["dry_run"] else "The file was imported."


def _buttons(result: dict, account: Account) -> list[Button]:
    buttons = []
    if result["statement_id"]:
        number = ids.decode("STM", result["statement_id"])
        buttons.append(Button("The statement", showing.address(Statement, "change", number), icon="description"))
    if not result["dry_run"]:
        buttons.append(workbench_button(account.pk))
    return buttons


def _counts(result: dict) -> Table:
    figures = [result[name] for name in ("new", "duplicates", "conflicts", "errors")]
    return Table(
        title="What would become of its lines" if result["dry_run"] else "What became of its lines",
        headers=["New", "Duplicates", "Conflicts, kept", "Errors"],
        rows=[[f"{figure:,}" for figure in figures]],
    )


def _lines(result: dict, currency: str) -> Table:
    lines, total = result["lines"][:LINES_SHOWN], len(result["lines"]) + result["lines_omitted"]
    return Table(
        title="Lines" if len(lines) == total else f"{len(lines):,} of {total:,} lines",
        headers=["Line", "Date", "Amount", "Description", "Verdict", "Why"],
        right=frozenset({2}),
        rows=[
            [
                each["place"],
                each["date"],
                bank_money(each["amount"], currency),
                each["description"],
                showing.badge(each["verdict"].replace("_", " ")),
                _why(each),
            ]
            for each in lines
        ],
        empty="There is no line in it.",
    )


def _why(line: dict):
    known = line["known_line_id"]
    if not known:
        return line["reason"]
    return showing.link_to(StatementLine, ids.decode("LIN", known), line["reason"])


site.pages.append(
    OwnPage(NAME, Place("Bank", 20, "Import a statement", "upload_file"), "statements", import_page, action="write")
)
