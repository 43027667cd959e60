"""Pages of the general journal begin within the index of the transactions, however deep they are."""

import datetime

import pytest
from django.db import connection

from ledger.journal import registers
from ledger.journal.entries_api import JournalPaginator, journal_order
from tests.cast import open_books


@pytest.mark.parametrize(("descending", "compare"), [(True, "<="), (False, ">=")])
def test_a_page_begins_within_the_index(db, descending, compare):
    books = open_books("Deep Ltd")
    keys = journal_order(descending=descending)
    with books.acting(), connection.cursor() as cursor:
        # On so few rows it would be the better plan to read all of them, by whichever index, and to sort.
        cursor.execute("set local enable_seqscan = off; set local enable_sort = off")
        rows = registers.journal(books.organization.pk).order_by(*(key.order for key in keys))
        page = JournalPaginator().beyond(rows, keys, [datetime.date(2026, 1, 3), 5, 1])[:20]
        conditions = [line for line in page.explain().splitlines() if "Index Cond" in line]
    row = f"(ROW(transaction_date, id) {compare} ROW('2026-01-03'::date, 5))"
    assert any(row in line for line in conditions), conditions


@pytest.mark.parametrize("sort", ["transaction_date", "-transaction_date"])
def test_pages_of_two_are_the_whole_journal(db, sort):
    books = open_books("Deep Ltd")
    for day in (3, 1, 2, 2):
        assert books.api.post("/transactions", books.sale(transaction_date=f"2026-01-0{day}")).status == 201
    whole = [entry["id"] for entry in books.api.get(f"/entries?sort={sort}").data]
    found, cursor = [], ""
    while cursor is not None:
        page = books.api.get(f"/entries?sort={sort}&limit=3{cursor and f'&cursor={cursor}'}")
        found += [entry["id"] for entry in page.data]
        cursor = page["next_cursor"]
    assert (found, len(set(found))) == (whole, 8)
