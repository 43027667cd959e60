"""Schedules in the back office: days that no books have, drafts that are deleted, and what a resting one may ask."""

import pytest

from ledger.journal.models import Transaction
from ledger.recurring.executing import run_now
from ledger.recurring.models import Execution, Recurring
from ledger.recurring.scheduling import create_recurring, pause_recurring
from tests.backoffice.desks import Person, address, recorded
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(cast: Cast) -> Person:
    return Person(cast.alice)


def who(cast: Cast) -> dict:
    return {"actor": cast.alices.actor, "organization": cast.alices.organization}


def entries(cast: Cast, *codes: str) -> list[dict]:
    return [cast.alices.entry(code, side, "4.00") for code, side in zip(codes, ("debit", "credit"), strict=True)]


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"started_at": "9999-12-31"}, "A date as YYYY-MM-DD, from 1900 to 2200."),
        ({"started_at": "0001-01-01"}, "A date as YYYY-MM-DD, from 1900 to 2200."),
        ({"ended_at": "9999-12-31"}, "A date as YYYY-MM-DD, from 1900 to 2200."),
        ({"max_executions": "99999999999"}, "Ensure this value is less than or equal to 100000."),
    ],
)
def test_a_day_or_a_number_that_no_schedule_has_is_refused_at_its_field(cast, alice, wish, said):
    repeated = recorded(cast.alices).public_id
    fields = {"repeated": repeated, "started_at": "2026-05-01", "frequency": "monthly", "interval": 1}
    rules = {"business_day": "none", "catch_up": "all", "auto_post": "on"}
    page = alice.post(address(Recurring, "add"), **(fields | rules | wish))
    assert page.status == 200 and said in page
    with cast.alices.acting():
        assert not Recurring.objects.of(cast.alices.organization).exists()


def test_a_draft_of_a_schedule_is_deleted_and_its_occurrence_says_so(cast, alice):
    with cast.alices.acting():
        template = {"description": "Rent", "entries": entries(cast, "5201", "1001")}
        fields = {"frequency": "monthly", "auto_post": False}
        row = create_recurring(**who(cast), kind="transaction", template=template, fields=fields)
        (made,) = run_now(**who(cast), recurring_id=row.pk)
    page = alice.follow(alice.post(address(Transaction, "delete_draft", made.transaction_id)))
    assert "The draft was deleted." in page
    for told in (address(Recurring, "change", row.pk), address(Execution), address(Execution, "change", made.pk)):
        assert "The draft that it had made was deleted." in alice.get(told)


def test_a_resting_depreciation_is_resumed_with_every_day_of_its_pause(cast, alice):
    with cast.alices.acting():
        asset = {"cost": "120.00", "periods": 12, "expense_account_id": cast.alices.account("5401")}
        asset |= {"accumulated_account_id": cast.alices.account("1201")}
        fields = {"frequency": "monthly"}
        row = create_recurring(**who(cast), kind="transaction", depreciation=asset, fields=fields)
        pause_recurring(**who(cast), recurring_id=row.pk)
    page = alice.get(address(Recurring, "resume", row.pk))
    assert '<option value="all"' in page.text and '<option value="none"' not in page.text
    assert "It goes on." in alice.follow(alice.post(address(Recurring, "resume", row.pk), catch_up="all"))
