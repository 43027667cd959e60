"""Importing contacts in the back office: checked line by line, then the good ones are made."""

from django.contrib import messages
from django.http import HttpResponse

from ledger.contacts.forms import ContactUploadForm
from ledger.contacts.importing import ImportedContacts, import_contacts
from ledger.contacts.models import Contact
from ledger.contacts.tasks import KIND, MOST_AT_ONCE
from organizations.backoffice import showing
from organizations.backoffice.menus import OwnPage, Place
from organizations.backoffice.pages import Page, Table, attempt, show
from organizations.backoffice.records import organization_of
from organizations.backoffice.site import site
from organizations.jobs.models import Job
from organizations.jobs.running import queue
from organizations.jobs.tasks import start

LINES_SHOWN = 200


def contact_import_page(request) -> HttpResponse:
    """The page: ``check`` says what would happen and does nothing, ``import`` does it."""
    page = Page(title="Import contacts", template="admin/ledger/import.html")
    page.extra["about"] = (
        "Each line is looked at by itself: who is there already (the same reference, or the same e-mail address and"
        " name) stays as it is, and lines with problems are left out."
    )
    if request.method != "POST":
        page.form = ContactUploadForm(office=request.office)
        return show(site, request, page)
    page.form = ContactUploadForm(request.POST, request.FILES, office=request.office)
    if page.form.is_valid():
        _take(request, page, page.form.cleaned_data["file"].read())
    return show(site, request, page)


def _take(request, page: Page, data: bytes) -> None:
    checking = "_import" not in request.POST
    actor, organization = request.office.actor, organization_of(request)
    if not checking and data.count(b"\n") > MOST_AT_ONCE:
        job = queue(actor=actor, organization_id=organization.pk, kind=KIND, payload={}, file=data)
        start(job)
        messages.success(request, "The file is long: it is imported in the background.")
        page.tables = [Table(title="Job", headers=["Id"], rows=[[showing.link_to(Job, job.pk, job.public_id)]])]
        return
    done, refusal = attempt(
        lambda: import_contacts(actor=actor, organization=organization, data=data, dry_run=checking)
    )
    if refusal is not None:
        page.form.place(refusal)
        return
    new, there, wrong = (done.count(verdict) for verdict in ("created", "duplicate", "error"))
    said = "would be made" if checking else "made"
    page.extra["outcome"] = f"{new:,} {said}, {there:,} there already, {wrong:,} with problems."
    page.tables = [_table(done)]


def _table(done: ImportedContacts) -> Table:
    rows = [
        [
            each.line,
            showing.badge(each.verdict),
            each.name if each.contact_id is None else showing.link_to(Contact, each.contact_id, each.name),
            " ".join(f"{name}: {problem}" for name, problem in each.fields.items()),
        ]
        for each in sorted(done.lines, key=lambda each: (each.verdict != "error", each.line))[:LINES_SHOWN]
    ]
    title = "Lines" if len(done.lines) <= LINES_SHOWN else f"The first {LINES_SHOWN} of {len(done.lines):,} lines"
    return Table(title=title, headers=["Line", "Verdict", "Name", "What is wrong"], rows=rows)


site.pages.append(
    OwnPage(
        "import_contacts",
        Place("Sales & purchases", 11, "Import contacts", "upload_file"),
        "contacts",
        contact_import_page,
        action="write",
    )
)
