"""Reconciling in the back office: start, tick, adjust, complete, reopen."""

import datetime
import re

import pytest

from ledger.journal.models import Entry, Transaction
from reconciliation.sessions import desk_pages
from reconciliation.sessions.completing import complete_reconciliation
from reconciliation.sessions.models import ReconciledEntry, Reconciliation
from reconciliation.sessions.starting import start_reconciliation
from tests.backoffice.desks import Person, address, balance, number_in, reconciling, recorded
from tests.cast import Books, Cast
from tests.reconciliation import banks

MOST_QUERIES = 19
DAY = datetime.date(2026, 1, 10)


@pytest.fixture
def books(cast: Cast) -> Books:
    """Sales of 100.00 and 40.00 in January 2026."""
    recorded(cast.alices, "100.00", date=DAY, description="A large cake")
    recorded(cast.alices, "40.00", date=DAY, description="Rolls")
    return cast.alices


@pytest.fixture
def alice(cast: Cast) -> Person:
    return Person(cast.alice)


def stored(books: Books, number: int) -> Reconciliation:
    with books.acting():
        return Reconciliation.objects.of(books.organization).get(pk=number)


def entries(books: Books, code: str = "1001") -> list[int]:
    with books.acting():
        rows = Entry.objects.of(books.organization).filter(account=books.accounts[code])
        return list(rows.order_by("transaction_date", "pk").values_list("pk", flat=True))


def marked(books: Books) -> list[int]:
    with books.acting():
        rows = ReconciledEntry.objects.of(books.organization).order_by("entry_id")
        return list(rows.values_list("entry_id", flat=True))


def page_of(session: Reconciliation, page: str = "change") -> str:
    return address(Reconciliation, page, session.pk)


def test_a_session_is_started_and_refusals_stand_next_to_their_fields(books, alice):
    fields = {
        "account": books.accounts["1001"].pk,
        "start_date": "2026-01-01",
        "end_date": "2026-01-31",
        "closing_balance": "1,140.00",
        "opening_balance": "",
        "auto_match": "on",
    }
    where = address(Reconciliation, "add")
    assert "New reconciliation" in alice.get(where)
    assert "Lies before 2026-01-01" in alice.post(where, **fields | {"end_date": "2025-12-31"})
    assert "2 decimals" in alice.post(where, **fields | {"closing_balance": "1.001"})
    assert "Select a valid choice" in alice.post(where, **fields | {"account": books.accounts["4001"].pk})
    made = alice.post(where, **fields)
    page = alice.follow(made)
    assert "The reconciliation has begun." in page
    assert "Opening 0.00 USD (from the books)" in page
    assert "Difference 1,140.00 USD" in page
    assert page.queries <= MOST_QUERIES
    assert "A reconciliation of this account is in progress" in alice.post(where, **fields)
    started = stored(books, number_in(made.goes_to))
    alice.post(page_of(started, "correct"), closing_balance="0.00", end_date="2026-01-31")
    alice.post(page_of(started, "mark"), shown="", _complete="1")
    again = alice.get(f"{where}?account={books.accounts['1001'].pk}")
    assert 'value="2026-02-01"' in again.text


def test_ticks_are_saved_and_taken_back(books, alice):
    cake, rolls = entries(books)
    session = reconciling(books, "140.00")
    page = alice.get(page_of(session))
    assert page.text.count('name="entry"') == 2
    assert f'data-units="{14000}"' in page.text
    panel = page.text.partition('class="co-card rc-panel"')[2].partition("</div>\n      ")[0]
    assert "Difference 140.00 USD" in panel
    assert 'form="session"' in panel and 'name="_complete"' in panel  # in sight while ticking
    shown = f"{cake},{rolls}"
    saved = alice.follow(alice.post(page_of(session, "mark"), shown=shown, entry=[cake], _save="1"))
    assert "The marks are saved." in saved
    assert "Difference 40.00 USD" in saved
    assert marked(books) == [cake]
    saved = alice.follow(alice.post(page_of(session, "mark"), shown=shown, entry=[rolls], _save="1"))
    assert marked(books) == [rolls]
    refused = alice.follow(alice.post(page_of(session, "mark"), shown=shown, entry=[cake], _complete="1"))
    assert "The reconciliation has a difference. The difference is 40.00." in refused
    assert marked(books) == [cake]
    assert "no LED_" in alice.follow(alice.post(page_of(session, "mark"), shown="12", entry=["12"], _complete="1"))
    done = alice.follow(alice.post(page_of(session, "mark"), shown=shown, entry=[cake, rolls], _complete="1"))
    assert "The reconciliation is completed." in done
    assert stored(books, session.pk).status == "completed"
    assert 'name="entry"' not in done.text and "rc-panel" not in done.text
    assert done.queries <= MOST_QUERIES
    assert alice.get(page_of(session, "mark")).status == 302


