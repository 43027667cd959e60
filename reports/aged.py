"""Aged receivables and payables: who owes what, and for how long it has been due, at the end of any day.

What is open ties to the control accounts; what was posted on them beside all documents and payments is printed as the
difference. Amounts are carried in base currency. Credits and payments that are not allocated yet stand against what is
due, by their own date.
"""

import datetime
from decimal import Decimal

from ledger.balances.moments import Moment
from ledger.contacts.models import Contact
from organizations import ids
from organizations.currencies.iso import decimals_of
from organizations.errors import Invalid
from organizations.money import add_up, exact
from organizations.tenants.models import Organization
from reports import figures
from reports.sheets import Line, Sheet
from reports.trade_figures import BUCKETS, aged

TITLES = {"current": "Not due", "1_30": "1 to 30 days", "31_60": "31 to 60 days", "61_90": "61 to 90 days",
          "over_90": "Over 90 days"}  # fmt: skip
#: The report's name → its title, the role of its control accounts, and the sign in which what is owed is positive.
KINDS = {
    "aged_receivables": ("Aged receivables", "receivable", 1),
    "aged_payables": ("Aged payables", "payable", -1),
}


def aged_report(
    organization: Organization,
    name: str,
    *,
    as_of: datetime.date,
    contact_id: int | None = None,
    moment: Moment | None = None,
) -> dict:
    """The report. With a contact its rows alone, and no control account; with a ``moment`` what was known then.

    Raises Invalid for an unknown contact.
    """
    title, role, sign = KINDS[name]
    decimals = decimals_of(organization.base_currency_id)
    control = sorted(figures.chart(organization.pk, moment).below((role,)))
    if contact_id is not None:
        contact = Contact.objects.of(organization).filter(pk=contact_id).first()
        if contact is None:
            raise Invalid(fields={"contact_id": "There is no such contact."})
        contact_id = contact.merged_into_id or contact.pk
    rows = aged(organization.pk, control, as_of, contact_id=contact_id, moment=moment)
    contacts = [
        {
            "contact_id": ids.encode("CON", row.contact_id),
            "name": row.name,
            "buckets": _buckets(row.amounts, sign, decimals),
            "total": exact(add_up(row.amounts) * sign, decimals),
            "statement_query": f"/organizations/{organization.public_id}/contacts/{ids.encode('CON', row.contact_id)}"
            f"/statement?end_date={as_of}",
        }
        for row in rows
    ]
    sums = [add_up(column) for column in zip(*(row.amounts for row in rows), strict=True)] or [Decimal(0)] * 5
    total = exact(add_up(sums) * sign, decimals)
    answer = {
        "object": name,
        "title": title,
        "organization_id": organization.public_id,
        "as_of": as_of,
        "currency": organization.base_currency_id,
        "contacts": contacts,
        "totals": _buckets(sums, sign, decimals) | {"total": total},
        "control_account_balance": None,
        "difference": None,
    }
    if contact_id is None:
        standing = figures.balances(organization.pk, [as_of], moment)[as_of]
        balance = exact(add_up(standing.get(number, Decimal(0)) for number in control) * sign, decimals)
        answer |= {"control_account_balance": balance, "difference": exact(balance - total, decimals)}
    return answer


def aged_sheet(answer: dict, organization: str) -> Sheet:
    """The report as a sheet: a line for each contact, and how it ties to the control accounts."""
    columns = [TITLES[name] for name in BUCKETS]
    lines = [
        Line(
            "row",
            row["name"],
            amounts=(*(row["buckets"][name] for name in BUCKETS), row["total"]),
            about=row["contact_id"],
        )
        for row in answer["contacts"]
    ]
    totals = tuple(answer["totals"][name] for name in (*BUCKETS, "total"))
    lines.append(Line("total", "Total", amounts=totals, adds=tuple((1, place) for place in range(len(lines)))))
    subtitle = f"At the end of {answer['as_of']}, in {answer['currency']}"
    if answer["difference"]:
        subtitle += (
            f"; the control accounts have {answer['control_account_balance']:,}, "
            f"{answer['difference']:,} of it beside all documents and payments"
        )
    return Sheet(answer["title"], organization, subtitle, [*columns, "Total"], lines)


def _buckets(amounts: list[Decimal], sign: int, decimals: int) -> dict[str, Decimal]:
    return {name: exact(amount * sign, decimals) for name, amount in zip(BUCKETS, amounts, strict=True)}
