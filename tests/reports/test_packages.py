"""Close packages: one moment, sealed for ever, and what the next version has otherwise."""

import psycopg
import pytest

from organizations.jobs.running import queue, run
from reports.packages.tasks import KIND
from tests.cast import Books
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
