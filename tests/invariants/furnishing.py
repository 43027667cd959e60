"""What the attacked books hold, made through the verbs."""

import datetime

from ledger.accounts.changing import update_account
from ledger.accounts.models import Account
from ledger.accounts.opening import NewAccount, open_accounts
from ledger.assertions.asserting import assert_balance
from ledger.attachments.attaching import attach_file
from ledger.attachments.contents import examine
from ledger.attachments.storing import new_path
from ledger.categories.naming import create_category, update_category
from ledger.closing.closing import close_year
from ledger.closing.models import ClosingPosting
from ledger.currencies.quoting import record_rate
from ledger.deletions.models import Deletion
from ledger.health.examining import examine_and_keep
from ledger.journal.drafts import Draft, Line
from ledger.journal.models import Entry
from ledger.journal.posting import create_transaction
from ledger.journal.reversing import reverse_transaction
from ledger.locks.lifting import lift_lock
from ledger.locks.locking import move_locks
from ledger.proof.anchoring import set_anchor
from ledger.proof.sealing import seal
from ledger.stationery.designing import update_stationery
from organizations.actors import Actor
from organizations.directory.updating import update_organization
from organizations.jobs.models import Job, JobCancellation, JobPart
from organizations.keys.minting import create_key
from organizations.keys.models import ApiKey
from organizations.letters.posting import Enclosure, post_letter
from organizations.metering.crediting import give
from organizations.metering.models import CreditPool, CreditPurchase
from organizations.requests.models import Usage
from organizations.webhooks.subscribing import create_webhook, test_webhook
from reconciliation.matching.matching import ignore_line, match_lines
from reconciliation.rules.learning import learn
from reconciliation.rules.ruling import create_rule
from reconciliation.sessions.adjusting import NewAdjustment
from reconciliation.sessions.completing import complete_reconciliation
from reconciliation.sessions.marking import Wishes, reconcile_entries
from reconciliation.sessions.models import Adjustment
from reconciliation.sessions.starting import start_reconciliation
from reconciliation.statements.models import Remark, SavedMapping
from tests.cast import Books, Cast, gather
from tests.invariants.furnishing_trade import furnish_trade
from tests.ledger.proof.books import wait_until_settled
from tests.organizations.drafts.waiting import staged
from tests.reconciliation import banks
from tests.reports.kept import keep_reports

DAY = datetime.date(2026, 2, 1)
ASSERTED = datetime.date(2026, 1, 31)
CLOSED_THROUGH = datetime.date(2025, 12, 31)
LOCKED_THROUGH = datetime.date(2026, 2, 28)


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


def _attach(books: Books, transaction: int) -> int:
    """A note of a file; nobody asks for the file itself here."""
    return attach_file(
        actor=books.actor,
        organization=books.organization,
        transaction_id=transaction,
        content=examine("receipt.txt", f"receipt of {transaction}".encode()),
        path=new_path(books.organization.pk),
    ).pk


def _write(books: Books) -> int:
    """A letter with a file, and stationery to write it on."""
    who = {"actor": books.actor, "organization": books.organization}
    update_stationery(**who, changes={"footer": "Registered"})
    file = Enclosure("INV-1.pdf", "application/pdf", b"%PDF-1.7")
    return post_letter(**who, to=["ann@example.com"], subject="Invoice", body="Dear Ann", attachments=[file]).pk


def _subscribe(who: dict) -> int:
    """A webhook, and something on its way to it."""
    webhook, _ = create_webhook(**who, url="https://example.com/hook")
    test_webhook(**who, webhook_id=webhook.pk)
    return webhook.pk


def _of_both(owner: Books, sale: int) -> dict[str, int]:
    """What Alice and Charlie both have."""
    who = {"actor": owner.actor, "organization": owner.organization}
    with owner.acting():
        record_rate(**who, from_currency="CHF", to_currency="USD", rate="1.1", effective_date=DAY)
        return {
            "category": create_category(**who, name="Travel", type="expense").pk,
            "letter": _write(owner),
            "webhook": _subscribe(who),
            "waiting": staged(owner, ApiKey.objects.of(owner.organization).order_by("pk").first().pk).pk,
            "attachment": _attach(owner, sale),
        }


