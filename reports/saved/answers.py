"""A saved report as the API shows it."""

from organizations import ids
from reports.saved.models import SavedReport


def saved_answer(row: SavedReport) -> dict:
    """One saved report."""
    return {
        "object": "saved_report",
        "id": row.public_id,
        "organization_id": ids.encode("ORG", row.organization_id),
        "name": row.name,
        "report": row.report,
        "parameters": row.parameters,
        "period": row.period,
        "format": row.format,
        "frequency": row.frequency,
        "recipients": row.recipients,
        "next_run": row.next_run,
        "last_run_at": row.last_run_at,
        "status": row.status,
        "metadata": row.metadata,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }
