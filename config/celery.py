"""Background work: the Celery application and what runs when.

Tasks stand in the apps' `tasks.py`. Each is a thin call of a verb and safe to run twice, for delivery is at least once.
"""

import os
import warnings

from celery import Celery, signals
from celery.platforms import SecurityWarning
from celery.schedules import crontab

from config import env
from organizations import draining
from organizations.status import pulse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("crane_ledger")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
pulse.listen()

# What is due is a row in the database; these only look. A look that comes late or twice does no harm.
app.conf.beat_schedule = {
    "note when keys were last used": {"task": "organizations.keys.tasks.note_last_use", "schedule": 60},
    "count what processes left behind": {"task": "organizations.metering.tasks.collect_usage", "schedule": 60},
    "spend credits for what was used": {
        "task": "organizations.metering.tasks.spend_credits",
        "schedule": crontab(minute=41),
    },
    "buy credits": {"task": "organizations.metering.tasks.buy_credits", "schedule": 20},
    "run jobs whose message was lost": {"task": "organizations.jobs.tasks.run_waiting_jobs", "schedule": 30},
    # At night, and from rows: an hour that was missed is made up for by the next.
    "examine the books": {"task": "ledger.health.tasks.examine_due_ledgers", "schedule": crontab(minute=7, hour="1-5")},
    "take a backup": {"task": "config.tasks.take_backup", "schedule": crontab(minute=17, hour="1-5")},
    "sweep files that no attachment names": {
        "task": "ledger.attachments.tasks.sweep_attachments",
        "schedule": 24 * 3600,
    },
    "delete what is to be deleted": {
        "task": "ledger.deletions.tasks.delete_due_organizations",
        "schedule": crontab(minute=17, hour="2-4"),
    },
    "seal what is settled": {"task": "ledger.proof.tasks.seal_what_is_settled", "schedule": 60},
    "push checkpoints to their anchors": {"task": "ledger.proof.tasks.push_anchors", "schedule": 60},
    # The European Central Bank publishes once a day, in the afternoon; what is known already is left as it is.
    "fetch reference rates": {
        "task": "ledger.currencies.tasks.fetch_reference_rates",
        "schedule": crontab(minute=23, hour="*/3"),
    },
    "run what is due": {"task": "ledger.recurring.tasks.run_due_recurring", "schedule": 60},
    "send reports that are due": {"task": "reports.saved.tasks.send_due_reports", "schedule": 300},
    "tell what is overdue": {"task": "ledger.invoicing.tasks.tell_overdue", "schedule": 3600},
    "write to members": {"task": "organizations.notices.tasks.send_notices", "schedule": 60},
    "send letters": {"task": "organizations.letters.tasks.send_letters", "schedule": 20},
    "deliver webhooks": {"task": "organizations.webhooks.tasks.deliver_webhooks", "schedule": 10},
    "expire drafts that nobody decided": {"task": "organizations.drafts.tasks.expire_drafts", "schedule": 3600},
    "forget old results of jobs": {"task": "organizations.jobs.tasks.forget_old_results", "schedule": 24 * 3600},
    "forget old deliveries": {"task": "organizations.webhooks.tasks.forget_old_deliveries", "schedule": 24 * 3600},
    "forget old sessions": {"task": "organizations.logins.tasks.forget_old_sessions", "schedule": 24 * 3600},
    "forget old idempotency keys": {"task": "organizations.requests.tasks.forget_old_claims", "schedule": 3600},
}

# A worker run by root is warned of because a pickled message could hold code. Ours hold JSON and nothing else.
warnings.filterwarnings("ignore", category=SecurityWarning)


@signals.setup_logging.connect
def _keep_our_logs(**_) -> None:
    """Celery sets up logs of its own unless someone listens here; ours are set up by the settings."""


@signals.worker_init.connect
def _refuse_unsafe(**_) -> None:
    """A worker looks before it takes a task."""
    from config import safety

    try:
        safety.wait_until_safe()
    except safety.Unsafe as problem:
        raise SystemExit(str(problem)) from None


@signals.worker_shutting_down.connect
def _end_soon(**_) -> None:
    """Told to stop, a worker takes nothing new; its processes learn here that their jobs are to be handed back."""
    draining.begin(env.stop_seconds())


@signals.worker_process_init.connect
def _collect_seldom(**_) -> None:
    """As the web's processes do."""
    from config import memory, tracing

    if traces := tracing.begin():
        traces.statements()
        traces.messages()
        traces.tasks()
    memory.collect_seldom()
