"""Fiscal years, their closings and checklists as the API shows them."""

from ledger.closing.calendars import Calendar
from ledger.closing.checklists import Item
from ledger.closing.models import YearClosing
from ledger.closing.years import FiscalYear
from organizations import clock, ids
from organizations.tenants.answers import public


def year_answer(calendar: Calendar, year: FiscalYear) -> dict:
    """A fiscal year with its periods and, where it is closed, what closed it."""
    closing = calendar.closings.get(year.year)
    today = clock.today(calendar.organization.time_zone)
    return {
        "object": "fiscal_year",
        "organization_id": calendar.organization.public_id,
        "year": year.year,
        "start_date": year.starts_on,
        "end_date": year.ends_on,
        "is_current": year.starts_on <= today <= year.ends_on,
        "status": calendar.year_status(year),
        "soft_locked_areas": calendar.locked_areas(year.ends_on),
        "closing": closing and closing_answer(closing, calendar.postings[closing.pk]),
        "periods": [
            {
                "period": period.number,
                "start_date": period.starts_on,
                "end_date": period.ends_on,
                "status": "closed" if closing else calendar.status(period.ends_on),
                "soft_locked_areas": calendar.locked_areas(period.ends_on),
            }
            for period in year.periods
        ],
    }


def closing_answer(closing: YearClosing, transaction_ids: list[int]) -> dict:
    """The closing of a year; one transaction for each currency, none where there was no revenue and no expense."""
    return {
        "object": "fiscal_year_closing",
        "id": closing.public_id,
        "organization_id": public("ORG", closing.organization_id),
        "year": closing.year,
        "start_date": closing.starts_on,
        "end_date": closing.ends_on,
        "transaction_ids": [ids.encode("TXN", number) for number in transaction_ids],
        "closed_at": closing.created_at,
        "reopened_at": closing.reopened_at,
        "reopen_reason": closing.reopen_reason or None,
    }


def item_answer(item: Item) -> dict:
    """A line of the checklist."""
    return {
        "name": item.name,
        "ok": item.ok,
        "acceptable": item.acceptable,
        "count": item.count,
        "message": item.message,
        "leads_to": item.leads_to,
    }


def checklist_answer(calendar: Calendar, year: FiscalYear, items: list[Item]) -> dict:
    """The whole checklist of a year."""
    return {
        "object": "closing_checklist",
        "organization_id": calendar.organization.public_id,
        "year": year.year,
        "start_date": year.starts_on,
        "end_date": year.ends_on,
        "ready": all(item.ok for item in items),
        "items": [item_answer(item) for item in items],
    }
