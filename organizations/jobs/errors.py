"""Refusals of jobs."""

from organizations.errors import Conflict, Refusal, ServerError


class JobFinished(Conflict):
    """There is nothing left to cancel."""

    code = "job_finished"
    message = "The job has ended already"


class JobNotFinished(Conflict):
    """The result is there when the job has ended."""

    code = "job_not_finished"
    message = "The job has not ended yet"


class JobResultExpired(Refusal):
    """Results are kept for some time (``result_expires_at``); what the job did stays."""

    type = "not_found_error"
    status = 410
    code = "job_result_expired"
    message = "The job's result is not kept any more"


class JobGaveUp(ServerError):
    """Nobody tries again by itself what ended its worker so many times; only ever seen as a job's ``error``."""

    code = "job_gave_up"
    message = "The work ended its worker several times without coming further"
