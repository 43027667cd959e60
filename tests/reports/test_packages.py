"""Close packages: one moment, sealed for ever, and what the next version has otherwise."""

import psycopg
import pytest

from organizations.jobs.running import queue, run
from reports.packages.models import ClosePackage
from reports.packages.tasks import KIND
from tests.backoffice.desks import Person
from tests.cast import Books
from tests.ledger.trading import open_trade
from tests.reports.worked import open_shop

YEAR = {"start_date": "2025-01-01", "end_date": "2025-12-31"}


@pytest.fixture
def books(db) -> Books:
    return open_shop()


def sell(books: Books, day: str, amount: str) -> None:
    entries = [books.entry("1001", "debit", amount), books.entry("4001", "credit", amount)]
    made = books.api.post("/transactions", {"transaction_date": day, "entries": entries, "auto_post": True})
    assert made.status == 201, made.body


def test_a_package_is_what_the_statements_say(books):
    made = books.api.post("/close-packages", YEAR)
    assert (made.status, made["version"]) == (201, 1)
    whole = books.api.get(f"/close-packages/{made['id']}")
    assert whole["is_genuine"] is True and whole["digest"] == made["digest"]
    held = whole["contents"]
    assert held["balance_sheet"]["total_assets"] == 14800 and held["balance_sheet"]["is_balanced"]
    assert held["income_statement"]["net_income"] == 1800 and held["cash_flow"]["is_tied"]
    assert held["trial_balance"]["is_balanced"] and held["aged_receivables"]["totals"]["total"] == 0
    assert {item["name"] for item in held["checklist"]} >= {"drafts", "suspense_settled", "reconciliations_completed"}
    (event,) = books.api.get(f"/events?entity_id={made['id']}").data
    assert event["event_type"] == "close_package.sealed" and made["digest"] in str(event)
    assert [row["id"] for row in books.api.get("/close-packages").data] == [made["id"]]
    pdf = books.api.client.get(
        f"{books.api.base}/close-packages/{made['id']}/pdf", headers={"authorization": f"Bearer {books.key}"}
    )
    assert pdf.content.startswith(b"%PDF") and b"/Count 7" in pdf.content  # a page for each statement
    assert books.api.put("", {"name": "Renamed Ltd"}).status == 200
    again = books.api.client.get(
        f"{books.api.base}/close-packages/{made['id']}/pdf", headers={"authorization": f"Bearer {books.key}"}
    )
    assert again.content == pdf.content  # what was sealed has the name that it had then


def test_reopening_gives_a_second_version_with_what_differs(books):
    first = books.api.post("/close-packages", YEAR)
    nothing = books.api.get(f"/close-packages/{first['id']}/diff")
    assert nothing.status == 400 and "against" in nothing.error["details"]["fields"]
    sell(books, "2025-12-31", "70.00")
    second = books.api.post("/close-packages", YEAR | {"note": "A late sale"})
    assert (second["version"], second["note"]) == (2, "A late sale")
    diff = books.api.get(f"/close-packages/{second['id']}/diff")
    assert (diff["version"], diff["against_version"], diff["is_same"]) == (2, 1, False)
    found = {(each["statement"], each["about"] or each["name"]): each["difference"] for each in diff["differences"]}
    assert found["income_statement", "4001"] == found["balance_sheet", "1001"] == 70
    assert found["trial_balance", "4001"] == -70 and found["income_statement", "Net income"] == 70
    assert ("balance_sheet", "3001") not in found
    third = books.api.post("/close-packages", YEAR)
    assert books.api.get(f"/close-packages/{third['id']}/diff")["is_same"] is True
    against = books.api.get(f"/close-packages/{third['id']}/diff?against={first['id']}")
    assert (against["against_version"], against["is_same"]) == (1, False)
    assert books.api.get(f"/close-packages/{first['id']}")["contents"]["income_statement"]["net_income"] == 1800
    assert books.api.post("/close-packages", YEAR | {"end_date": "2024-12-31"}).status == 400


