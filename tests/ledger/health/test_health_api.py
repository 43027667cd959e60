"""The health of the books over HTTP, as a job, by night, in the back office, and what Prometheus reads."""

import datetime
import re

import pytest
from django.test import Client

from ledger.health import api, examining, tasks
from ledger.health.models import Examination
from ledger.health.rules import Rule
from organizations.jobs import running
from organizations.users.models import User
from tests.backoffice.desks import Person, address
from tests.cast import number_of, open_books

#: Organizations that there are: these books, and those of the cast.
INSTALLED = 3


@pytest.fixture
def books(db):
    books = open_books("Healthy Ltd")
    books.api.post("/transactions", books.sale())
    return books


def health(books, query=""):
    return books.api.get(f"/health/ledger{query}")


@pytest.fixture
def broken(monkeypatch):
    """One more rule, which nothing fulfils."""
    rule = Rule("nothing_is_sold", "Nobody sells.", "Buy.", "select 7", "select 'it' union all select 'that'")
    monkeypatch.setattr(examining, "RULES", (*examining.RULES, rule))
    return rule


def test_small_books_are_examined_on_the_spot(books):
    answer = health(books)
    assert (answer.status, answer["object"], answer["status"], answer["source"]) == (
        200, "ledger_health", "healthy", "live",
    )  # fmt: skip
    invariants = answer["invariants"]
    assert len({each["name"] for each in invariants}) == len(invariants) >= 15
    assert invariants[0].keys() == {"name", "meaning", "status", "checked", "broken", "first_offender", "hint"}
    assert {each["status"] for each in invariants} == {"healthy"}
    counted = {each["name"]: each["checked"] for each in invariants}
    assert (counted["transactions_balance"], counted["entries_stand_on_a_side"]) == (1, 2)
    with books.acting():
        assert not Examination.objects.exists()


def test_a_broken_rule_is_named_with_its_first_offender(books, broken):
    answer = health(books)
    assert answer["status"] == "broken"
    found = answer["invariants"][-2]
    assert found["name"] == "nothing_is_sold"
    assert (found["checked"], found["broken"], found["first_offender"], found["hint"]) == (7, 2, "it", "Buy.")


def test_large_books_are_answered_from_the_last_examination(books, monkeypatch):
    monkeypatch.setattr(api, "SMALL", 1)
    never = health(books)
    assert (never["status"], never["source"], never["checked_at"]) == ("unknown", "none", None)
    assert {each["status"] for each in never["invariants"]} == {"unknown"}
    examining.examine_and_keep(actor=books.actor, organization_id=books.organization.pk, occasion="doctor")
    kept = health(books)
    assert (kept["status"], kept["source"]) == ("healthy", "stored")
    assert kept["age_seconds"] >= 0
    assert kept["examination_id"].startswith("EXM_")
    assert health(books, "?fresh=true")["source"] == "live"
    assert health(books, "?fresh=maybe").status == 400
    assert health(books, "?freshly=true").error["code"] == "unknown_parameter"


def test_what_does_not_end_in_time_is_unknown_and_not_healthy(books, monkeypatch):
    slow = Rule("slow", "Sleeps.", "Wake it.", "select 1", "select pg_sleep(30)::text")
    monkeypatch.setattr(examining, "RULES", (*examining.RULES[:2], slow, *examining.RULES[2:4]))
    monkeypatch.setattr(api, "LONGEST_MS", 700)
    answer = health(books)
    assert answer["status"] == "unknown"
    states = [each["status"] for each in answer["invariants"]]
    assert states == ["healthy", "healthy", "unknown", "unknown", "unknown", "unknown"]
    assert answer["invariants"][2]["checked"] is None
    assert books.api.post("/transactions", books.sale()).status == 201


def test_a_job_examines_and_keeps_with_an_event(books, broken):
    asked = books.api.post("/health/ledger")
    assert (asked.status, asked["kind"]) == (202, "examine_ledger")
    assert running.run(books.organization.pk, number_of("REQ", asked["id"])) == "succeeded"
    shown = books.api.get(f"/jobs/{asked['id']}")
    assert shown["progress"]["done"] == shown["progress"]["total"] > 15
    assert shown["result"]["status"] == "broken"
    told = books.api.get("/events?event_type=ledger.invariant_broken").data
    assert told[0]["event_type"] == "ledger.invariant_broken"
    assert told[0]["entity_id"] == shown["result"]["examination_id"]
    assert [each["name"] for each in told[0]["after_state"]["broken"]] == ["nothing_is_sold"]


