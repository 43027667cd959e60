"""How far a job is. The work is one database transaction, so its progress is told through Redis."""

import time

import redis

from organizations import draining
from organizations.jobs.models import Job, JobCancellation
from organizations.requests.limits import client

KEPT_SECONDS = 24 * 3600
LOOK_EVERY_SECONDS = 1


class Cancelled(Exception):
    """Somebody wants the job to stop: raised through the work, which is undone."""


class HandedBack(Exception):
    """The worker ends and may not wait longer: raised through the work, which is undone and left to another worker."""


def is_cancelled(job: Job) -> bool:
    """Whether somebody wants the job to stop."""
    return JobCancellation.objects.of(job.organization_id).filter(job_id=job.pk).exists()


class Progress:
    """Handed to the work; it says ``total`` once and ``advance`` as it goes: that may raise Cancelled or HandedBack."""

    def __init__(self, job: Job | None = None):
        self.job = job
        self.done = 0
        self.total: int | None = None
        self._looked = time.monotonic()

    def start(self, total: int, done: int = 0) -> None:
        """So many steps in all; ``done`` of them were made by a worker before."""
        self.total, self.done = total, done
        self._tell()

    def advance(self, steps: int = 1) -> None:
        self.done += steps
        self._tell()
        if self.job is not None and draining.is_over():
            raise HandedBack()
        if self.job is not None and time.monotonic() - self._looked >= LOOK_EVERY_SECONDS:
            self._looked = time.monotonic()
            if is_cancelled(self.job):
                raise Cancelled()

    def _tell(self) -> None:
        if self.job is None:
            return
        try:
            client().set(_name(self.job), f"{self.done}/{self.total or 0}", ex=KEPT_SECONDS)
        except redis.RedisError:
            return  # nobody watches, the work goes on


def _name(job: Job) -> str:
    return f"crane:jobs:{job.organization_id}:{job.pk}"


def of(job: Job) -> tuple[int, int | None]:
    """Steps done and steps in all (None while unknown)."""
    if job.status == "running":
        try:
            told = client().get(_name(job))
        except redis.RedisError:
            told = None
        if told:
            done, total = map(int, told.split(b"/"))
            return done, total or None
    return job.progress_done, job.progress_total


def settle(job: Job, *, undone: bool) -> None:
    """Put the last known progress into the row; where the step at work was undone only what was committed before it."""
    done, job.progress_total = of(job)
    job.progress_done = job.progress_done if undone else done
