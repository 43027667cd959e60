"""Counting requests: what was asked is what is counted, whoever is killed; by day, key, operation and child."""

import datetime
import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter

import pytest
import structlog

from organizations import clock, scoping
from organizations.metering import collecting
from organizations.metering.collecting import collect
from organizations.metering.models import SpoolPosition
from organizations.requests import limits, spool
from organizations.requests.models import Usage
from tests.cast import Api, Books, open_books, open_child
from tests.databases import ROOT

TODAY = clock.now().date()


@pytest.fixture
def folder(settings, tmp_path):
    spool.close()
    settings.USAGE_SPOOL = str(tmp_path / "usage")
    yield tmp_path / "usage"
    spool.close()


def counted(books: Books) -> Counter:
    """(operation, refused) → times, of all keys and days."""
    found = Counter()
    with scoping.acting_in(books.organization.pk):
        for row in Usage.objects.of(books.organization):
            found += Counter({(row.operation, False): row.requests, (row.operation, True): row.refused})
    return found


def test_totals_equal_a_replay_of_the_log(db, folder, monkeypatch):
    books = open_books("Shop")
    other = books.key_for(["read"])
    with structlog.testing.capture_logs() as log:
        for _ in range(3):
            books.api.get("/accounts")
        books.api.get("/accounts/ACT_00000000000000ff")
        books.api.post("/transactions", books.sale("1.00"))
        books.api.post("/transactions", {"entries": []})
        books.api.post("/transactions?dry_run=true", books.sale("1.00"))
        other.post("/categories", {"name": "x", "type": "other"})
        books.api.get("/reports/trial-balance?format=csv")
        books.api.get("/nowhere")
    assert collect() == 10 - 1  # there is no view at that address
    monkeypatch.setattr(limits, "activity", lambda members: {})
    assert books.api.get("/api-keys").data[-1]["usage_this_month"] >= 8  # although Redis lost it
    lines = [line for line in log if line.get("event") == "request" and "nowhere" not in line["path"]]
    assert len(lines) == 9
    replayed = Counter(line["status"] >= 400 for line in lines)
    found = counted(books)
    assert Counter({False: sum(n for (_, no), n in found.items() if not no),
                    True: sum(n for (_, no), n in found.items() if no)}) == replayed  # fmt: skip
    assert found["accounts_list", False] == 3 and found["accounts_retrieve", True] == 1
    assert (found["transactions_create", False], found["transactions_create", True]) == (2, 1)
    assert found["categories_create", True] == 1 and found["reports_trial_balance_retrieve", False] == 1
    usage = books.api.get("/usage?group_by=operation")
    assert (usage["requests"], usage["refused"], usage["credits"]) == (6, 3, 6)


def test_a_process_that_goes_on_counting_is_left_after_what_it_had(db, folder, monkeypatch):
    """Or a busy one would be read without end, a few lines and a database transaction at a time."""
    books = open_books("Shop")
    read = collecting._counted

    def busy(lines):
        spool.note(books.organization.pk, 7, "accounts_list", refused=False)
        return read(lines)

    monkeypatch.setattr(collecting, "_counted", busy)
    for _ in range(3):
        spool.note(books.organization.pk, 7, "accounts_list", refused=False)
    assert collect() == 3 and collect() == 1
    assert counted(books)["accounts_list", False] == 4


