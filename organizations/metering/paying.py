"""Who pays for an organization, and what its requests cost.

One credit is a cent of a dollar. Prices by operation stand in one table of the settings. An organization with
``shared`` billing is paid for by the nearest one above it that has ``separate`` billing, or by the root.
"""

from collections import defaultdict
from decimal import Decimal

from django.conf import settings
from django.db import connection, transaction

from organizations import scoping
from organizations.tenants.models import Organization

DOLLARS = Decimal("0.01")


def pool_of(organization_id: int) -> int | None:
    """Whose pool pays for an organization; None where it need not have the credits."""
    with connection.cursor() as cursor:
        cursor.execute("select crane_credit_pool(%s, %s)", [organization_id, settings.CREDITS_ENFORCED])
        return cursor.fetchone()[0]


def paid_by(organization_id: int) -> list[int]:
    """An organization that pays, with all whose calls its pool pays for."""
    with connection.cursor() as cursor:
        cursor.execute("select crane_paid_by(%s)", [organization_id])
        return cursor.fetchone()[0]


def payers() -> dict[int, list[int]]:
    """Who pays for whom."""
    with transaction.atomic():
        before = scoping.current()["app.superuser"]
        scoping.bind(superuser="on")
        rows = {number: (parent, billing) for number, parent, billing in
                Organization.objects.values_list("pk", "parent_id", "billing_type")}  # fmt: skip
        scoping.bind(superuser=before)
    found: dict[int, list[int]] = defaultdict(list)
    for number in rows:
        payer = number
        while rows[payer][1] == "shared" and rows[payer][0] is not None:
            payer = rows[payer][0]
        found[payer].append(number)
    return found


def payer_of(organization: Organization) -> Organization:
    """Who pays for it. Only this one record of those above is looked at, and nothing of it but its id leaves here."""
    found = organization
    while found.billing_type == "shared" and found.parent_id is not None:
        found = _record(found.parent_id)
    return found


def _record(number: int) -> Organization:
    """An organization's record, as the system sees it."""
    before = scoping.current()["app.superuser"]
    scoping.bind(superuser="on")
    try:
        return Organization.objects.get(pk=number)
    finally:
        scoping.bind(superuser=before)