def test_the_night_examines_each_ledger_once(books, monkeypatch):
    sent = []
    monkeypatch.setattr(tasks.examine_ledger, "delay", sent.append)
    assert tasks.examine_due_ledgers() == len(sent) == len(set(sent)) == INSTALLED
    assert books.organization.pk in sent
    assert [tasks.examine_ledger(number) for number in sent] == ["healthy"] * INSTALLED
    assert [tasks.examine_ledger(number) for number in sent] == ["fresh"] * INSTALLED
    assert tasks.examine_due_ledgers() == 0
    told = books.api.get("/events?event_type=ledger.examined").data
    assert [(each["event_type"], each["after_state"]["occasion"]) for each in told] == [("ledger.examined", "nightly")]
    monkeypatch.setattr(tasks, "FRESH", datetime.timedelta(0))
    assert tasks.examine_due_ledgers() == INSTALLED


def test_old_examinations_are_forgotten(books, monkeypatch):
    monkeypatch.setattr(examining, "KEPT", 3)
    for _ in range(5):
        examining.examine_and_keep(actor=books.actor, organization_id=books.organization.pk, occasion="doctor")
    with books.acting():
        assert Examination.objects.of(books.organization).count() == 3


def scrape(**headers):
    return Client(HTTP_HOST="localhost").get("/metrics", headers=headers)


def test_metrics_are_closed_but_to_the_token_and_a_superuser(books, settings):
    key = {"authorization": f"Bearer {books.key}"}
    for headers in ({}, {"authorization": "Bearer x"}, key, {"authorization": "Bearer "}):
        refused = scrape(**headers)
        assert (refused.status_code, refused.json()["error"]["code"]) == (401, "not_authenticated")
        assert "METRICS_TOKEN" in refused.json()["error"]["message"]
    settings.METRICS_TOKEN = "a token for the scraper"
    assert scrape(**key).status_code == 401
    assert scrape(authorization="Bearer a token for the scraper").status_code == 200
    client = Client(HTTP_HOST="localhost")
    client.force_login(books.owner)
    assert client.get("/metrics").status_code == 401
    client.force_login(User.objects.create_superuser("root@example.com", None))
    assert client.get("/metrics").status_code == 200
    assert client.post("/metrics").status_code == 405


def test_what_prometheus_reads(books, broken, settings):
    settings.METRICS_TOKEN = "t" * 20
    examining.examine_and_keep(actor=books.actor, organization_id=books.organization.pk, occasion="doctor")
    books.api.post("/health/ledger")
    answer = scrape(authorization=f"Bearer {settings.METRICS_TOKEN}")
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = answer.content.decode().splitlines()
    number = books.organization.public_id
    assert f'crane_ledger_invariant_broken{{organization="{number}",name="nothing_is_sold"}} 2' in lines
    assert f'crane_ledger_invariant_broken{{organization="{number}",name="transactions_balance"}} 0' in lines
    assert f'crane_ledger_invariant_rows_checked{{organization="{number}",name="transactions_balance"}} 1' in lines
    assert f'crane_ledger_drift_rows{{organization="{number}"}} 0' in lines
    age = f'crane_ledger_examination_age_seconds{{organization="{number}"}} '
    assert any(line.startswith(age) and int(line.removeprefix(age)) < 60 for line in lines)
    assert 'crane_jobs{status="queued"} 1' in lines
    assert f"crane_organizations {INSTALLED}" in lines
    sample = re.compile(r'[a-z_]+(\{[a-z]+="[^"\\]*"(,[a-z]+="[^"\\]*")*\})? \d+')
    for line in lines:
        assert line.startswith(("# HELP ", "# TYPE ")) or sample.fullmatch(line), line


def test_the_back_office_examines_and_shows(books, monkeypatch):
    alice = Person(books.owner, books)
    assert "Examine now" in alice.get(address(Examination, "add"))
    page = alice.follow(alice.post(address(Examination, "add")))
    assert "healthy" in page
    assert "transactions_balance" in page
    assert "Examine again" in page
    assert "healthy" in alice.get(address(Examination))
    monkeypatch.setattr("ledger.health.admin.SMALL", 0)
    assert "becomes a job" in alice.get(address(Examination, "add"))
    assert "examine_ledger" in alice.follow(alice.post(address(Examination, "add")))