def test_a_page_of_ticks_leaves_the_other_pages_alone(books, alice, monkeypatch):
    monkeypatch.setattr(desk_pages, "PER_PAGE", 1)
    cake, rolls = entries(books)
    session = reconciling(books, "140.00")
    first = alice.get(page_of(session))
    assert "A large cake" in first
    assert "Rolls" not in first
    assert "Next" in first
    saved = alice.post(f"{page_of(session, 'mark')}?p=1", shown=cake, entry=[cake, rolls], _save="1")
    assert marked(books) == [cake]  # what the page did not show is none of its business
    second = alice.get(f"{page_of(session)}?p=2")
    assert "Rolls" in second
    assert "Previous" in second
    assert saved.goes_to.endswith("?p=1")
    alice.post(f"{page_of(session, 'mark')}?p=2", shown=rolls, entry=[rolls], _complete="1")
    assert stored(books, session.pk).status == "completed"
    for odd in ("0", "x", "999999", "-1"):
        assert alice.get(f"{page_of(session)}?p={odd}").status == 200


def test_what_cannot_be_marked_is_said_and_nothing_is_saved(books, alice):
    session = reconciling(books, "140.00", start_date=datetime.date(2026, 1, 15))
    cake, rolls = entries(books)
    refused = alice.follow(alice.post(page_of(session, "mark"), shown=f"{cake},{rolls}", entry=[cake, "x"], _save="1"))
    assert "The opening balance covers entries before the first day." in refused
    assert "taken from the books" in refused
    assert marked(books) == []
    gone = alice.follow(alice.post(page_of(session, "mark"), shown="12", entry=["12"], _save="1"))
    assert "There is no LED_000000000000000c." in gone


def test_a_fee_is_adjusted(books, alice):
    session = reconciling(books, "-15.00")
    where = page_of(session, "adjust")
    assert 'value="-15.00"' in alice.get(where).text
    fee = {"amount": "-15.00", "account": books.accounts["5201"].pk, "description": "Fee", "date": ""}
    assert "must not be zero" in alice.post(where, **fee | {"amount": "0"})
    own = alice.post(where, **fee | {"account": books.accounts["1001"].pk})
    assert "Another account than the one that is reconciled." in own
    page = alice.follow(alice.post(where, **fee))
    assert "Posted and marked." in page
    assert "Adjustments Date Description USD 2026-01-31 Fee -15.00" in page
    assert balance(books, "5201") == 15
    assert "Difference 0.00 USD" in page


def test_the_statement_is_corrected(books, alice):
    session = reconciling(books, "1.00")
    where = page_of(session, "correct")
    assert 'value="1.00"' in alice.get(where).text
    assert "Lies before" in alice.post(where, closing_balance="0.00", end_date="2025-12-31")
    assert "Saved." in alice.follow(alice.post(where, closing_balance="2.00", end_date="2026-01-30"))
    assert stored(books, session.pk).closing_balance == 2


def test_what_is_matched_is_marked_by_a_button(books, alice):
    cake, _ = entries(books)
    session = reconciling(books, "140.00")
    line = banks.line(books, "100.00", date=DAY)
    with books.acting():
        transaction = Transaction.objects.of(books.organization).get(description="A large cake")
    books.api.post(f"/statement-lines/{line.public_id}/match", {"transaction_id": transaction.public_id})
    assert "What is matched is marked." in alice.follow(alice.post(page_of(session, "match")))
    assert marked(books) == [cake]


