"""`manage.py load_demo` builds its companies once, and always hands over a way in."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from ledger.accounts.models import Account
from ledger.balances.totals import totals
from ledger.journal.models import Transaction
from organizations import ids, scoping
from organizations.users.models import User


def load(path) -> dict:
    out = StringIO()
    call_command("load_demo", "--json", write=str(path), stdout=out)
    return json.loads(out.getvalue())


def logs_in(found: dict) -> bool:
    """Whether the way in that is handed over is a superuser's and works."""
    user = User.objects.get(email=found["admin_username"])
    return user.is_superuser and user.check_password(found["admin_password"])


def rows_of(organization: str) -> tuple:
    number = ids.decode("ORG", organization)
    with scoping.acting_in(number), connection.cursor() as cursor:
        counts = []
        for table in ("ledger_transaction", "ledger_entry", "ledger_account", "organizations_event"):
            cursor.execute(f"select count(*) from {table} where organization_id = %s", [number])
            counts.append(cursor.fetchone()[0])
    return tuple(counts)


pytestmark = pytest.mark.xdist_group("demonstration")


@pytest.fixture
def demo(demo_db):
    """The file that a first run wrote, and what it said."""
    return demo_db, json.loads(demo_db.read_text())


def test_a_second_run_changes_nothing(demo):
    path, first = demo
    before = rows_of(first["organization_id"])
    kept = path.read_bytes()
    assert load(path) == first == json.loads(kept)
    assert path.read_bytes() == kept
    assert path.stat().st_mode & 0o777 == 0o600
    assert rows_of(first["organization_id"]) == before
    assert before[0] > 1_000


def test_a_lost_file_gives_new_keys_to_the_same_books(demo):
    path, first = demo
    books = rows_of(first["organization_id"])[:3]
    path.write_text("{ half a file")
    second = load(path)
    assert rows_of(second["organization_id"])[:3] == books
    assert second["organization_id"] == first["organization_id"]
    assert second["api_key"] != first["api_key"]
    assert logs_in(second)
    for name, mode in (("api_key", "live"), ("test_api_key", "test")):
        answer = Client().get("/system", headers={"Authorization": f"Bearer {second[name]}"})
        assert answer.status_code == 200
        assert second[name].startswith(f"cl_{mode}_")


def test_a_file_with_a_password_of_before_gives_one_that_works(demo):
    path, first = demo
    path.write_text(json.dumps(first | {"admin_password": "of before"}))
    second = load(path)
    assert logs_in(second)
    assert json.loads(path.read_text()) == second


def test_asking_a_local_run_again_leaves_its_login_and_keys_as_they_are(demo, settings):
    path, first = demo
    settings.LOCAL, settings.LOCAL_DIR = True, path.parent
    out = StringIO()
    call_command("load_demo", stdout=out)
    assert first["api_key"] in out.getvalue()
    assert logs_in(first)


def test_without_a_file_the_way_in_is_printed(db, settings):
    settings.LOCAL = False
    out = StringIO()
    call_command("load_demo", stdout=out)
    assert "cl_live_" in out.getvalue()
    assert "admin_password" in out.getvalue()


def test_the_books_balance_and_hold_drafts_a_reversal_euros_and_children(demo):
    number = ids.decode("ORG", demo[1]["organization_id"])
    with scoping.acting_in(number):
        assert sum(total.base_balance for total in totals(number).values()) == 0
        pending = Transaction.objects.of(number).filter(status="pending")
        assert pending.count() == 3
        assert Transaction.objects.of(number).filter(reversal_scope="full", status="posted").count() == 1
        euros = Account.objects.of(number).get(code="1013")
        assert euros.currency_id == "EUR"
        assert totals(number)[euros.pk].balance > 0
    answer = Client().get("/organizations", headers={"Authorization": f"Bearer {demo[1]['api_key']}"}).json()
    kinds = {each["name"]: each["relationship_type"] for each in answer["data"]}
    assert kinds == {"Harbor Coffee Roasters": None, "Harbor Cafés LLC": "owned", "Dockside Bakery": "linked"}


@pytest.mark.parametrize("side", ["receivables", "payables"])
def test_ageing_ties_with_its_control_account(demo, side):
    """What is sold and bought on account without a document stands elsewhere."""
    key, organization = demo[1]["api_key"], demo[1]["organization_id"]
    path = f"/organizations/{organization}/reports/aged-{side}"
    report = Client().get(path, headers={"Authorization": f"Bearer {key}"}).json()
    assert report["totals"]["total"] > 0
    assert report["difference"] == 0, report["control_account_balance"]
