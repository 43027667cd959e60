"""All investor statements of a period as one piece of work, each also sent to its investor where that is wished."""

import datetime

from ledger.stationery.branding import branding_of
from organizations.actors import Actor
from organizations.jobs.models import Job
from organizations.jobs.progress import Progress
from organizations.jobs.running import runs
from organizations.letters.posting import Enclosure, post_letter
from organizations.tenants.models import Organization
from reports.investors.models import Investor
from reports.investors.statements import investor_statements, statement_sheet
from reports.outputs.pdf_files import pdf_file
from reports.periods import Period
from reports.statements import Wish

KIND = "investor_statements"


@runs(KIND)
def run_statements(actor: Actor, job: Job, progress: Progress) -> dict:
    """The job: its result are the statements, by investor."""
    organization = Organization.objects.get(pk=job.organization_id)
    start, end = (datetime.date.fromisoformat(job.payload[name]) for name in ("start_date", "end_date"))
    answer = investor_statements(Wish(organization, [Period(start, end)]))
    rows = answer["statements"]
    progress.start(len(rows))
    sent = 0
    addresses = dict(Investor.objects.of(organization).exclude(email="").values_list("pk", "email"))
    by_id = {Investor(pk=number).public_id: email for number, email in addresses.items()}
    for row in rows:
        if job.payload["send"] and row["investor_id"] in by_id:
            _send(actor, organization, answer | {"statements": [row]}, by_id[row["investor_id"]])
            sent += 1
        progress.advance()
    return answer | {"sent": sent}


def _send(actor: Actor, organization: Organization, answer: dict, email: str) -> None:
    (row,) = answer["statements"]
    content = pdf_file(statement_sheet(answer, organization.name), branding=branding_of(organization))
    period = f"{answer['start_date']} to {answer['end_date']}"
    post_letter(
        actor=actor,
        organization=organization,
        to=[email],
        subject=f"Your statement for {period}",
        body=f"Dear {row['name']},\n\nyour statement for {period} is enclosed.\n\n{organization.name}\n",
        attachments=[Enclosure(f"statement-{answer['end_date']}.pdf", "application/pdf", content)],
        about_kind="investor",
        about_id=row["investor_id"],
        sender_name=organization.name,
    )