def test_reopening_says_what_follows(books, alice):
    first = reconciling(books, "0.00")
    with books.acting():
        complete_reconciliation(actor=books.actor, session=first)
    second = reconciling(books, "0.00", month=2)
    where = page_of(first, "reopen")
    page = alice.get(where)
    assert "Later reconciliations" in page
    assert "2026-02-01 to 2026-02-28" in page
    assert "This field is required." in alice.post(where)
    assert "It is open again." in alice.follow(alice.post(where, cascade="on"))
    assert stored(books, second.pk).status == "cancelled"
    assert "The reconciliation is not completed" in alice.post(where)
    with books.acting():
        complete_reconciliation(actor=books.actor, session=first)
    assert "Its marks stay" in alice.get(where)
    assert "It is open again." in alice.follow(alice.post(where))
    cancelled = alice.follow(alice.post(page_of(first, "cancel")))
    assert "The reconciliation is cancelled." in cancelled
    assert page_of(first, "report") not in cancelled.text
    history = alice.get(page_of(first, "history"))
    for event in ("started", "completed", "reopened", "cancelled"):
        assert f"reconciliation.{event}" in history


def test_the_report_and_the_candidates(books, alice):
    banks.line(books, "-3.00", date=DAY, description="Account fee", counterparty="The bank")
    session = reconciling(books, "100.00")
    report = alice.get(page_of(session, "report"))
    assert "Closing balance of the statement 100.00" in report
    assert "Balance of the books on 2026-01-31 140.00" in report
    assert "Outstanding (2): 140.00" in report
    assert "On the statement, in no match (1): -3.00" in report
    assert report.queries <= MOST_QUERIES
    paper = alice.client.get(re.search(r'href="([^"]*format=pdf)"', report.text)[1])
    assert paper["Content-Type"] == "application/pdf"
    found = alice.get(page_of(session, "candidates"))
    assert "explains it 2026-01-10 A large cake is just the difference" in found
    assert "fee or interest 2026-01-10 Account fee The bank" in found
    assert "2026-01-10 Account fee (bank)" in found and "2026-01-10 A large cake 100.00" in found
    assert "TXN_" not in found and "LIN_" not in found
    assert found.queries <= MOST_QUERIES
    cancelled = alice.post(page_of(session, "cancel"))
    assert cancelled.status == 302
    assert alice.get(page_of(session, "report")).status == 404


def test_lists_are_narrowed_and_searched(books, alice):
    reconciling(books, "7.00")
    with books.acting():
        start_reconciliation(
            actor=books.actor,
            organization=books.organization,
            account_id=books.accounts["1101"].pk,
            start_date=DAY,
            end_date=DAY,
            closing_balance="0.00",
        )
    listed = address(Reconciliation)
    page = alice.get(listed)
    assert "2026-01-01 to 2026-01-31 1001 Cash - Operating 7.00 7.00 140.00 in progress" in page
    assert page.queries <= MOST_QUERIES
    assert "2026-01-31" not in alice.get(f"{listed}?status=completed")
    assert "2026-01-31" not in alice.get(f"{listed}?account={books.accounts['1101'].pk}")
    assert "2026-01-31" not in alice.get(f"{listed}?end_date_to=2026-01-30")
    assert "2026-01-31" in alice.get(f"{listed}?q=operating&status=in_progress")


def test_bob_may_look_but_not_reconcile(books, cast, alice):
    session = reconciling(books, "140.00")
    bob = Person(cast.bob)
    page = bob.get(page_of(session))
    assert "A large cake" in page
    assert 'name="entry"' not in page.text
    for word in ("Adjust", "Cancel", "Mark what is matched"):
        assert word not in page
    for name in ("mark", "match", "adjust", "correct", "reopen", "cancel"):
        assert bob.post(page_of(session, name), shown="", cascade="on").status == 403, name
    assert bob.get(page_of(session, "report")).status == 200
    charlie = Person(cast.charlie)
    for name in ("change", "report", "candidates", "history"):
        assert charlie.get(page_of(session, name)).status == 404, name
    assert charlie.post(page_of(session, "cancel")).status == 404
