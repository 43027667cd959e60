"""A small world of organizations in every relation to one another, each with one object of every kind.

Alice ─ owned ─ Kid
      ├ owned ─ Sister
      └ linked ─ Client ─ owned ─ Client's kid
Charlie, a stranger          Sandbox, a test-mode stranger
"""

import datetime
import secrets
from dataclasses import dataclass, field

from django.test import Client

from ledger.accounts.opening import NewAccount, open_account
from ledger.assertions.asserting import assert_balance
from ledger.attachments import storing
from ledger.attachments.attaching import attach_file
from ledger.attachments.contents import examine
from ledger.categories.naming import create_category
from ledger.closing.closing import close_year
from ledger.currencies.quoting import record_rate
from ledger.journal.drafts import Draft, Line
from ledger.journal.models import Entry
from ledger.journal.posting import create_transaction
from ledger.locks.lifting import lift_lock
from ledger.locks.models import LockLift
from ledger.proof.anchoring import set_anchor
from ledger.proof.sealing import seal
from ledger.stationery.designing import set_logo
from organizations import clock, ids
from organizations.events.models import Event
from organizations.jobs.running import queue
from organizations.keys.minting import create_key, revoke_key, rotate_key
from organizations.letters.posting import post_letter
from organizations.letters.sending import send_due
from organizations.members.joining import add_member
from organizations.users.models import User
from organizations.webhooks.models import Delivery
from organizations.webhooks.subscribing import create_webhook, test_webhook
from reconciliation.matching.booking import Part, book_line
from reconciliation.matching.models import Match
from reconciliation.rules.learning import learn
from reconciliation.rules.models import BankRule
from reconciliation.rules.ruling import create_rule
from reconciliation.sessions.completing import complete_reconciliation
from reconciliation.sessions.starting import start_reconciliation
from reconciliation.statements.models import SavedMapping, StatementLine
from tests.cast import ALL, Api, Books, api_of, open_books, open_child
from tests.contract import trade_estate
from tests.contract.trade_estate import trade
from tests.ledger.proof.books import wait_until_settled
from tests.ledger.stationery.pictures import picture
from tests.reconciliation import banks


@dataclass(slots=True)
class Estate:
    """The ids of one organization and of one object of every kind in it, by the names that paths and bodies use."""

    books: Books | None
    ids: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.ids.get(name) or NUMBERS[name]

    @property
    def number(self) -> int:
        return self.books.organization.pk


ASSERTED = datetime.date(2026, 1, 31)
#: What is posted is dated today: a period that has it in it, whenever that is.
PERIOD = {"start_date": datetime.date(2025, 1, 1), "end_date": datetime.date(2100, 12, 31)}

#: What an estate holds, and the kind of its id. `draft` and `posted` are transactions, `reconciled` is completed.
KINDS = {
    "organization_id": "ORG",
    "account_id": "ACT",
    "other_account_id": "ACT",
    "sales_id": "ACT",
    "draft": "TXN",
    "posted": "TXN",
    "category_id": "CAT",
    "exchange_rate_id": "EXR",
    **trade_estate.KINDS,
    "attachment_id": "ATT",
    "api_key_id": "KEY",
    "membership_id": "MEM",
    "user_id": "USR",
    "event_id": "EVT",
    "job_id": "REQ",
    "letter_id": "LTR",
    "webhook_id": "WHK",
    "delivery_id": "WHD",
    "lift_id": "LFT",
    "assertion_id": "AST",
    "bank_rule_id": "RUL",
    "statement_id": "STM",
    "line_id": "LIN",
    "settled_line": "LIN",
    "match_id": "MAT",
    "suggestion": "MAT",
    "reconciliation_id": "REC",
    "reconciled": "REC",
}
#: Fiscal years, which are no ids: one that is closed in every estate, and the next.
YEARS = {"closed_year": "2020", "open_year": "2021"}
NO_YEARS = dict.fromkeys(YEARS, "1492")


#: What paths name by a number or a word that counts within an organization; it says nothing of any other.
NUMBERS = {"seq": "1", "provider": "stripe"}


def nowhere() -> Estate:
    """Well-formed ids that lead nowhere."""
    found = {name: ids.encode(prefix, secrets.randbits(56)) for name, prefix in KINDS.items()}
    return Estate(None, found | NO_YEARS)


def _attach(books: Books, transaction_id: int):
    content = b"%PDF-1.7 a receipt"
    path = storing.new_path(books.organization.pk)
    storing.keep(path, content)
    where = {"organization": books.organization, "transaction_id": transaction_id, "path": path}
    return attach_file(actor=books.actor, content=examine("receipt.pdf", content), **where)