def _report(owner: Books) -> dict[str, int]:
    """What is kept for reports, and how often somebody asked."""
    with owner.acting():
        used = {"day": DAY, "api_key_id": 1, "operation": "accounts_list", "requests": 1}
        Usage(organization=owner.organization, **used).save(force_insert=True)
        given = give(actor=owner.actor, organization=owner.organization, credits=100, reference="INV-1")
        CreditPool(organization=owner.organization).save(force_insert=True)
        package = {"package": "1000", "credits": 1000, "cents": 1000}
        CreditPurchase(organization=owner.organization, **package).save(force_insert=True)
        Deletion(organization=owner.organization, days=30, actor={}).save(force_insert=True)
        return {name: row.pk for name, row in keep_reports(owner).items()} | {"credits": given.pk}


def furnish() -> tuple[Cast, dict[str, int]]:
    """The cast, and the numbers of what there is to attack."""
    cast = gather()
    books = cast.alices
    _open(books)
    found = {
        "sale": sell(books, external_id="till-1").pk,
        "draft": sell(books, auto_post=False).pk,
        "draft with a file": sell(books, auto_post=False).pk,
        "returned": sell(books, "30.00").pk,
        "charlies sale": sell(cast.charlies).pk,
        "charlies cash": cast.charlies.accounts["1001"].pk,
    }
    for owner, whose in ((books, ""), (cast.charlies, "charlies ")):
        both = _of_both(owner, found[f"{whose}sale"]) | furnish_trade(owner) | _report(owner)
        found |= {f"{whose}{name}": number for name, number in both.items()}
    with books.acting():
        old = create_category(actor=books.actor, organization=books.organization, name="Old", type="expense")
        update_category(
            actor=books.actor, organization=books.organization, category_id=old.pk, changes={"status": "archived"}
        )
        found["archived category"] = old.pk
        found["draft's attachment"] = _attach(books, found["draft with a file"])
        found["return"] = reverse_transaction(
            actor=books.actor, organization=books.organization, transaction_id=found["returned"], reversal_date=DAY
        ).transaction.pk
        found["key"] = ApiKey.objects.of(books.organization).get().pk
        found["assertion"] = assert_balance(
            actor=books.actor,
            organization=books.organization,
            account_id=books.accounts["1001"].pk,
            date=ASSERTED,
            expected=0,
            blocking=True,
        ).pk
        found["job"] = Job.objects.create(organization=books.organization, kind="nothing").pk
        JobPart.objects.create(organization=books.organization, job_id=found["job"], number=0, results=[])
        JobCancellation.objects.create(organization=books.organization, job_id=found["job"], actor={})
    books.api.post("/accounts", {"code": "1997", "name": "By HTTP", "type": "asset"}, idempotency_key="once")
    wait_until_settled()
    for each in (books, cast.charlies):
        with each.acting():
            seal(actor=each.actor, organization_id=each.organization.pk)
            set_anchor(actor=each.actor, organization_id=each.organization.pk, url="https://anchor.example.com/")
    with cast.charlies.acting():
        found["charlies entry"] = Entry.objects.get(transaction_id=found["charlies sale"], line_no=1).pk
        found["charlies job"] = Job.objects.create(organization=cast.charlies.organization, kind="nothing").pk
        found["charlies key"] = ApiKey.objects.of(cast.charlies.organization).get().pk
    examine_and_keep(actor=books.actor, organization_id=books.organization.pk, occasion="doctor")
    with books.acting():
        update_organization(
            actor=books.actor, organization=books.organization, changes={"books_closed_through": CLOSED_THROUGH}
        )
        found |= _close(books, found["key"])
    found["bank rule"] = _rule(books)
    found |= _match(books, found["sale"])
    return cast, found | _reconcile(cast, found)


def _match(books: Books, sale: int) -> dict[str, int]:
    """The bank's line of the sale, matched; a line that is open, and one that is ignored."""
    lines = {name: banks.line(books, amount) for name, amount in (("matched", "100"), ("open", "70"), ("ignored", "1"))}
    who = {"actor": books.actor, "organization": books.organization}
    with books.acting():
        match = match_lines(**who, line_ids=[lines["matched"].pk], transaction_ids=[sale])
        ignore_line(**who, line_id=lines["ignored"].pk, reason="Not ours")
        SavedMapping.objects.create(
            organization=books.organization, account=books.accounts["1002"], mapping={"date_format": "DMY"}
        )
        remark = Remark.objects.create(
            organization=books.organization,
            statement_id=lines["open"].statement_id,
            place=2,
            verdict="error",
            code="date_missing",
            reason="There is no date.",
        )
    return {
        "match": match.pk,
        "matched entry": match.entry_ids[0],
        "statement": lines["open"].statement_id,
        "remark": remark.pk,
        **{f"{name} line": line.pk for name, line in lines.items()},
    }


