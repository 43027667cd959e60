"""What was used: by day, key, operation or child, with what it cost."""

import datetime
from collections.abc import Sequence

from django.db import connection

from organizations import ids, scoping
from organizations.metering.paying import DOLLARS, paid_by
from organizations.requests.credits import price_of
from organizations.tenants.models import Organization

GROUPS = ("day", "key", "operation", "child")
USED = """
    select organization_id, day, api_key_id, operation, sum(requests)::bigint, sum(refused)::bigint
      from organizations_usage
     where organization_id = any (%s) and day between %s and %s
     group by 1, 2, 3, 4
"""


def usage(
    organization: Organization,
    children: Sequence[Organization],
    *,
    start: datetime.date,
    end: datetime.date,
    group_by: str | None,
) -> dict:
    """The report; with ``child`` the organization itself and each of its children, who have decided to be counted."""
    members = [organization, *(children if group_by == "child" else [])]
    numbers = [each.pk for each in members]
    with scoping.reading(numbers), connection.cursor() as cursor:
        cursor.execute(USED, [numbers, start, end])
        rows = cursor.fetchall()
    groups: dict[object, list[int]] = {}
    whole = [0, 0, 0]
    for number, day, key, operation, requests, refused in rows:
        name = {"day": day, "key": key, "operation": operation, "child": number, None: None}[group_by]
        for sums in (whole, groups.setdefault(name, [0, 0, 0])):
            sums[0] += requests
            sums[1] += refused
            sums[2] += requests * price_of(operation)
    names = {each.pk: each.name for each in members}
    return {
        "object": "usage",
        "organization_id": organization.public_id,
        "start_date": start,
        "end_date": end,
        **_sums(whole),
        "group_by": group_by,
        "groups": [] if group_by is None else [
            _named(group_by, name, names) | _sums(sums) for name, sums in sorted(groups.items())
        ],
    }  # fmt: skip


def _sums(sums: list[int]) -> dict[str, int]:
    return {"requests": sums[0], "refused": sums[1], "credits": sums[2]}


def _named(group_by: str, name, names: dict[int, str]) -> dict:
    if group_by == "key":
        return {"api_key_id": ids.encode("KEY", name) if name else None}
    if group_by == "child":
        return {"organization_id": ids.encode("ORG", name), "name": names[name]}
    return {group_by: name}


def usage_invoices(
    organization: Organization, children: Sequence[Organization], *, start: datetime.date, end: datetime.date
) -> list[dict]:
    """What each child that pays for itself used, with those that it pays for: an invoice by operation."""
    return [
        _invoice(organization, child, paid_by(child.pk), start, end)
        for child in children
        if child.billing_type == "separate"
    ]


def _invoice(seller: Organization, child: Organization, members: list[int], start, end) -> dict:
    with scoping.reading(members), connection.cursor() as cursor:
        cursor.execute(USED, [members, start, end])
        rows = cursor.fetchall()
    requests: dict[str, int] = {}
    for _, _, _, operation, number, _ in rows:
        requests[operation] = requests.get(operation, 0) + number
    lines = [
        {"operation": name, "requests": number, "price": price_of(name), "credits": number * price_of(name),
         "amount": number * price_of(name) * DOLLARS}
        for name, number in sorted(requests.items()) if number
    ]  # fmt: skip
    return {
        "object": "usage_invoice",
        "organization_id": seller.public_id,
        "customer_organization_id": child.public_id,
        "customer_name": child.name,
        "organizations": len(members),
        "start_date": start,
        "end_date": end,
        "lines": lines,
        "credits": sum(line["credits"] for line in lines),
        "amount": sum((line["amount"] for line in lines), 0 * DOLLARS),
        "currency": "USD",
    }
