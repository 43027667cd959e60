"""A revaluation as the API shows it."""

from collections.abc import Sequence
from decimal import Decimal

from ledger.journal.models import Source
from ledger.revaluations.models import Revaluation
from organizations import ids
from organizations.currencies.iso import decimals_of
from organizations.money import exact
from organizations.tenants.models import Organization

FIGURES = ("balance", "rate", "carrying_amount", "revalued_amount", "difference")


def revaluation_answers(rows: Sequence[Revaluation], organization: Organization) -> list[dict]:
    """Revaluations with their transactions, in one query for a page."""
    posted: dict[int, list[str]] = {}
    sources = Source.objects.of(organization).filter(object_id__in=[row.pk for row in rows])
    for number, source in sorted(sources.values_list("transaction_id", "object_id")):
        posted.setdefault(source, []).append(ids.encode("TXN", number))
    decimals = decimals_of(organization.base_currency_id)
    return [
        {
            "object": "revaluation",
            "id": row.public_id,
            "organization_id": organization.public_id,
            "as_of": row.as_of,
            "currency_id": f"CUR_{organization.base_currency_id}",
            "unrealised": exact(row.unrealised, decimals),
            "realised": exact(row.realised, decimals),
            "lines": [_line(line) for line in row.lines],
            "transaction_ids": posted.get(row.pk, []),
            "warnings": [],
            "metadata": row.metadata,
            "created_at": row.created_at,
            "updated_at": row.updated_at,
        }
        for row in rows
    ]


def _line(line: dict) -> dict:
    return line | {name: None if line[name] is None else Decimal(line[name]) for name in FIGURES}
