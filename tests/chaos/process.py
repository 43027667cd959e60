"""A worker or a beat as the product runs it, but for the time: that is in a file, which the storm moves on.

python -m tests.chaos.process worker|beat FILE
"""

import datetime
import os
import sys
from pathlib import Path

#: Seconds between two looks at what is due; a minute, as the product has it, would be a month here.
EVERY = 0.4


def main() -> None:
    role, file = sys.argv[1], Path(sys.argv[2])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config.celery import app
    from organizations import clock

    clock.now = lambda: datetime.datetime.fromisoformat(file.read_text())
    app.conf.beat_schedule = {
        "run what is due": {"task": "ledger.recurring.tasks.run_due_recurring", "schedule": EVERY}
    }
    if role == "worker":
        app.worker_main(["worker", "--loglevel", "CRITICAL", "--concurrency", "1", "--without-mingle"])
    else:
        schedule = file.with_name(f"beat-{os.getpid()}")
        app.Beat(loglevel="CRITICAL", schedule=str(schedule), max_interval=EVERY, quiet=True).run()


if __name__ == "__main__":
    main()
