"""Importing a journal in the back office: checked, with every problem and its line, then posted whole or not at all."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse

from ledger.imports.api import LARGEST_AT_ONCE
from ledger.imports.csv_tables import Problem
from ledger.imports.importing import Imported, import_journal
from ledger.imports.tasks import KIND
from organizations.backoffice import showing
from organizations.backoffice.forms import VerbForm
from organizations.backoffice.menus import OwnPage, Place
from organizations.backoffice.pages import Page, Table, attempt, show
from organizations.backoffice.records import organization_of
from organizations.backoffice.site import site
from organizations.jobs.models import Job
from organizations.jobs.running import queue
from organizations.jobs.tasks import start

PROBLEMS_SHOWN = 200
COLUMNS = "transaction, date, description, reference, account_code, debit, credit, currency"


class ImportForm(VerbForm):
    """The files of an import."""

    file = forms.FileField(label="Journal", help_text=f"CSV with the columns {COLUMNS}.")
    accounts_file = forms.FileField(
        label="Accounts",
        required=False,
        help_text="CSV with the columns code, name, type, parent_code, currency; opens those that are not there.",
    )


def import_page(request) -> HttpResponse:
    """The page: ``check`` says what would happen and does nothing, ``import`` does it."""
    page = Page(title="Import a journal", template="admin/ledger/import.html")
    if request.method != "POST":
        page.form = ImportForm(office=request.office)
        return show(site, request, page)
    page.form = ImportForm(request.POST, request.FILES, office=request.office)
    if page.form.is_valid():
        journal = page.form.cleaned_data["file"].read()
        accounts = page.form.cleaned_data["accounts_file"]
        _take(request, page, journal, accounts.read() if accounts else None)
    return show(site, request, page)


def _take(request, page: Page, journal: bytes, accounts: bytes | None) -> None:
    checking = "_import" not in request.POST
    if not checking and len(journal) > LARGEST_AT_ONCE:
        _queue(request, page, journal, accounts)
        return
    actor, organization = request.office.actor, organization_of(request)

    def work(dry_run: bool) -> Imported:
        return import_journal(
            actor=actor, organization=organization, journal=journal, accounts=accounts, dry_run=dry_run
        )

    done, refusal = attempt(lambda: work(True))
    if refusal is None and not checking and not done.problems:
        done, refusal = attempt(lambda: work(False))
    if refusal is not None:
        page.form.place(refusal)
    else:
        page.tables = [problem_table(done.problems)] if done.problems else [summary(done)]
        page.extra["outcome"] = _outcome(done)


def _queue(request, page: Page, journal: bytes, accounts: bytes | None) -> None:
    """A long file is a job, as over the API."""
    job = queue(
        actor=request.office.actor,
        organization_id=organization_of(request).pk,
        kind=KIND,
        payload={"accounts": None if accounts is None else accounts.decode("utf-8", "surrogateescape")},
        file=journal,
    )
    start(job)
    messages.success(request, "The file is long: it is imported in the background.")
    page.tables = [Table(title="Job", headers=["Id"], rows=[[showing.link_to(Job, job.pk, job.public_id)]])]


def _outcome(done: Imported) -> str:
    if done.problems:
        count = len(done.problems)
        return f"{count:,} problem{'s' if count > 1 else ''}; nothing was imported."
    return "Nothing is wrong with the file. Nothing was imported yet." if done.dry_run else "The file was imported."


def summary(done: Imported) -> Table:
    """What an import did, or would do."""
    figures = (done.transactions, done.entries, done.accounts_created, done.skipped)
    return Table(
        title="Would be imported" if done.dry_run else "Imported",
        headers=["Transactions", "Entries", "Accounts opened", "In the books already"],
        rows=[[f"{figure:,}" for figure in figures]],
    )


def problem_table(problems: list[Problem]) -> Table:
    """The problems by line."""
    count = len(problems)
    return Table(
        title="Problems" if count <= PROBLEMS_SHOWN else f"The first {PROBLEMS_SHOWN} of {count:,} problems",
        headers=["Line", "Column", "What is wrong"],
        rows=[[problem.line, problem.column, problem.message] for problem in problems[:PROBLEMS_SHOWN]],
    )


site.pages.append(
    OwnPage("import_journal", Place("Books", 60, "Import", "upload_file"), "imports", import_page, action="write")
)
