"""What the attacked books hold, made through the verbs."""

import datetime

from ledger.accounts.changing import update_account
from ledger.accounts.models import Account
from ledger.accounts.opening import NewAccount, open_accounts
from ledger.journal.drafts import Draft, Line
from ledger.journal.models import Entry
from ledger.journal.posting import create_transaction
from ledger.journal.reversing import reverse_transaction
from ledger.proof.anchoring import set_anchor
from ledger.proof.sealing import seal
from organizations.directory.updating import update_organization
from organizations.jobs.models import Job
from organizations.keys.models import ApiKey
from tests.cast import Books, Cast, gather
from tests.ledger.proof.books import wait_until_settled

DAY = datetime.date(2026, 2, 1)
CLOSED_THROUGH = datetime.date(2025, 12, 31)


def sell(books: Books, amount: str = "100.00", *, day: datetime.date = DAY, auto_post: bool = True, **more):
    """A cash sale through the posting verb."""
    lines = [
        Line(books.accounts["1001"].pk, "debit", amount),
        Line(books.accounts["4001"].pk, "credit", amount),
    ]
    draft = Draft(lines=lines, type="income", date=day, description="Cash sale", **more)
    with books.acting():
        return create_transaction(
            actor=books.actor, organization=books.organization, draft=draft, auto_post=auto_post
        ).transaction


def _open(books: Books) -> None:
    usd, wanted = books.organization.base_currency_id, []
    wanted.append(NewAccount(code="1002", name="Euro cash", type="asset", currency="EUR"))
    wanted.append(
        NewAccount(code="1003", name="Till", type="asset", currency=usd, balance_floor=0, balance_ceiling=500)
    )
    wanted.append(NewAccount(code="1500", name="Equipment", type="asset", currency=usd))
    wanted.append(NewAccount(code="1501", name="Ovens", type="asset", currency=usd, parent_code="1500"))
    wanted.append(NewAccount(code="1999", name="Old till", type="asset", currency=usd))
    wanted.append(NewAccount(code="8001", name="Suspense", type="asset", currency=usd, is_system=True))
    with books.acting():
        open_accounts(actor=books.actor, organization=books.organization, accounts=wanted)
        old_till = Account.objects.of(books.organization).get(code="1999")
        update_account(actor=books.actor, account=old_till, changes={"status": "suspended"})
    books.refresh()


def furnish() -> tuple[Cast, dict[str, int]]:
    """The cast, and the numbers of what there is to attack."""
    cast = gather()
    books = cast.alices
    _open(books)
    found = {
        "sale": sell(books, external_id="till-1").pk,
        "draft": sell(books, auto_post=False).pk,
        "returned": sell(books, "30.00").pk,
        "charlies sale": sell(cast.charlies).pk,
        "charlies cash": cast.charlies.accounts["1001"].pk,
    }
    with books.acting():
        found["return"] = reverse_transaction(
            actor=books.actor, organization=books.organization, transaction_id=found["returned"], reversal_date=DAY
        ).transaction.pk
        found["key"] = ApiKey.objects.of(books.organization).get().pk
        Job.objects.create(organization=books.organization, kind="nothing")
    books.api.post("/accounts", {"code": "1997", "name": "By HTTP", "type": "asset"}, idempotency_key="once")
    wait_until_settled()
    for each in (books, cast.charlies):
        with each.acting():
            seal(actor=each.actor, organization_id=each.organization.pk)
            set_anchor(actor=each.actor, organization_id=each.organization.pk, url="https://anchor.example.com/")
    with cast.charlies.acting():
        found["charlies entry"] = Entry.objects.of(cast.charlies.organization).get(line_no=1).pk
        found["charlies key"] = ApiKey.objects.of(cast.charlies.organization).get().pk
    with books.acting():
        update_organization(
            actor=books.actor, organization=books.organization, changes={"books_closed_through": CLOSED_THROUGH}
        )
    return cast, found
