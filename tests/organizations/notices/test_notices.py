"""Members are written to about what they chose: at once or once a day, once, also of what their organization owns."""

import datetime
import threading

import pytest
from django.db import connection

from organizations import clock
from organizations.jobs import running
from organizations.letters.models import Letter
from organizations.letters.sending import send_due
from organizations.members.joining import add_member, remove_member
from organizations.members.models import Membership
from organizations.notices.kinds import KINDS
from organizations.notices.models import NoticeSettings
from organizations.notices.sending import send
from organizations.notices.tasks import send_notices
from organizations.users.models import User
from tests.backoffice.desks import Person
from tests.cast import Books, open_books, open_child
from tests.ledger.proof.books import wait_until_settled

MORNING = datetime.datetime(2026, 5, 4, 7, 30, tzinfo=datetime.UTC)


@pytest.fixture
def books(committed_db) -> Books:
    return open_books("Watchful Ltd")


def membership(books: Books, email: str | None = None) -> str:
    rows = books.api.get("/members").data
    return next(row["id"] for row in rows if email in (None, row["email"]))


def choose(books: Books, email: str | None = None, **changes) -> dict:
    wished = {"delivery": "at_once", "kinds": ["draft_waiting"]} | changes
    done = books.api.put(f"/members/{membership(books, email)}/notifications", wished)
    assert done.status == 200, done.body
    return done.body


def happen(books: Books, note: str) -> None:
    """Something that is told: a write waits for approval."""
    staged = books.api.post("/drafts", {"operation": "contacts_create", "payload": {"name": "Ann"}, "note": note})
    assert staged.status == 201, staged.body


def told(books: Books) -> list[Letter]:
    """Write what is due; the letters that are new."""
    with books.acting():
        before = set(Letter.objects.of(books.organization).values_list("pk", flat=True))
    wait_until_settled()
    count = send(books.organization.pk)
    with books.acting():
        found = list(Letter.objects.of(books.organization).exclude(pk__in=before).order_by("pk"))
    assert len(found) == count
    return found


def test_nobody_is_written_to_unasked_nor_of_what_was(books):
    assert books.api.get(f"/members/{membership(books)}/notifications")["delivery"] == "off"
    happen(books, "Before")
    assert send_notices() == 0
    wait_until_settled()
    chosen = choose(books)
    assert (chosen["delivery"], chosen["kinds"], chosen["email"]) == ("at_once", ["draft_waiting"], books.owner.email)
    assert {each["kind"] for each in chosen["available_kinds"]} == KINDS.keys()
    assert told(books) == []
    told_of = books.api.get(f"/events?entity_id={chosen['membership_id']}").data
    assert "notifications.updated" in [event["event_type"] for event in told_of]


def test_at_once_is_one_letter_of_all_that_is_new_and_never_twice(books):
    choose(books)
    wait_until_settled()
    send(books.organization.pk)
    happen(books, "Chairs")
    happen(books, "Tables")
    (letter,) = told(books)
    assert letter.to == [books.owner.email] and letter.subject == "Watchful Ltd: 2 things to know"
    assert letter.body.index("Chairs") < letter.body.index("Tables") and "A write waits for approval:" in letter.body
    assert told(books) == []
    happen(books, "Lamps")
    (letter,) = told(books)
    assert letter.subject == "Watchful Ltd: A write waits for approval" and "Chairs" not in letter.body
    send_due(books.organization.pk)
    with books.acting():
        assert {row.status for row in Letter.objects.of(books.organization)} == {"sent"}


def test_workers_beside_each_other_write_once(books):
    choose(books)
    wait_until_settled()
    send(books.organization.pk)
    happen(books, "Chairs")
    wait_until_settled()
    counts = []

    def work() -> None:
        counts.append(send(books.organization.pk))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 1


def test_a_daily_letter_is_written_in_the_morning_there(books, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: MORNING - datetime.timedelta(hours=1))
    choose(books, delivery="daily")
    happen(books, "Chairs")
    assert told(books) == []
    monkeypatch.setattr(clock, "now", lambda: MORNING)
    (letter,) = told(books)
    assert letter.subject == "Watchful Ltd, 2026-05-04: 1 thing to know"
    happen(books, "Tables")
    assert told(books) == []
    monkeypatch.setattr(clock, "now", lambda: MORNING + datetime.timedelta(days=1))
    (letter,) = told(books)
    assert "Tables" in letter.body and "Chairs" not in letter.body
    monkeypatch.setattr(clock, "now", lambda: MORNING + datetime.timedelta(days=2))
    assert told(books) == []


def test_owned_organizations_are_told_with_their_names_and_linked_ones_never(books):
    owned, linked = open_child(books, "Kid Ltd"), open_child(books, "Client Ltd", relationship="linked")
    choose(books, includes_owned=True)
    wait_until_settled()
    send(books.organization.pk)
    for each in (owned, linked, books):
        happen(each, f"At {each.organization.name}")
    (letter,) = told(books)
    assert letter.body.index("At Watchful Ltd") < letter.body.index("\nKid Ltd\n") < letter.body.index("At Kid Ltd")
    assert "Client" not in letter.body
    choose(books, includes_owned=False)
    happen(owned, "Nobody hears of this")
    assert told(books) == []


