"""Contents page: the background work of this app, in chapter order."""

from organizations.drafts.tasks import expire_drafts as expire_drafts
from organizations.jobs.tasks import forget_old_results as forget_old_results
from organizations.jobs.tasks import run_job as run_job
from organizations.jobs.tasks import run_waiting_jobs as run_waiting_jobs
from organizations.keys.tasks import note_last_use as note_last_use
from organizations.letters.tasks import send_letters as send_letters
from organizations.metering.tasks import buy_credits as buy_credits
from organizations.metering.tasks import collect_usage as collect_usage
from organizations.metering.tasks import spend_credits as spend_credits
from organizations.notices.tasks import send_notices as send_notices
from organizations.requests.tasks import forget_old_claims as forget_old_claims
from organizations.webhooks.tasks import deliver_webhooks as deliver_webhooks
from organizations.webhooks.tasks import forget_old_deliveries as forget_old_deliveries
