"""Exchange rates by themselves: a long file as a job, and the European Central Bank's daily reference file."""

import structlog
from celery import shared_task
from django.conf import settings

from ledger.accounts.models import Account
from ledger.currencies.ecb_files import Reference, Unreadable, read
from ledger.currencies.fetching import Unfetched, fetch
from ledger.currencies.importing import LARGEST, import_answer, import_rates, read_reference
from ledger.currencies.models import ExchangeRate
from organizations import scoping
from organizations.actors import Actor, system
from organizations.jobs.models import Job
from organizations.jobs.progress import Progress
from organizations.jobs.running import runs
from organizations.tenants.models import Organization

KIND = "import_exchange_rates"

log = structlog.get_logger()


@runs(KIND)
def run_rate_import(actor: Actor, job: Job, progress: Progress) -> dict:
    """The job behind a long file."""
    organization = Organization.objects.get(pk=job.organization_id)
    reference = read_reference(bytes(job.file))
    done = import_rates(actor=actor, organization=organization, reference=reference, progress=progress)
    return import_answer(done, organization.pk)


@shared_task
def fetch_reference_rates() -> int:
    """Fetch the reference file that the installation names, for every organization that uses foreign currencies.

    How many rates were new. It is fetched with no database transaction open. What was stored before stays, so coming
    twice does no harm, and one organization that fails keeps no other waiting.
    """
    if not settings.ECB_RATES_URL:
        return 0
    try:
        data = fetch(settings.ECB_RATES_URL, largest=LARGEST, plain=settings.OUTGOING_ALLOWED_HOSTS)
        reference = read(data)
    except (Unfetched, Unreadable) as problem:
        log.error("reference rates were not fetched", problem=str(problem))
        return 0
    return sum(store(number, reference) for number in scoping.every_organization(at_work=True))


def store(organization_id: int, reference: Reference) -> int:
    """The rates for one organization, if it is active and uses foreign currencies; how many were new."""
    with scoping.acting_in(organization_id):
        organization = Organization.objects.get(pk=organization_id)
        if organization.status != "active" or not _is_foreign(organization):
            return 0
        return import_rates(actor=system("ecb"), organization=organization, reference=reference).new


def _is_foreign(organization: Organization) -> bool:
    """Whether an account is in another currency than the base, or a rate is known."""
    accounts = Account.objects.of(organization).exclude(currency=organization.base_currency_id)
    return accounts.exists() or ExchangeRate.objects.of(organization).exists()
