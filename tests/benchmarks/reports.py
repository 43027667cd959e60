"""Reports over large books: statements with twelve columns, a group of many, ageing of many open items."""

import datetime
from collections.abc import Callable
from functools import partial
from statistics import median

import psycopg

from ledger.closing.years import month_end
from ledger.contacts.models import Contact
from organizations import scoping
from organizations.directory.creating import create_child
from reports.aged import aged_report
from reports.balance_sheet import balance_sheet
from reports.cash_flow import cash_flow
from reports.consolidation.consolidated import GroupWish, consolidate
from reports.income_statement import income_statement
from reports.periods import Period, columns
from reports.statements import Wish
from reports.trial_balance import trial_balance
from tests.benchmarks.trial_balances import timed
from tests.benchmarks.volumes import Spread, books_with, filled
from tests.concurrency.books import ACTOR, Books

MONTHS = 12
DAY = datetime.date(2026, 6, 30)

#: As if 200,000 invoices had been issued: their open items alone, past every trigger; ageing reads nothing else.
CONTACTS = """
    insert into ledger_contact select (jsonb_populate_record(c, jsonb_build_object('id', crane_next_id(), 'name',
           'Customer ' || n, 'reference', ''))).* from ledger_contact c, generate_series(1, 1000) n
     where c.organization_id = %(organization)s and c.name = 'Model'
"""
ITEMS = """
    insert into ledger_openitem (id, organization_id, kind, object_id, contact_id, account_id, currency_id, date,
           due_date, amount, base_amount, open_amount, open_base)
    select crane_next_id(), %(organization)s, 'invoice', crane_next_id(), (%(contacts)s::bigint[])[1 + n %% 1000],
           %(account)s, 'USD', %(day)s::date - n %% 400, %(day)s::date - n %% 400 + 30, 100, 100, 100, 100
      from generate_series(1, %(items)s) n
"""
MOVEMENTS = """
    insert into ledger_itemmovement (
           organization_id, item_id, account_id, kind, date, amount, base_amount, transaction_id)
    select organization_id, id, account_id, 'opened', date, amount, base_amount, id
      from ledger_openitem where organization_id = %(organization)s
"""


def compare_statements(books: Books, *, days: int, times: int) -> dict:
    """How many times a trial balance each statement costs, with a column for each of twelve months."""
    end = datetime.date(2025, 1, 1) + datetime.timedelta(days=days - 40)
    month = Period(end.replace(day=1), month_end(end))
    at_ends = [Period(None, each.end) for each in columns(month, MONTHS - 1)]
    organization = books.organization
    during, standing = Wish(organization, columns(month, MONTHS - 1)), Wish(organization, at_ends)
    made: dict[str, Callable[[], object]] = {
        "trial_balance": partial(trial_balance, Wish(organization, at_ends[:1])),
        "balance_sheet": partial(balance_sheet, standing),
        "income_statement": partial(income_statement, during),
        "cash_flow": partial(cash_flow, during),
    }
    taken: dict[str, list[float]] = {name: [] for name in made}
    with scoping.acting_in(books.id):
        for _ in range(times):
            for name, make in made.items():
                taken[name] += timed(make, 1)
    found = {name: median(own) for name, own in taken.items()}
    return {
        "columns": MONTHS,
        "milliseconds": {name: round(own, 1) for name, own in found.items()},
        **{name: round(own / found["trial_balance"], 2) for name, own in found.items() if name != "trial_balance"},
    }


def compare_groups(*, members: int, entries: int, times: int) -> dict:
    """How many times one organization a group of many costs."""
    spread = Spread(pairs=25, days=360)
    root = books_with(entries, "group", spread)
    reach = [root.id]
    for number in range(members - 1):
        fields = {"name": f"Member {number}", "relationship_type": "owned", "billing_type": "shared"}
        with scoping.acting_in(root.id):
            base = root.organization.base_currency
            made = create_child(actor=ACTOR, parent=root.organization, base_currency=base, **fields)
        filled(made, "", entries, spread)
        reach.append(made.pk)
    organization = root.organization
    period = Period(datetime.date(2025, 1, 1), datetime.date(2025, 12, 31))
    one = GroupWish(organization, period, "USD", chosen=[root.id])
    whole = GroupWish(organization, period, "USD")
    with scoping.acting_in(root.id, reach=reach):
        alone, together = (median(timed(partial(consolidate, wish), times)) for wish in (one, whole))
        reached = len(consolidate(whole)["entities"])
    took = [round(alone, 1), round(together, 1)]
    return {"members": reached, "milliseconds": took, "ratio": round(together / alone, 1)}


def compare_ageing(superuser_url: str, *, items: int, times: int) -> dict:
    """Seconds for aged receivables over so many open items."""
    books = books_with(10, "aged")
    account = books.accounts["1001"]
    with scoping.acting_in(books.id):
        Contact.objects.create(organization=books.organization, name="Model")
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        asked = {"organization": books.id, "account": account, "items": items, "day": DAY}
        for table in ("ledger_openitem", "ledger_itemmovement", "ledger_contact", "ledger_account"):
            connection.execute(f"alter table {table} disable trigger all")  # these rows have no postings
        connection.execute("update ledger_account set role = 'receivable' where id = %s", [account])
        connection.execute(CONTACTS, asked)
        rows = connection.execute(
            "select id from ledger_contact where organization_id = %(organization)s and name <> 'Model'", asked
        )
        asked["contacts"] = [number for (number,) in rows]
        connection.execute(ITEMS, asked)
        connection.execute(MOVEMENTS, asked)
        for table in ("ledger_openitem", "ledger_itemmovement", "ledger_contact", "ledger_account"):
            connection.execute(f"alter table {table} enable trigger all")
        connection.execute("analyze ledger_openitem, ledger_itemmovement, ledger_contact")
    past = DAY - datetime.timedelta(days=100)
    with scoping.acting_in(books.id):
        make = partial(aged_report, books.organization, "aged_receivables")
        now = median(timed(partial(make, as_of=DAY), times)) / 1000
        then = median(timed(partial(make, as_of=past), times)) / 1000
        assert len(make(as_of=DAY)["contacts"]) == 1000
    return {"items": items, "seconds": round(now, 2), "seconds_of_a_past_day": round(then, 2)}
