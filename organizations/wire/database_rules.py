"""What the database refuses by name, turned into the refusal of the API.

A constraint or trigger that knows the name of its rule says so: PostgreSQL reports
``constraint_name``, and our triggers raise with ``USING CONSTRAINT = '…'`` and an
SQLSTATE that begins with ``LG``. The apps register their rules when they start
(``ledger/invariants.py``); a rule nobody registered is a fault of ours: 500 and a log line.

SQLSTATEs: PostgreSQL, appendix A.
"""

from collections.abc import Callable, Mapping

import django.db
import psycopg

from organizations import errors

Rule = type[errors.Refusal] | Callable[[psycopg.errors.Diagnostic], errors.Refusal]

DATABASE_ERRORS = (django.db.Error, psycopg.Error)

RETRYABLE = frozenset({"40001", "40P01"})  # serialization failure, deadlock: the same again may succeed
LOCK_NOT_AVAILABLE = "55P03"
TOO_SLOW = "57014"  # statement_timeout
UNFIT_VALUES = frozenset(
    {
        "22001",  # text too long for its column
        "22003",  # number out of range
        "22008",  # date or time out of range
        "22021",  # bytes that are no text, such as NUL
        "22P05",  # a character the encoding lacks
        "54000",  # program limit, such as an index row that is too large
    }
)
UNREACHABLE = ("08", "53", "57P")  # connection lost, out of resources, server going up or down

database_rules: dict[str, Rule] = {}


def register_rules(rules: Mapping[str, Rule]) -> None:
    """Add rules, keyed by the name of the constraint, or by the SQLSTATE of a trigger that names none.

    A rule is a Refusal class, or a function from PostgreSQL's report to a Refusal.
    Raises ValueError where a name is registered twice with different meanings.
    """
    for name, rule in rules.items():
        if database_rules.setdefault(name, rule) is not rule:
            raise ValueError(f"The database rule {name} is registered twice.")


def reported_by(exception: BaseException) -> psycopg.Error | None:
    """PostgreSQL's own error behind one of Django's."""
    cause = exception
    while cause is not None and not isinstance(cause, psycopg.Error):
        cause = cause.__cause__
    return cause


def is_retryable(exception: BaseException) -> bool:
    """Whether the whole database transaction should be tried again: a deadlock or a failed serialization."""
    report = reported_by(exception)
    return report is not None and report.sqlstate in RETRYABLE


def is_lost(exception: BaseException) -> bool:
    """Whether the connection broke, or the server is going up or down: nothing is wrong with what was asked."""
    report = reported_by(exception)
    if report is None or report.sqlstate:
        return report is not None and report.sqlstate.startswith(UNREACHABLE)
    return isinstance(report, psycopg.OperationalError)


def refusal_of(exception: BaseException) -> errors.Refusal | None:
    """The refusal that a database error stands for; None where it is a fault of ours."""
    report = reported_by(exception)
    if report is None:
        return None
    state = report.sqlstate or ""
    rule = database_rules.get(report.diag.constraint_name or "") or database_rules.get(state)
    if rule is not None:
        return rule() if isinstance(rule, type) else rule(report.diag)
    if state == LOCK_NOT_AVAILABLE or state in RETRYABLE:
        return errors.Busy()
    if state in UNFIT_VALUES or (not state and isinstance(report, psycopg.DataError)):
        return errors.OutOfRange()
    if state == TOO_SLOW or is_lost(exception):
        return errors.Unavailable()
    return None