def _rule(books: Books) -> BankRule:
    """A rule, and a word that was learned."""
    cash, fees = books.accounts["1001"], books.accounts["5201"]
    with books.acting():
        learn(organization_id=books.organization.pk, account_id=cash.pk, text="Fee", counter_account_ids=[fees.pk])
        return create_rule(
            actor=books.actor,
            organization=books.organization,
            name="Fees",
            conditions=[{"field": "text", "operator": "contains", "value": "fee"}],
            actions={"account_id": fees.public_id},
        )


def _bank(books: Books, posted: int) -> dict[str, str]:
    """An open line, one that was booked with its match, and one with a suggestion."""
    cash = books.accounts["1001"]
    lines = [banks.line(books, amount) for amount in ("12.00", "-3.00", "12.00")]
    with books.acting():
        SavedMapping.objects.create(organization=books.organization, account=cash, mapping={"date_format": "DMY"})
        booked = book_line(
            actor=books.actor,
            organization=books.organization,
            line_id=lines[1].pk,
            parts=[Part(books.accounts["5201"].pk)],
        )
        entry = Entry.objects.of(books.organization).get(transaction_id=posted, account=cash)
        suggestion = Match.objects.create(
            organization=books.organization,
            account=cash,
            origin="automatic",
            line_ids=[lines[2].pk],
            entry_ids=[entry.pk],
            score=300,
            features={"amount": 200, "date": 100},
            reason="few_points",
            scoring_version=1,
        )
        StatementLine.objects.of(books.organization).filter(pk=lines[2].pk).update(
            status="suggested", match_id=suggestion.pk
        )
    return {
        "statement_id": ids.encode("STM", lines[0].statement_id),
        "line_id": lines[0].public_id,
        "settled_line": lines[1].public_id,
        "match_id": booked.public_id,
        "suggestion": suggestion.public_id,
    }


def _reconcile(books: Books) -> dict[str, str]:
    """A session of cash that is open, and one of another account that is completed."""
    who = {"actor": books.actor, "organization": books.organization}
    cash, other = books.accounts["1001"].pk, books.accounts["1101"].pk
    with books.acting():
        current = start_reconciliation(**who, account_id=cash, closing_balance="12.00", **PERIOD)
        done = start_reconciliation(**who, account_id=other, closing_balance="0.00", **PERIOD)
        done = complete_reconciliation(actor=books.actor, session=done)
    return {"reconciliation_id": current.public_id, "reconciled": done.public_id}


def _lift(books: Books, key: int) -> LockLift:
    """A lock that one key may pass."""
    end = datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC)
    who = {"actor": books.actor, "organization": books.organization, "api_key_id": key}
    return lift_lock(**who, area="sales", reason="A late invoice", expires_at=end)


def _webhook(books: Books) -> dict[str, str]:
    """A webhook to which something was delivered."""
    who = {"actor": books.actor, "organization": books.organization}
    with books.acting():
        webhook, _ = create_webhook(**who, url="https://example.com/hook")
        delivery = test_webhook(**who, webhook_id=webhook.pk)
        delivered = {"status": "delivered", "delivered_at": clock.now()}
        Delivery.objects.of(books.organization).filter(pk=delivery.pk).update(**delivered)
    return {"webhook_id": webhook.public_id, "delivery_id": ids.encode("WHD", delivery.pk)}


def _letter(books: Books) -> str:
    """A letter that has left."""
    with books.acting():
        letter = post_letter(
            actor=books.actor, organization=books.organization, to=["ann@example.com"], subject="Hello", body="Dear Ann"
        )
    send_due(books.organization.pk)
    return letter.public_id


def furnish(books: Books) -> Estate:
    """Put one object of every kind into an organization."""
    organization, actor = books.organization, books.actor
    with books.acting():
        new = NewAccount(code="1999", name="Drawer", type="asset", currency="USD")
        account = open_account(actor=actor, organization=organization, new=new)
        cash, sales = books.accounts["1001"].pk, books.accounts["4001"].pk
        lines = [Line(cash, "debit", "12.00"), Line(sales, "credit", "12.00")]
        draft, posted = (
            create_transaction(actor=actor, organization=organization, draft=Draft(lines), auto_post=posts).transaction
            for posts in (False, True)
        )
        category = create_category(actor=actor, organization=organization, name="Travel", type="expense")
        pair = {"from_currency": "EUR", "to_currency": "USD", "rate": "1.1", "effective_date": clock.today()}
        rate = record_rate(actor=actor, organization=organization, **pair)
        traded = trade(books)
        attachment = _attach(books, posted.pk)
        key, _ = create_key(
            actor=actor, organization_id=organization.pk, mode=organization.mode, name="Spare", permissions=[]
        )
        member = add_member(
            actor=actor, organization_id=organization.pk, email=f"member-{organization.pk}@example.com", role="viewer"
        )
        set_logo(actor=actor, organization=organization, content=picture())
        set_anchor(actor=actor, organization_id=organization.pk, url="https://anchor.example.com/")
    wait_until_settled()
    with books.acting():
        seal(actor=actor, organization_id=organization.pk)
        job = queue(actor=actor, organization_id=organization.pk, kind="import_journal", payload={})
        lift = _lift(books, key.pk)
        close_year(actor=actor, organization=organization, year=int(YEARS["closed_year"]))
        asserted = assert_balance(
            actor=actor, organization=organization, account_id=cash, date=ASSERTED, expected="12.00"
        )
        event = Event.objects.of(organization).order_by("-seq").first()
    found = {
        "organization_id": organization.public_id,
        "account_id": account.public_id,
        "other_account_id": books.account("1001"),
        "sales_id": books.account("4001"),
        "draft": draft.public_id,
        "posted": posted.public_id,
        "category_id": category.public_id,
        "exchange_rate_id": rate.public_id,
        **traded,
        "attachment_id": attachment.public_id,
        "api_key_id": key.public_id,
        "membership_id": member.public_id,
        "user_id": member.user.public_id,
        "event_id": ids.encode("EVT", event.pk),
        "job_id": job.public_id,
        "letter_id": _letter(books),
        **_webhook(books),
        "lift_id": lift.public_id,
        **YEARS,
        "assertion_id": asserted.public_id,
        "bank_rule_id": _rule(books).public_id,
        **(_bank(books, posted.pk) | _reconcile(books)),
    }
    return Estate(books, found)