def _rule(books: Books) -> int:
    """A bank rule, and one line that was learned from."""
    with books.acting():
        learn(
            organization_id=books.organization.pk,
            account_id=books.accounts["1001"].pk,
            text="Fee",
            counter_account_ids=[books.accounts["5201"].pk],
        )
        return create_rule(
            actor=books.actor,
            organization=books.organization,
            name="Fees",
            conditions=[{"field": "text", "operator": "contains", "value": "fee"}],
            actions={"account_id": books.account("5201")},
        ).pk


def _reconcile(cast: Cast, found: dict[str, int]) -> dict[str, int]:
    """January is reconciled with the sale, February is open; of what was on account, all is older than the opening."""
    books = cast.alices
    who = {"actor": books.actor, "organization": books.organization}
    january = {"start_date": datetime.date(2026, 1, 1), "end_date": datetime.date(2026, 1, 31)}
    february = {"start_date": datetime.date(2026, 2, 1), "end_date": datetime.date(2026, 2, 28)}
    cash, receivables = books.accounts["1001"].pk, books.accounts["1301"].pk
    with books.acting():
        done = start_reconciliation(**who, account_id=cash, closing_balance="100.00", **january)
        sale = Wishes(transaction_ids=[found["sale"]])
        complete_reconciliation(actor=books.actor, session=done, wishes=sale)
        current = start_reconciliation(**who, account_id=cash, closing_balance="130.00", **february)
        fee = NewAdjustment(amount="-5.00", account_id=books.accounts["5301"].pk, description="Fee")
        wishes = Wishes(transaction_ids=[found["returned"]], adjustments=[fee])
        current = reconcile_entries(actor=books.actor, session=current, wishes=wishes)
        covering = start_reconciliation(**who, account_id=receivables, closing_balance="40.00", **january)
        owed = Entry.objects.of(books.organization).get(account_id=receivables)
        adjustment = Adjustment.objects.of(books.organization).get()
    with cast.charlies.acting():
        theirs = start_reconciliation(
            actor=cast.charlies.actor,
            organization=cast.charlies.organization,
            account_id=found["charlies cash"],
            closing_balance="0.00",
            **january,
        )
    return {
        "reconciliation": current.pk,
        "completed reconciliation": done.pk,
        "covering reconciliation": covering.pk,
        "charlies reconciliation": theirs.pk,
        "covered entry": owed.pk,
        "adjusting transaction": adjustment.transaction_id,
    }


def _close(books: Books, key: int) -> dict[str, int]:
    """Fiscal year 2025, closed after a sale of 40 on account; purchases are locked, and lifted for the first key."""
    who = {"actor": books.actor, "organization": books.organization}
    update_organization(**who, changes={"books_closed_through": None})
    sale = [Line(books.accounts["1301"].pk, "debit", "40.00"), Line(books.accounts["4001"].pk, "credit", "40.00")]
    create_transaction(**who, draft=Draft(lines=sale, type="income", date=CLOSED_THROUGH), auto_post=True)
    closing = close_year(**who, year=CLOSED_THROUGH.year)
    move_locks(**who, changes={"purchases": LOCKED_THROUGH})
    end = datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC)
    lift = lift_lock(**who, area="purchases", reason="A late bill", expires_at=end, api_key_id=key)
    lines = [Line(books.accounts["5201"].pk, "debit", "9.00"), Line(books.accounts["1001"].pk, "credit", "9.00")]
    late = create_transaction(
        actor=Actor(api_key_id=key),
        organization=books.organization,
        draft=Draft(lines=lines, type="expense", date=DAY),
        auto_post=True,
    )
    other, _ = create_key(
        actor=books.actor, organization_id=books.organization.pk, mode="live", name="Another", permissions=["read"]
    )
    posting = ClosingPosting.objects.of(books.organization).get(closing=closing)
    return {
        "closing": closing.pk,
        "closing transaction": posting.transaction_id,
        "lift": lift.pk,
        "late purchase": late.transaction.pk,
        "other key": other.pk,
    }