def test_what_a_killed_process_counted_is_not_lost(committed_db, folder):
    books = open_books("Shop")
    program = (
        "import os, signal\n"
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'\n"
        "from django.conf import settings\n"
        f"settings.USAGE_SPOOL = {str(folder)!r}\n"
        "from organizations.requests import spool\n"
        f"for _ in range(5000): spool.note({books.organization.pk}, 7, 'accounts_list', refused=False)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=os.environ, check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    assert collect() == 5000 and collect() == 0
    assert counted(books)["accounts_list", False] == 5000
    assert not list(folder.glob("*.usage")) and not SpoolPosition.objects.exists()


def test_a_collector_that_dies_between_counts_and_position_counts_once(committed_db, folder, monkeypatch):
    books = open_books("Shop")
    for _ in range(10):
        spool.note(books.organization.pk, 1, "accounts_list", refused=False)
    real = collecting.SpoolPosition.save

    def dies(*args, **kwargs):
        raise OSError("killed")

    monkeypatch.setattr(collecting.SpoolPosition, "save", dies)
    with pytest.raises(OSError, match="killed"):
        collect()
    monkeypatch.setattr(collecting.SpoolPosition, "save", real)
    assert counted(books) == Counter()
    assert collect() == 10 and counted(books)["accounts_list", False] == 10
    spool.note(books.organization.pk, 1, "accounts_list", refused=True)
    path = next(folder.glob("*.usage"))
    with path.open("ab") as file:
        file.write(b"20000 1 1 half")  # a line that is being written
    assert collect() == 1 and counted(books)["accounts_list", True] == 1


def test_a_full_disk_refuses_nobody(db, folder, monkeypatch):
    books = open_books("Shop")

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(spool.os, "write", full)
    assert books.api.get("/accounts").status == 200


def test_usage_by_day_key_and_child(db, folder):
    firm = open_books("Firm")
    owned, linked = open_child(firm, "Owned"), open_child(firm, "Linked", relationship="linked")
    for books, times in ((firm, 1), (owned, 2), (linked, 3)):
        for _ in range(times):
            spool.note(books.organization.pk, 5, "accounts_list", refused=False)
    assert collect() == 6
    month = f"{TODAY:%Y-%m}"
    by_child = firm.api.get(f"/usage?period={month}&group_by=child")
    assert {row["name"]: row["requests"] for row in by_child["groups"]} == {"Firm": 1, "Owned": 2, "Linked": 3}
    assert by_child["requests"] == 6
    by_day = linked.api.get("/usage?group_by=day")
    assert [(row["day"], row["requests"]) for row in by_day["groups"]] == [(TODAY.isoformat(), 3)]
    assert firm.api.get("/usage?group_by=key")["groups"][0]["api_key_id"] == "KEY_0000000000000005"
    assert firm.api.get("/usage?period=2020-01")["requests"] == 0
    of_linked = firm.api.get(f"/{linked.api.base}/usage?group_by=child")
    assert of_linked["requests"] == 3 and len(of_linked["groups"]) == 1
    assert owned.api.get(f"/{firm.api.base}/usage").status == 404
    for wrong in ("period=2026-13", "period=x", "group_by=colour", "day=1"):
        assert firm.api.get(f"/usage?{wrong}").status == 400


def test_who_pays(db, folder, settings):
    firm = open_books("Firm")
    child = open_child(firm, "Shared", relationship="linked")
    grandchild = open_child(child, "Below", relationship="owned")
    settings.CREDIT_PRICES = {"*": 1, "invoices_create": 5}
    for above, books in ((firm, child), (child, grandchild)):
        assert Api(above.key, books.api.base).put("", {"billing_type": "shared"}).status == 200
    for books, payer, itself in ((firm, firm, True), (child, firm, False), (grandchild, firm, False)):
        found = books.api.get("/billing-organization")
        assert (found["billing_organization_id"], found["pays_for_itself"]) == (payer.organization.public_id, itself)
    assert Api(firm.key, child.api.base).put("", {"billing_type": "separate"}).status == 200
    assert grandchild.api.get("/billing-organization")["billing_organization_id"] == child.organization.public_id
    spool.close()
    for path in folder.glob("*.usage"):  # what was asked until here
        path.unlink()
    spool.note(child.organization.pk, 1, "invoices_create", refused=False)
    spool.note(child.organization.pk, 1, "accounts_list", refused=False)
    spool.note(child.organization.pk, 1, "invoices_create", refused=True)
    collect()
    bill = child.api.get("/billing")
    assert (bill["credits_used"], str(bill["amount"]), bill["currency"], bill["requests"]) == (6, "0.06", "USD", 2)
    assert bill["period"] == f"{TODAY:%Y-%m}" and bill["prices"]["invoices_create"] == 5


def test_whose_books_are_consolidated(db, folder):
    root = open_books("Root")
    owned = open_child(root, "Owned")
    below = open_child(owned, "Below")
    open_child(root, "Linked", relationship="linked")
    found = root.api.get("/consolidated-reporting")
    assert [each["name"] for each in found["organizations"]] == ["Root", "Below", "Owned"]
    assert found["organizations"][1]["parent_organization_id"] == owned.organization.public_id
    assert found["report_query"].endswith("/reports/consolidated")
    assert [each["name"] for each in below.api.get("/consolidated-reporting")["organizations"]] == ["Below"]


def test_a_busy_server_counts_every_request_once(committed_db, folder, http_server):
    """Also those of the express lane, which never reach a view."""
    books = open_books("Shop")
    command = ["curl", "-s", "-o", "/dev/null", "-H", f"Authorization: Bearer {books.key}"]
    address = f"{http_server}{books.api.base}"
    for _ in range(5):
        subprocess.run([*command, f"{address}/accounts"], check=True, timeout=20)
    body = json.dumps(books.sale("1.00"), default=str)
    post = [*command, "-H", "Content-Type: application/json", "-d", body]
    for _ in range(4):
        subprocess.run([*post, f"{address}/transactions"], check=True, timeout=20)
    collect()
    found = counted(books)
    assert (found["accounts_list", False], found["transactions_create", False]) == (5, 4)


def test_lines_say_nothing_secret(db, folder):
    books = open_books("Shop")
    books.api.get("/accounts?search=secret")
    (path,) = folder.glob("*.usage")
    (line,) = path.read_text().splitlines()
    assert re.fullmatch(rf"[0-9]+ {books.organization.pk} [0-9]+ accounts_list 0", line)
    assert datetime.date(1970, 1, 1) + datetime.timedelta(days=int(line.split()[0])) == TODAY
