"""Batches over HTTP, and those that are too large for a request: a job that goes through them in steps."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import transaction
from rest_framework.response import Response

from organizations.actors import Actor
from organizations.errors import Refusal, UnsupportedMediaType
from organizations.jobs.answers import job_answer
from organizations.jobs.models import Job, JobPart
from organizations.jobs.progress import Progress
from organizations.jobs.running import exact, queue
from organizations.jobs.tasks import start
from organizations.requests.views import TenantViewSet
from organizations.tenants.models import Organization
from organizations.wire.batches import (
    LARGEST_AT_ONCE,
    MOST_ITEMS,
    BatchFields,
    client_ref_of,
    items_of,
    summary_of,
    within,
)
from organizations.wire.choosing import valid
from organizations.wire.parsing import read_json
from organizations.wire.splitting import split

#: So many items are committed together: long enough for set-based statements, short enough for their locks.
STEP = 1000

#: Carries out some items: ``(actor=, organization=, items=, start=, wish=)``; gives the answer of a batch.
CarryOut = Callable[..., dict]


class BatchViewSet(TenantViewSet):
    """The base of views on batches. A large one is queued as it came and answered with its job."""

    def batch(self, name: str, shape: type[BatchFields], *, kind: str, carry_out: CarryOut, status: int = 200):
        """Carry out the batch of this request, or queue it. ``name`` is that of the list of items."""
        raw = self.request.body
        if len(raw) > LARGEST_AT_ONCE:
            if self.request.content_type.partition(";")[0].strip() != "application/json":
                raise UnsupportedMediaType()
            beside, items = split(raw, name)
        else:
            beside, items = self.request.data, self.request.data.get(name)
        items = items_of({name: items}, name)
        reading = shape(data={field: value for field, value in beside.items() if field != name}, partial=True)
        wish = dict(valid(reading).validated_data)
        wish["dry_run"] = wish["dry_run"] or self.dry_run
        if len(raw) > LARGEST_AT_ONCE or len(items) > MOST_ITEMS:
            return self._queue(raw, kind, wish)
        done = carry_out(actor=self.actor, organization=self.organization, items=items, start=0, wish=wish)
        return Response(done, status=status)

    def _queue(self, raw: bytes, kind: str, wish: dict) -> Response:
        self.dry_run = False  # the job's affair from here on
        payload = {**wish, "position": 0, "summary": {"succeeded": 0, "failed": 0, "skipped": 0}}
        job = queue(actor=self.actor, organization_id=self.organization.pk, kind=kind, payload=payload, file=raw)
        start(job)
        return Response(job_answer(job), status=202)

    def meant(self, request) -> tuple[Any, dict[str, bytes]]:
        if len(request.body) > LARGEST_AT_ONCE:  # by its bytes: reading it is the worker's
            return None, {"body": request.body}
        return super().meant(request)

    @property
    def largest_body(self) -> int:
        return settings.MAX_BATCH_BYTES


def go_through(
    actor: Actor,
    job: Job,
    progress: Progress,
    *,
    name: str,
    carry_out: CarryOut,
    shorten: Callable[[dict], dict] = lambda result: result,
    step: int | None = None,
) -> dict | None:
    """The next step of a large batch; None if there is more to do.

    ``independent`` and ``stop_on_error``: each step is committed with its results and with the
    place that was reached, so a worker that dies has done whole steps, and no item is done twice.
    ``atomic``, and a dry run: all steps within one transaction.
    """
    items = _items(job.organization_id, job.pk, name)
    wish = job.payload
    place = wish["position"]
    if place == 0:
        _refuse_malformed(items, name)
    progress.start(len(items), place)
    walk = Walk(actor, job, items, carry_out, shorten, step or min(STEP, len(items)))
    if wish["mode"] == "atomic" or wish["dry_run"]:
        walk.all_at_once(progress)
    else:
        walk.one_step(progress)
    if wish["position"] < len(items):
        return None
    _items.cache_clear()
    return {"object": "batch", "mode": wish["mode"], "dry_run": wish["dry_run"], "summary": wish["summary"]}


class Walk:
    """On the way through a large batch."""

    def __init__(self, actor: Actor, job: Job, items: list, carry_out: CarryOut, shorten: Callable, step: int):
        self.actor, self.job, self.items, self.step = actor, job, items, step
        self.carry_out, self.shorten = carry_out, shorten
        self.wish = job.payload
        self.organization = Organization.objects.get(pk=job.organization_id)

    def one_step(self, progress: Progress) -> None:
        """Carry out the next items, and keep what became of them."""
        place = self.wish["position"]
        self._keep(place, self._carry_out(place))
        progress.advance(self.wish["position"] - place)

    def all_at_once(self, progress: Progress) -> None:
        """Carry out all items in this transaction; a dry run undoes it again."""
        found: list[tuple[int, list[dict]]] = []
        with transaction.atomic():
            for place in range(0, len(self.items), self.step):
                results = self._carry_out(place)
                found.append((place, results))
                progress.advance(self.step)
                if self._stops(results):
                    break
            if self.wish["dry_run"]:
                transaction.set_rollback(True)
        for place, results in found:
            self._keep(place, results)

    def _carry_out(self, place: int) -> list[dict]:
        """The results of the items of one step."""
        bodies = [_read(raw) for raw in self.items[place : place + self.step]]
        wish = {**self.wish, "dry_run": False}  # a dry run is undone as a whole: later items see what earlier ones did
        done = self.carry_out(actor=self.actor, organization=self.organization, items=bodies, start=place, wish=wish)
        return done["results"]

    def _stops(self, results: list[dict]) -> bool:
        return self.wish["mode"] == "stop_on_error" and any(result["status"] == "failed" for result in results)

    def _keep(self, place: int, results: list[dict]) -> None:
        """Put results, and where a failure stops the batch those of all that is left, beside the job."""
        if self._stops(results):
            rest = enumerate(self.items[place + len(results) :], place + len(results))
            results = results + [
                {"index": index, "client_ref": client_ref_of(_read(raw)), "status": "skipped"} for index, raw in rest
            ]
        JobPart.objects.create(
            organization_id=self.job.organization_id,
            job_id=self.job.pk,
            number=place,
            results=exact([self.shorten(result) for result in results]),
        )
        for status, count in summary_of(results).items():
            self.wish["summary"][status] += count
        self.wish["position"] = place + len(results)


@lru_cache(maxsize=1)
def _items(organization_id: int, job_id: int, name: str) -> list:
    """The texts of the items, kept between the steps of one job."""
    file = Job.objects.of(organization_id).values_list("file", flat=True).get(pk=job_id)
    return split(bytes(file), name)[1]


def _read(raw) -> Any:
    return read_json(bytes(raw), top_level=object)


def _refuse_malformed(items: list, name: str) -> None:
    """A body with a malformed item is refused whole, as in a request."""
    for index, raw in enumerate(items):
        try:
            _read(raw)
        except Refusal as refusal:
            raise within(refusal, f"{name}[{index}].") from refusal
