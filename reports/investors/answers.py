"""An investor as the API shows it."""

from collections.abc import Sequence

from organizations import ids
from organizations.currencies.iso import decimals_of
from organizations.money import exact, plain_rate
from organizations.tenants.models import Organization
from reports.investors.models import Holding, Investor


def holding_answer(holding: Holding, decimals: int) -> dict:
    """What an investor has from a day on."""
    return {
        "effective_date": holding.effective_date,
        "percentage": None if holding.percentage is None else plain_rate(holding.percentage),
        "units": None if holding.units is None else plain_rate(holding.units),
        "commitment": exact(holding.commitment, decimals),
    }


def investor_answers(investors: Sequence[Investor], organization: Organization) -> list[dict]:
    """Investors with what they have and had."""
    decimals = decimals_of(organization.base_currency_id)
    found: dict[int, list[dict]] = {each.pk: [] for each in investors}
    rows = Holding.objects.of(organization).filter(investor__in=list(found)).order_by("effective_date")
    for row in rows:
        found[row.investor_id].append(holding_answer(row, decimals))
    return [
        {
            "object": "investor",
            "id": each.public_id,
            "organization_id": organization.public_id,
            "name": each.name,
            "email": each.email,
            "reference": each.reference,
            "capital_account_id": ids.encode("ACT", each.account_id),
            "preferred_return_rate": None
            if each.preferred_return_rate is None
            else plain_rate(each.preferred_return_rate),
            "status": each.status,
            "holdings": found[each.pk],
            "metadata": each.metadata,
            "created_at": each.created_at,
            "updated_at": each.updated_at,
        }
        for each in investors
    ]


def investor_answer(investor: Investor, organization: Organization) -> dict:
    """One investor."""
    return investor_answers([investor], organization)[0]