def test_a_package_that_a_superuser_altered_is_not_genuine(committed_db, superuser_connection):
    books = open_shop()
    made = books.api.post("/close-packages", YEAR)
    with pytest.raises(psycopg.Error, match="rows are final"):
        superuser_connection.execute("update reports_closepackage set note = 'x'")
    superuser_connection.execute("alter table reports_closepackage disable trigger all")
    superuser_connection.execute(
        "update reports_closepackage set content = replace(content, '1800', '9999'),"
        " digest = encode(sha256(convert_to(replace(content, '1800', '9999'), 'UTF8')), 'hex')"
    )
    superuser_connection.execute("alter table reports_closepackage enable trigger all")
    assert books.api.get(f"/close-packages/{made['id']}")["is_genuine"] is False


def test_a_job_seals_too(books):
    with books.acting():
        job = queue(actor=books.actor, organization_id=books.organization.pk, kind=KIND, payload=YEAR)
    assert run(books.organization.pk, job.pk) == "succeeded"
    assert books.api.get("/close-packages").data[0]["version"] == 1


def test_a_period_with_taxes_at_whole_and_at_broken_rates_stands_on_paper(db):
    trade = open_trade()
    broken = trade.post("/taxes", {"name": "Sales tax", "rate": "8.25", "tax_type": "sales_tax"})
    trade.invoice("100.00", taxes=[trade.vat])
    trade.invoice("100.00", taxes=[broken["id"]])
    made = trade.post("/close-packages", {"start_date": "2026-01-01", "end_date": "2026-01-31"})
    pdf = trade.api.get(f"/close-packages/{made['id']}/pdf")
    assert pdf.status == 200 and pdf.content.startswith(b"%PDF")


def test_a_new_name_is_no_change_of_a_figure(db):
    """An account and a contact are renamed; then only the new sale differs."""
    trade = open_trade()
    trade.invoice("100.00", taxes=[trade.vat])
    january = {"start_date": "2026-01-01", "end_date": "2026-01-31"}
    trade.post("/close-packages", january)
    sales = trade.books.account("4001")
    for path, changes in (
        (f"/accounts/{sales}", {"name": "Renamed"}),
        (f"/contacts/{trade.customer}", {"name": "Carla & Sons"}),
    ):
        changed = trade.api.put(path, changes)
        assert changed.status == 200, changed.body
    second = trade.post("/close-packages", january)
    assert trade.api.get(f"/close-packages/{second['id']}/diff")["differences"] == []
    trade.post("/transactions", trade.books.sale("30.00", transaction_date="2026-01-15"))
    third = trade.post("/close-packages", january)
    changes = trade.api.get(f"/close-packages/{third['id']}/diff")["differences"]
    found = {(each["statement"], each["about"], each["name"]): each for each in changes}
    sold = found["income_statement", "4001", "Renamed"]
    assert [str(sold[name]) for name in ("before", "after", "difference")] == ["100.00", "130.00", "30.00"]
    [new] = [each for each in changes if (each["statement"], each["about"]) == ("balance_sheet", "1001")]
    assert [str(new[name]) for name in ("before", "after", "difference")] == ["0.00", "30.00", "30.00"]


def test_the_page_says_what_of_the_checklist_fails(books):
    draft = books.sale("5.00", auto_post=False, transaction_date="2025-05-05")
    assert books.api.post("/transactions", draft).status == 201
    made = books.api.post("/close-packages", YEAR)
    with books.acting():
        number = ClosePackage.objects.get().pk
    assert any(not item["ok"] for item in books.api.get(f"/close-packages/{made['id']}")["contents"]["checklist"])
    page = Person(books.owner, books).get(f"/admin/reports/closepackage/{number}/change/")
    assert 'co-green">ok<' in page.text and ">open<" not in page.text
    assert 'co-red">missing<' in page.text or 'co-amber">may stand<' in page.text
