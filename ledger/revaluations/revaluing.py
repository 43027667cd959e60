"""Bringing foreign balances to the rate of a day, and back on the day after.

Open items are valued one by one, so that they tie to their control account on that day too; other accounts of money
(assets and liabilities in a foreign currency, but for stock) by their balance. It is incremental: carried amounts
include what an earlier revaluation of the same day has posted, so doing it again posts only what changed since, and
nothing twice.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from ledger.accounts.finding import account_of_role
from ledger.accounts.models import Account
from ledger.balances.totals import NOTHING, totals
from ledger.closing.closing import lock_books
from ledger.currencies.bounds import within_books
from ledger.currencies.rates import rates_on
from ledger.errors import ExchangeRateMissing
from ledger.journal.composing import composed, composed_line
from ledger.journal.posting import Plan, refuse_obstacles, write
from ledger.journal.reversing import reverse_transaction
from ledger.journal.saved import new_ids
from ledger.openitems.models import ItemMovement, OpenItem
from ledger.revaluations.answers import revaluation_answers
from ledger.revaluations.models import Revaluation
from organizations import ids
from organizations.actors import Actor
from organizations.currencies.iso import decimals_of
from organizations.events import recording
from organizations.money import add_up, exact, to_base
from organizations.tenants.models import Organization

CREATED = recording.event("revaluation.created")
ZERO = Decimal(0)
ONE_DAY = datetime.timedelta(days=1)
MONETARY = ("asset", "liability")
NOT_MONEY = ("inventory",)


@dataclass(slots=True)
class Valued:
    """A foreign balance: of an open item, or of an account beside its items. Signed, debit positive."""

    account: Account
    amount: Decimal
    carried: Decimal
    item: OpenItem | None = None
    rate: Decimal | None = None
    worth: Decimal = ZERO

    @property
    def difference(self) -> Decimal:
        return add_up([self.worth, -self.carried])


@transaction.atomic
def revalue(*, actor: Actor, organization: Organization, as_of: datetime.date) -> Revaluation:
    """Revalue foreign balances as of a day. Raises ExchangeRateMissing with every currency, Invalid, obstacles."""
    lock_books(organization)  # nothing is posted between looking and writing
    found = _balances(organization, as_of)
    _value(organization, found, as_of)
    _, (number,) = new_ids(1)
    row = Revaluation(pk=number, organization=organization, as_of=as_of)
    moved = [one for one in found if one.difference]
    residues = [one for one in moved if one.item is None and not one.amount]
    held = [one for one in moved if one not in residues]
    row.lines = [_line(one, organization) for one in found if one.amount or one.difference]
    row.unrealised = add_up(one.difference for one in held)
    row.realised = add_up(one.difference for one in residues)
    if held:
        _post_unrealised(actor, organization, row, held)
    if residues:
        plan = _plan(actor, organization, row, residues, "realised_exchange", "Exchange difference of settled balances")
        _write(actor, organization, plan)
    row.save(force_insert=True)
    row.refresh_from_db(fields=["created_at", "updated_at"])
    recording.record(
        CREATED,
        actor=actor,
        organization_id=organization.pk,
        entity_id=row.public_id,
        after=revaluation_answers([row], organization)[0],
    )
    return row


def _post_unrealised(actor: Actor, organization: Organization, row: Revaluation, held: Sequence[Valued]) -> None:
    """Post the difference, and take it back on the day after; items move along with their accounts."""
    for group in ([one for one in held if one.item is not None], [one for one in held if one.item is None]):
        if group:
            words = f"Revaluation as of {row.as_of}"
            plan = _plan(actor, organization, row, group, "unrealised_exchange", words)
            _write(actor, organization, plan)
            reversal = reverse_transaction(
                actor=actor,
                organization=organization,
                transaction_id=plan.number,
                reason="The first day after",
                reversal_date=row.as_of + ONE_DAY,
                source=("revaluation", row.pk),
            )
            if group[0].item is not None:
                _move(group, plan, reversal, row.as_of)


def _balances(organization: Organization, as_of: datetime.date) -> list[Valued]:
    """What there is in foreign currencies on a day: open items, and the rest of each account of money."""
    rows = Account.objects.of(organization).filter(type__in=MONETARY).exclude(currency=organization.base_currency_id)
    accounts = {account.pk: account for account in rows.order_by("code") if account.role not in NOT_MONEY}
    sums = totals(organization.pk, account_ids=list(accounts), as_of=as_of)
    moves = ItemMovement.objects.of(organization).filter(account__in=accounts, date__lte=as_of)
    by_item = moves.values("item_id").annotate(amount=Sum("amount"), base=Sum("base_amount")).order_by("item_id")
    figures = {row["item_id"]: (row["amount"], row["base"]) for row in by_item if row["amount"] or row["base"]}
    items = OpenItem.objects.of(organization).in_bulk(list(figures))
    found = []
    for number, account in accounts.items():
        total = sums.get(number, NOTHING)
        own = [(items[key], *figures[key]) for key in figures if items[key].account_id == number]
        found += [Valued(account, amount, base, item) for item, amount, base in own]
        rest = add_up([total.balance, *(-amount for _, amount, _ in own)])
        rest_base = add_up([total.base_balance, *(-base for _, _, base in own)])
        if rest or rest_base:
            found.append(Valued(account, rest, rest_base))
    return found


def _value(organization: Organization, found: Sequence[Valued], as_of: datetime.date) -> None:
    base = organization.base_currency_id
    asked = sorted({(one.account.currency_id, base, as_of) for one in found if one.amount})
    rates = rates_on(organization, asked) if asked else {}
    missing = [code for code, _, _ in asked if (code, base, as_of) not in rates]
    if missing:
        reason = f"Rates from {', '.join(missing)} on {as_of} are needed."
        raise ExchangeRateMissing(details={"reason": reason}, fields={"as_of": reason})
    with within_books("as_of"):
        for one in found:
            if one.amount:
                one.rate = rates[one.account.currency_id, base, as_of].rate
                one.worth = to_base(one.amount, one.rate, decimals_of(base))


def _plan(
    actor: Actor, organization: Organization, row: Revaluation, group: Sequence[Valued], role: str, words: str
) -> Plan:
    accounts = {one.account.pk: one.account for one in group}
    result = account_of_role(actor=actor, organization=organization, role=role)
    lines = []
    for number, account in accounts.items():  # gains and losses apart: together they might be nothing to post
        own = [one.difference for one in group if one.account.pk == number]
        for side in ([each for each in own if each > 0], [each for each in own if each < 0]):
            lines.append(composed_line(account, ZERO, add_up(side), description=words))
    whole = add_up(line.base_amount for line in lines)
    lines.append(composed_line(result, -whole, -whole, description=words))
    return composed(
        organization, lines, type="journal", date=row.as_of, source=("revaluation", row.pk), description=words
    )


def _write(actor: Actor, organization: Organization, plan: Plan) -> None:
    refuse_obstacles(plan, organization)
    write(actor=actor, organization=organization, plans=[plan])


def _move(group: Sequence[Valued], plan: Plan, reversal: Plan, as_of: datetime.date) -> None:
    """Two movements for each item, there and back, in one statement: what is open of it stays as it was."""
    ItemMovement.objects.bulk_create(
        ItemMovement(
            organization_id=one.item.organization_id,
            item=one.item,
            account_id=one.item.account_id,
            kind="revalued",
            date=date,
            amount=ZERO,
            base_amount=amount,
            transaction_id=number,
        )
        for one in group
        for date, amount, number in (
            (as_of, one.difference, plan.number),
            (as_of + ONE_DAY, -one.difference, reversal.number),
        )
    )


def _line(one: Valued, organization: Organization) -> dict:
    decimals, base = decimals_of(one.account.currency_id), decimals_of(organization.base_currency_id)
    return {
        "account_id": ids.encode("ACT", one.account.pk),
        "item_id": None if one.item is None else ids.encode("OPI", one.item.pk),
        "currency_id": f"CUR_{one.account.currency_id}",
        "balance": str(exact(one.amount, decimals)),
        "rate": None if one.rate is None else str(one.rate.normalize()),
        "carrying_amount": str(exact(one.carried, base)),
        "revalued_amount": str(exact(one.worth, base)),
        "difference": str(exact(one.difference, base)),
    }