@pytest.mark.parametrize("delivery", ["at_once", "daily"])
def test_what_is_chosen_anew_is_told_from_then_on_and_the_rest_as_before(books, monkeypatch, delivery):
    monkeypatch.setattr(clock, "now", lambda: MORNING - datetime.timedelta(hours=2))
    choose(books, delivery=delivery, kinds=["webhook_disabled"])
    happen(books, "Too early")
    assert told(books) == []
    choose(books, delivery=delivery, kinds=["webhook_disabled", "draft_waiting"])
    assert told(books) == []
    happen(books, "In time")
    choose(books, delivery=delivery, kinds=["draft_waiting"])
    monkeypatch.setattr(clock, "now", lambda: MORNING)
    (letter,) = told(books)
    assert "In time" in letter.body and "Too early" not in letter.body


def test_owned_organizations_are_told_of_from_when_they_were_chosen(books):
    owned = open_child(books, "Kid Ltd")
    choose(books)
    happen(owned, "Too early")
    assert told(books) == []
    wait_until_settled()
    choose(books, includes_owned=True)
    happen(owned, "In time")
    (letter,) = told(books)
    assert "In time" in letter.body and "Too early" not in letter.body


def test_a_wish_that_nobody_knows_is_told_of(books):
    answer = choose(books, include_owned=True)
    assert answer["includes_owned"] is False
    (warning,) = answer["warnings"]
    assert (warning["code"], warning["field"]) == ("unknown_field", "include_owned")
    assert "did you mean includes_owned?" in warning["message"]


def test_who_is_no_member_any_more_or_not_active_is_not_written_to(books):
    with books.acting():
        member = add_member(
            actor=books.actor, organization_id=books.organization.pk, email="ann@example.com", role="viewer"
        )
    choose(books, "ann@example.com")
    wait_until_settled()
    send(books.organization.pk)
    happen(books, "One")
    (letter,) = told(books)
    assert letter.to == ["ann@example.com"]
    User.objects.filter(email="ann@example.com").update(is_active=False)
    happen(books, "Two")
    assert told(books) == []
    with books.acting():
        remove_member(actor=books.actor, membership=Membership.objects.of(books.organization).get(pk=member.pk))
        assert NoticeSettings.objects.of(books.organization).count() == 0


def test_a_failed_job_is_told_and_a_letter_about_notices_never(books, monkeypatch):
    choose(books, kinds=["job_failed", "letter_failed"])
    wait_until_settled()
    send(books.organization.pk)
    with books.acting():
        who = {"actor": books.actor, "organization_id": books.organization.pk}
        job = running.queue(**who, kind="import_journal", payload={})
        running.finish(books.actor, job, status="failed", error={"message": "The file is no journal"})
        done = running.queue(**who, kind="import_journal", payload={})
        running.finish(books.actor, done, status="succeeded", result={})
    (letter,) = told(books)
    assert "import_journal: The file is no journal" in letter.body and letter.body.count("import_journal") == 1
    line = KINDS["letter_failed"].line
    failed = {"about_kind": "invoice", "subject": "INV-1", "to": ["x@example.com"], "last_error": "550 No such user"}
    assert line(failed) == "“INV-1” to x@example.com: 550 No such user"
    assert line(failed | {"about_kind": letter.about_kind}) is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"delivery": "weekly"}, "delivery"),
        ({"delivery": "daily"}, "kinds"),
        ({"kinds": ["gossip"]}, "kinds"),
        ({"kinds": "overdue"}, "kinds"),
        ({"includes_owned": "perhaps"}, "includes_owned"),
    ],
)
def test_what_cannot_be_chosen_says_why(books, body, field):
    refused = books.api.put(f"/members/{membership(books)}/notifications", body)
    assert refused.status == 400 and field in refused.error["details"]["fields"]
    assert books.api.get(f"/members/{membership(books)}/notifications")["updated_at"] is None


def test_a_long_letter_is_cut_and_counted(books, monkeypatch):
    monkeypatch.setattr("organizations.notices.sending.MOST_LINES", 2)
    choose(books)
    wait_until_settled()
    send(books.organization.pk)
    for number in range(5):
        happen(books, f"Thing {number}")
    (letter,) = told(books)
    assert "5 things to know" in letter.subject and "and 3 more" in letter.body and "Thing 4" not in letter.body


def test_people_choose_for_themselves_in_the_back_office(books):
    with books.acting():
        who = {"actor": books.actor, "organization_id": books.organization.pk}
        add_member(**who, email="bob@example.com", role="viewer")
    bob = Person(User.objects.get(email="bob@example.com"), books)
    where = "/admin/notifications/"
    assert "bob@example.com" in bob.get(where)
    assert "Name one kind at least." in bob.post(where, delivery="daily")
    assert "Saved." in bob.follow(bob.post(where, delivery="daily", overdue="on", draft_waiting="on"))
    chosen = books.api.get(f"/members/{membership(books, 'bob@example.com')}/notifications")
    assert (chosen["delivery"], sorted(chosen["kinds"])) == ("daily", ["draft_waiting", "overdue"])
    owner = Person(books.owner, books)
    assert "bob@example.com" in owner.get("/admin/organizations/noticesettings/")
    kid = open_child(books, "Kid Ltd")
    assert "You are no member of this organization itself" in Person(books.owner, kid).get(where)
