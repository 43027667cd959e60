"""Work on the whole installation."""

from celery import shared_task

from config.backups import scheduling


# Beyond the broker's visibility timeout it is delivered again; the second one finds the first at work and ends.
@shared_task(soft_time_limit=6 * 3600, time_limit=6 * 3600 + 60)
def take_backup() -> str | None:
    """Take this day's backup, unless it is there; off without BACKUP_DIRECTORY."""
    return scheduling.take_todays_backup()
