"""Contents page: the background work of this app, where Celery looks for it."""

from reports.investors.tasks import run_statements as run_statements
from reports.packages.tasks import run_sealing as run_sealing
from reports.saved.tasks import run_report as run_report
from reports.saved.tasks import send_due_reports as send_due_reports
