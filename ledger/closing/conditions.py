"""The status of a lift as the database reads it, for lists and filters."""

from django.contrib.postgres.functions import TransactionNow
from django.db.models import Case, CharField, QuerySet, Value, When


def with_state(lifts: QuerySet) -> QuerySet:
    """Lifts with ``state``: active, ended or expired."""
    state = Case(
        When(ended_at__isnull=False, then=Value("ended")),
        When(expires_at__lte=TransactionNow(), then=Value("expired")),
        default=Value("active"),
        output_field=CharField(),
    )
    return lifts.annotate(state=state)
