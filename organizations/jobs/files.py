"""The result of a job as a file, streamed part by part: it may be a hundred thousand results long."""

from collections.abc import Iterator

from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from organizations import scoping
from organizations.jobs.answers import results_of
from organizations.jobs.errors import JobNotFinished, JobResultExpired
from organizations.jobs.models import FINISHED, Job, JobPart
from organizations.requests.exporting import csv_response
from organizations.tenants.models import Organization
from organizations.wire.query_strings import bad
from organizations.wire.rendering import dumps

COLUMNS = ("index", "client_ref", "status", "id", "error_code", "error_message", "error_fields")


def check(job: Job) -> None:
    """Raises JobNotFinished, JobResultExpired."""
    if job.status not in FINISHED:
        raise JobNotFinished(details={"status": job.status})
    if job.expired_at is not None:
        raise JobResultExpired(details={"expired_at": job.expired_at})


def json_file(job: Job, *, with_body: bool = True) -> HttpResponseBase:
    """All of the result (or, where it failed, of the error), with the results of a batch."""
    headers = {
        "Content-Type": "application/json",
        "Content-Disposition": content_disposition_header(True, f"{name_of(job)}.json"),
        "Cache-Control": "private, no-store",
    }
    return StreamingHttpResponse(_pieces(job) if with_body else (), headers=headers)


def csv_file(organization: Organization, job: Job, *, with_body: bool = True) -> HttpResponseBase:
    """The results of a batch, one to a line. Raises InvalidParameter where the job has none."""
    if not has_lines(job):
        raise bad({"format": "This job has no list of results; ask for json."})
    return csv_response(
        organization, name_of(job), COLUMNS, lambda: (_line(each) for each in results_of(job)), with_body=with_body
    )


def has_lines(job: Job) -> bool:
    """Whether the result is a list: that of a batch."""
    return JobPart.objects.of(job.organization_id).filter(job_id=job.pk).exists()


def name_of(job: Job) -> str:
    """The file's name without its ending."""
    return f"{job.kind}-{job.public_id}"


def _pieces(job: Job) -> Iterator[bytes]:
    """The document in pieces. It is read when the request's transaction is over, so in one of its own."""
    with scoping.reading([job.organization_id]):
        head = {"object": "job_result", "job_id": job.public_id, "status": job.status, "error": job.error}
        yield dumps(head | {"result": job.result})[:-1] + b',"results":['
        for number, result in enumerate(results_of(job)):
            yield b"," * (number > 0) + dumps(result)
        yield b"]}\n"


def _line(result: dict) -> tuple:
    made = next((value for value in result.values() if isinstance(value, dict) and "id" in value), {})
    error = result.get("error") or {}
    fields = error.get("details", {}).get("fields") or {}
    said = "; ".join(f"{place}: {' '.join(problems)}" for place, problems in fields.items())
    return (result["index"], result["client_ref"], result["status"], made.get("id"), error.get("code"),
            error.get("message"), said or None)  # fmt: skip