@dataclass(slots=True)
class World:
    """All estates by name, and everybody who may ask."""

    estates: dict[str, Estate]
    people: dict[str, Api] = field(default_factory=dict)
    dead_keys: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Estate:
        return self.estates[name]


def build() -> World:
    """The world of the module's docstring."""
    alice = open_books("Alice's Bakery", email="alice@example.com")
    client = open_child(alice, "Client", relationship="linked")
    books = {
        "alice": alice,
        "kid": open_child(alice, "Kid"),
        "sister": open_child(alice, "Sister"),
        "client": client,
        "clients_kid": open_child(client, "Client's kid"),
        "charlie": open_books("Charlie's Garage", email="charlie@example.com"),
        "sandbox": open_books("Sandbox", email="sandbox@example.com", mode="test"),
    }
    world = World({name: furnish(each) for name, each in books.items()})
    world.people = {**_sessions(books), **_keys(alice)}
    world.dead_keys = _dead_keys(alice)
    wait_until_settled()
    return world


ROLES = ("owner", "admin", "accountant", "viewer")


def _sessions(books: dict[str, Books]) -> dict[str, Api]:
    """People by session: each role at Alice's, an owner of Kid only, staff without a membership, a superuser."""
    found = {"owner": api_of(books["alice"].owner)}
    homes = {**{role: ("alice", role) for role in ROLES[1:]}, "owner of kid": ("kid", "owner")}
    for name, (home, role) in homes.items():
        organization_id = books[home].organization.pk
        with books[home].acting():
            email = f"{name.replace(' ', '-')}@example.com"
            member = add_member(actor=books[home].actor, organization_id=organization_id, email=email, role=role)
        found[name] = api_of(member.user)
    found["owner without a token"] = Api(client=Client(HTTP_HOST="localhost", enforce_csrf_checks=True))
    found["owner without a token"].client.force_login(books["alice"].owner)
    found["staff"] = api_of(User.objects.create_user("staff@example.com", None, is_staff=True))
    found["superuser"] = api_of(User.objects.create_superuser("root@example.com", None))
    return found


KEYS = {
    "full key": ["read", "write", "delete"],
    "read key": ["read"],
    "write key": ["write"],
    "accounts key": {"accounts": ["read"]},
    "mixed key": {"transactions": ["write"], "*": ["read"]},
    "empty key": [],
    "empty map key": {},
}


def _keys(books: Books) -> dict[str, Api]:
    return {name: Api(books.key_for(permissions).key) for name, permissions in KEYS.items()}


def _dead_keys(books: Books) -> dict[str, str]:
    """Keys that once worked, or never did, each with the code of its refusal."""
    past = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
    options = {"actor": books.actor, "organization_id": books.organization.pk, "mode": "live", "permissions": ALL}
    with books.acting():
        key, revoked = create_key(**options, name="Revoked")
        revoke_key(actor=books.actor, key=key)
        _, expired = create_key(**options, name="Expired", expires_at=past)
        key, rotated = create_key(**options, name="Rotated")
        rotate_key(actor=books.actor, key=key, mode="live", overlap_seconds=0)
    return {
        revoked: "api_key_revoked",
        expired: "api_key_expired",
        rotated: "api_key_expired",
        revoked[:-1] + ("b" if revoked[-1] == "a" else "a"): "invalid_api_key",
        f"cl_live_{'A' * 12}_{'b' * 43}": "invalid_api_key",
        "cl_live_short": "invalid_api_key",
        "": "not_authenticated",
    }
