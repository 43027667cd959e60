"""An organization with one object of every kind.

What can be named bears the mark of its organization, by which it is known wherever it appears.
"""

import datetime
import secrets
from dataclasses import dataclass, field

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
from organizations.jobs.cancelling import cancel
from organizations.jobs.models import Job
from organizations.jobs.running import queue
from organizations.keys.minting import create_key
from organizations.keys.models import ApiKey
from organizations.letters.posting import post_letter
from organizations.letters.sending import send_due
from organizations.members.joining import add_member
from organizations.members.models import Membership
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
from tests.cast import Books
from tests.contract import trade_estate
from tests.contract.trade_estate import mark, trade
from tests.ledger.archives.archives import exported
from tests.ledger.proof.books import wait_until_settled
from tests.ledger.stationery.pictures import picture
from tests.organizations.drafts.waiting import staged
from tests.organizations.metering.purchases import purchase_credits
from tests.reconciliation import banks
from tests.reports.kept import keep_reports


@dataclass(slots=True)
class Estate:
    """The ids of one organization and of one object of every kind in it, by the names that paths and bodies use."""

    books: Books | None
    ids: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.ids.get(name) or NUMBERS[name]

    def shouted(self) -> "Estate":
        """The same with all its ids in capital letters."""
        return Estate(self.books, {name: value.upper() for name, value in self.ids.items()})

    @property
    def number(self) -> int:
        return self.books.organization.pk


ASSERTED, PAST = datetime.date(2026, 1, 31), datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
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
    "ended_job": "REQ",
    "export_job": "REQ",
    "letter_id": "LTR",
    "credit_purchase_id": "CPU",
    "draft_id": "DRF",
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
    "capital_id": "ACT",
    "budget_id": "BUD",
    "investor_id": "IVR",
    "package_id": "CLP",
    "report_id": "SRP",
}
#: Fiscal years, which are no ids: one that is closed in every estate, and the next.
YEARS, NO_YEARS = {"closed_year": "2020", "open_year": "2021"}, {"closed_year": "1492", "open_year": "1492"}
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
    return attach_file(actor=books.actor, content=examine(f"receipt {mark(books)}.pdf", content), **where)


def _rule(books: Books) -> BankRule:
    """A rule, and a word that was learned."""
    cash, fees = books.accounts["1001"], books.accounts["5201"]
    with books.acting():
        learn(organization_id=books.organization.pk, account_id=cash.pk, text="Fee", counter_account_ids=[fees.pk])
        return create_rule(
            actor=books.actor,
            organization=books.organization,
            name=f"Fees {mark(books)}",
            conditions=[{"field": "text", "operator": "contains", "value": "fee"}],
            actions={"account_id": fees.public_id},
        )


def _bank(books: Books, posted: int) -> dict[str, str]:
    """An open line, one that was booked with its match, and one with a suggestion."""
    cash = books.accounts["1001"]
    lines = [banks.line(books, amount, description=mark(books)) for amount in ("12.00", "-3.00", "12.00")]
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
    return lift_lock(**who, area="sales", reason=f"A late invoice {mark(books)}", expires_at=end)


def _webhook(books: Books) -> dict[str, str]:
    """A webhook to which something was delivered."""
    who = {"actor": books.actor, "organization": books.organization}
    with books.acting():
        webhook, _ = create_webhook(**who, url="https://example.com/hook")
        delivery = test_webhook(**who, webhook_id=webhook.pk)
        delivered = {"status": "delivered", "delivered_at": clock.now()}
        Delivery.objects.of(books.organization).filter(pk=delivery.pk).update(**delivered)
    return {"webhook_id": webhook.public_id, "delivery_id": ids.encode("WHD", delivery.pk)}


def _admitted(books: Books) -> tuple[ApiKey, Membership]:
    """A key that may nothing, and a member who may read."""
    who = {"actor": books.actor, "organization_id": books.organization.pk}
    key, _ = create_key(**who, mode=books.organization.mode, name="Spare", permissions=[])
    return key, add_member(**who, email=f"member-{books.organization.pk}@example.com", role="viewer")


def _jobs(books: Books) -> list[Job]:
    """A job that waits, and one that has ended."""
    who = {"actor": books.actor, "organization_id": books.organization.pk}
    waits = queue(**who, kind="import_journal", payload={})
    return [waits, cancel(**who, job_id=queue(**who, kind="import_journal", payload={}).pk)]


def _letter(books: Books) -> str:
    """A letter that has left."""
    with books.acting():
        letter = post_letter(
            actor=books.actor,
            organization=books.organization,
            to=["ann@example.com"],
            subject=f"Hello {mark(books)}",
            body="Dear Ann",
        )
    send_due(books.organization.pk)
    return letter.public_id


def _reports(books: Books) -> dict[str, str]:
    """What is kept for reports, and an account of equity that is nobody's."""
    names = {"budget": "budget_id", "investor": "investor_id", "package": "package_id", "saved": "report_id"}
    kept = {names[name]: row.public_id for name, row in keep_reports(books, mark(books)).items()}
    return kept | {"capital_id": books.account("3001")}


def furnish(books: Books) -> Estate:
    """Put one object of every kind into an organization."""
    organization, actor = books.organization, books.actor
    with books.acting():
        new = NewAccount(code="1999", name=f"Drawer {mark(books)}", type="asset", currency="USD")
        account = open_account(actor=actor, organization=organization, new=new)
        cash, sales = books.accounts["1001"].pk, books.accounts["4001"].pk
        lines = [Line(cash, "debit", "12.00"), Line(sales, "credit", "12.00")]
        sale = Draft(lines, description=mark(books))
        draft, posted = (
            create_transaction(actor=actor, organization=organization, draft=sale, auto_post=posts).transaction
            for posts in (False, True)
        )
        category = create_category(actor=actor, organization=organization, name=f"Travel {mark(books)}", type="expense")
        pair = {"from_currency": "EUR", "to_currency": "USD", "rate": "1.1", "effective_date": clock.today()}
        rate = record_rate(actor=actor, organization=organization, **pair)
        traded = trade(books) | _reports(books)
        attachment = _attach(books, posted.pk)
        key, member = _admitted(books)
        set_logo(actor=actor, organization=organization, content=picture())
        set_anchor(actor=actor, organization_id=organization.pk, url="https://anchor.example.com/")
    wait_until_settled()
    with books.acting():
        seal(actor=actor, organization_id=organization.pk)
        job, ended_job = _jobs(books)
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
        "ended_job": ended_job.public_id,
        "export_job": exported(books),
        "letter_id": _letter(books),
        "credit_purchase_id": purchase_credits(books),
        "draft_id": staged(books, key.pk, name=mark(books)).public_id,
        **_webhook(books),
        "lift_id": lift.public_id,
        **YEARS,
        "assertion_id": asserted.public_id,
        "bank_rule_id": _rule(books).public_id,
        **(_bank(books, posted.pk) | _reconcile(books)),
    }
    return Estate(books, found)
