"""``/metrics`` for Prometheus: the last examination of each organization's books, and the work that waits.

In the text format 0.0.4. It reads what was kept and examines nothing, so it may be asked often.
"""

import hmac
import json
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

from organizations import errors, ids, scoping
from organizations.jobs.models import STATUSES
from organizations.requests.watching import refusals
from organizations.wire.answering import answer
from organizations.wire.docs import read_only

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Sample = tuple[dict[str, str], int]

EXAMINATIONS = """
    select e.organization_id, e.findings, greatest(0, extract(epoch from now() - e.created_at)::bigint)
      from unnest(%s::bigint[]) o (id)
     cross join lateral (select * from ledger_examination x where x.organization_id = o.id
                          order by x.organization_id, x.id desc limit 1) e
"""
JOBS = """
    select status, count(*), greatest(0, extract(epoch from max(now() - created_at))::bigint)
      from organizations_job where status in ('queued', 'running') group by 1
"""


@read_only
def metrics(request: HttpRequest) -> HttpResponse:
    """What Prometheus reads. Open to the bearer of ``METRICS_TOKEN`` and to a superuser, and to nobody else."""
    if not _may_read(request):
        return answer(request, errors.Unauthenticated("Send METRICS_TOKEN as the bearer, or log in as a superuser"))
    return HttpResponse("".join(exposition()), content_type=CONTENT_TYPE)


def _may_read(request: HttpRequest) -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme:
        wanted = settings.METRICS_TOKEN
        return bool(wanted) and scheme.lower() == "bearer" and hmac.compare_digest(token.encode(), wanted.encode())
    user = getattr(request, "user", None)
    return user is not None and user.is_active and user.is_superuser and not user.lacks_second_factor


def exposition() -> Iterator[str]:
    """The text, family by family."""
    numbers = scoping.every_organization()
    with transaction.atomic(), scoping.reading(numbers), connection.cursor() as cursor:
        cursor.execute(EXAMINATIONS, [numbers])
        examined = [
            (ids.encode("ORG", number), json.loads(findings), age) for number, findings, age in cursor.fetchall()
        ]
        cursor.execute(JOBS)
        jobs = {status: (count, oldest) for status, count, oldest in cursor.fetchall()}
    yield from _family("crane_organizations", "Organizations in this installation.", [({}, len(numbers))])
    yield from _of_examinations(examined)
    waiting = [status for status in STATUSES if status in ("queued", "running")]
    counts = [({"status": status}, jobs.get(status, (0, 0))[0]) for status in waiting]
    yield from _family("crane_jobs", "Long work that has not ended.", counts)
    oldest = [({"status": status}, jobs.get(status, (0, 0))[1]) for status in waiting]
    yield from _family("crane_jobs_oldest_seconds", "How long the oldest of them has waited.", oldest)
    refused = [({"code": code}, count) for code, count in refusals().items()]
    yield from _family("crane_security_refusals_total", "Lines of the security log, by code.", refused, kind="counter")


def _of_examinations(examined: list[tuple]) -> Iterator[str]:
    findings = [(organization, found) for organization, all_found, _ in examined for found in all_found]

    def samples(value) -> Iterator[Sample]:
        for organization, found in findings:
            if found["status"] != "unknown":
                yield {"organization": organization, "name": found["name"]}, value(found)

    yield from _family(
        "crane_ledger_invariant_broken", "Rows that break an invariant.", samples(lambda found: found["broken"])
    )
    yield from _family(
        "crane_ledger_invariant_rows_checked", "Rows looked at for it.", samples(lambda found: found["checked"])
    )
    yield from _family(
        "crane_ledger_invariant_unknown",
        "Invariants that could not be examined in time.",
        [
            ({"organization": organization}, sum(each["status"] == "unknown" for each in all_found))
            for organization, all_found, _ in examined
        ],
    )
    yield from _family(
        "crane_ledger_drift_rows",
        "Totals by account and day that differ from the entries.",
        [
            ({"organization": organization}, found["broken"])
            for organization, found in findings
            if found["name"] == "days_equal_entries" and found["status"] != "unknown"
        ],
    )
    yield from _family(
        "crane_ledger_examination_age_seconds",
        "Since the last examination.",
        [({"organization": organization}, age) for organization, _, age in examined],
    )


def _family(name: str, meaning: str, samples: Iterable[Sample], *, kind: str = "gauge") -> Iterator[str]:
    """One family of samples. Labels are ids and names of ours: nothing in them needs escaping."""
    yield f"# HELP {name} {meaning}\n# TYPE {name} {kind}\n"
    for labels, value in samples:
        shown = ",".join(f'{label}="{text}"' for label, text in labels.items())
        yield f"{name}{{{shown}}} {value}\n" if shown else f"{name} {value}\n"
