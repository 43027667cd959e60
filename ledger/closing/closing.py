"""Closing a fiscal year: its revenue and expenses become retained earnings, and the books are shut through its end."""

import datetime
from collections.abc import Collection
from decimal import Decimal

from django.db import connection, transaction

from ledger.accounts.models import RESULT_TYPES, Account
from ledger.balances.totals import NOTHING, totals
from ledger.closing.answers import closing_answer, item_answer
from ledger.closing.calendars import calendar_of
from ledger.closing.checklists import Item, YearFigures, checklist, retained_earnings
from ledger.closing.models import ClosingPosting, YearClosing
from ledger.closing.settling import Settlement, settlements, there_and_back
from ledger.closing.years import ONE_DAY, FiscalYear
from ledger.errors import FiscalYearAlreadyClosed, FiscalYearNotReady, FiscalYearOrder, LedgerBroken
from ledger.journal.drafts import Draft, Line
from ledger.journal.posting import Plan, write
from ledger.journal.weighing import Weighed, WeighedLine, larger_side, sides_of
from organizations.actors import Actor
from organizations.currencies.iso import decimals_of
from organizations.directory.updating import update_organization
from organizations.errors import Invalid
from organizations.events.recording import event, record
from organizations.money import add_up, exact, plain_rate
from organizations.tenants.models import Organization

CLOSED = event("fiscal_year.closed")


@transaction.atomic
def close_year(
    *,
    actor: Actor,
    organization: Organization,
    year: int,
    retained_earnings_account_id: int | None = None,
    accept: Collection[str] = (),
) -> YearClosing:
    """Close a fiscal year, in one database transaction that keeps all postings out.

    One transaction of type ``closing`` for each currency of the accounts, dated the last
    day, brings every revenue and expense account to zero in its own and in base currency,
    also one that is suspended by now.
    Then ``books_closed_through`` is the last day, or stays where it was if that is later.
    ``accept`` names items of the checklist that are known and may stand.

    Raises NotFound, FiscalYearAlreadyClosed, FiscalYearOrder, FiscalYearNotReady, Invalid.
    """
    lock_books(organization)
    calendar = calendar_of(organization, including=year)
    if year in calendar.closings:
        raise FiscalYearAlreadyClosed()
    meant = calendar.year(year)
    if any(each.ends_on >= meant.starts_on for each in calendar.closings.values()):
        raise FiscalYearOrder()
    figures = YearFigures.of(organization, meant, retained_earnings_account_id)
    _refuse_unready(checklist(figures), accept)
    if retained_earnings_account_id is not None:
        retained_earnings(figures)

    before = organization.books_closed_through
    open_books(organization, meant)
    closing = YearClosing.objects.create(
        organization=organization,
        year=meant.year,
        starts_on=meant.starts_on,
        ends_on=meant.ends_on,
        closed_before=before,
    )
    closing.refresh_from_db()
    plans = closing_plans(figures)
    if plans:
        write(actor=actor, organization=organization, plans=plans)
        ClosingPosting.objects.bulk_create(
            ClosingPosting(organization=organization, closing=closing, transaction_id=plan.transaction.pk)
            for plan in plans
        )
    _prove(figures)
    organization.books_closed_through = before
    through = meant.ends_on if before is None else max(before, meant.ends_on)
    shut_books(actor, organization, through)
    record(
        CLOSED,
        actor=actor,
        organization_id=organization.pk,
        entity_id=closing.public_id,
        after=closing_answer(closing, [plan.transaction.pk for plan in plans]),
    )
    return closing


def lock_books(organization: Organization) -> None:
    """Wait for postings in flight and keep new ones out; then read how far the books are closed by now."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(crane_books_key(%s))", [organization.pk])
    organization.refresh_from_db(fields=["books_closed_through", "fiscal_year_start"])


def open_books(organization: Organization, year: FiscalYear) -> None:
    """Let the last day of a year be posted to, within this database transaction, which alone has the books."""
    through = organization.books_closed_through
    if through is not None and through >= year.ends_on:
        organization.books_closed_through = year.ends_on - ONE_DAY
        organization.save(update_fields=["books_closed_through"])


def shut_books(actor: Actor, organization: Organization, through: datetime.date | None) -> None:
    """Put the hard lock where it belongs after the act; ``organization`` says where it was before."""
    if organization.books_closed_through == through:
        organization.save(update_fields=["books_closed_through"])
    else:
        update_organization(actor=actor, organization=organization, changes={"books_closed_through": through})


def _refuse_unready(items: list[Item], accept: Collection[str]) -> None:
    known = [item.name for item in items if item.acceptable]
    unknown = [name for name in accept if name not in known]
    if unknown:
        raise Invalid(fields={"accept": f"Some of {', '.join(known)}."})
    failing = [item for item in items if not item.ok and item.name not in accept]
    if failing:
        reason = " ".join(item.message for item in failing)
        raise FiscalYearNotReady(details={"reason": reason, "checklist": [item_answer(item) for item in failing]})


def closing_plans(figures: YearFigures) -> list[Plan]:
    """The transactions that close a year, one for each currency, the base currency's first."""
    base = figures.organization.base_currency_id
    accounts = figures.unsettled(figures.at_end)
    currencies = sorted({account.currency_id for account in accounts}, key=lambda code: (code != base, code))
    return [
        _plan(figures, code, [account for account in accounts if account.currency_id == code]) for code in currencies
    ]


def _plan(figures: YearFigures, currency: str, accounts: list[Account]) -> Plan:
    base = figures.organization.base_currency_id
    lines: list[WeighedLine] = []
    for account in accounts:
        total = figures.at_end[account.pk]
        lines += _lines(account, settlements(total.balance, total.base_balance, is_base=currency == base))
    taker = retained_earnings(figures, currency)
    in_base = add_up(line.base_amount for line in lines)
    own = add_up(line.amount for line in lines)
    if taker.currency_id == currency:
        lines += _lines(taker, settlements(own, in_base, is_base=currency == base))
    elif in_base or not own:
        lines += _lines(taker, settlements(in_base, in_base, is_base=True))
    else:
        lines += _lines(taker, there_and_back(Decimal(1).scaleb(-decimals_of(base))))
    debits, credits = sides_of(lines, base)
    draft = Draft(
        lines=[line.line for line in lines],
        type="closing",
        date=figures.year.ends_on,
        description=f"Closing of fiscal year {figures.year.year}, {currency}",
        currency=currency,
        account_id=taker.pk,
    )
    weighed = Weighed(draft, figures.year.ends_on, currency, larger_side(lines, currency), debits, credits, lines)
    return Plan(weighed, True)


def _lines(account: Account, parts: list[Settlement]) -> list[WeighedLine]:
    return [
        WeighedLine(
            Line(
                account_id=account.pk,
                entry_type="debit" if (part.amount or part.base_amount) > 0 else "credit",
                amount=exact(abs(part.amount), decimals_of(account.currency_id)),
                currency=account.currency_id,
                rate=plain_rate(part.rate),
            ),
            account,
            part.amount,
            part.rate,
            part.base_amount,
        )
        for part in parts
    ]


def _prove(figures: YearFigures) -> None:
    """Revenue and expenses are at zero at the end of the year, read anew from the totals that the database keeps."""
    numbers = [number for number, account in figures.accounts.items() if account.type in RESULT_TYPES]
    after = totals(figures.organization.pk, account_ids=numbers, as_of=figures.year.ends_on)
    if any(
        (after.get(number, NOTHING).balance, after.get(number, NOTHING).base_balance) != (0, 0) for number in numbers
    ):
        raise LedgerBroken("Revenue and expenses are not at zero after closing.")
