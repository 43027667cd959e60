"""Refusals of schedules, in the order in which they are checked."""

from organizations.errors import Conflict, Unprocessable


class RecurringNotActive(Conflict):
    """Only an active schedule runs or is paused, only a paused one is resumed, and one that is over stays so."""

    code = "recurring_not_active"
    message = "The schedule is not in a state for this"


class RecurringHasRun(Conflict):
    """A schedule that has run stays on record; it can be cancelled."""

    code = "recurring_has_run"
    message = "The schedule has run already; cancel it instead"


class NothingToRun(Conflict):
    """No occurrence is left."""

    code = "nothing_to_run"
    message = "No occurrence of this schedule is left"


class ExecutionNotFailed(Conflict):
    """Only an occurrence that failed is tried again."""

    code = "execution_not_failed"
    message = "This occurrence has not failed"


class ExecutionFailedAgain(Unprocessable):
    """The occurrence still cannot be posted; ``details.cause`` is the error it met."""

    code = "execution_failed_again"
    message = "The occurrence cannot be posted yet"
