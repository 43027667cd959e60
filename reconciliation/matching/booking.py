"""Booking a line that the books know nothing of: a new transaction, posted and matched with the line at once."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from ledger.accounts.models import BALANCE_SHEET_TYPES, Account
from ledger.errors import AccountNotFound
from ledger.journal.drafts import Draft, Line
from ledger.journal.posting import Plan, create_transaction
from organizations import clock
from organizations.actors import Actor
from organizations.currencies.iso import decimals_of
from organizations.errors import Invalid
from organizations.events.recording import event
from organizations.money import MoneyError, add_up, exact, read_amount, read_rate, to_base
from organizations.tenants.models import Organization
from reconciliation.errors import PartsDoNotAddUp
from reconciliation.matching.holding import Trail, drop_suggestions, open_lines, settle, tie
from reconciliation.matching.models import Match, MatchedEntry
from reconciliation.rules.bookings import entry_of
from reconciliation.rules.learning import learn
from reconciliation.rules.taxing import Taxing
from reconciliation.statements.models import StatementLine

CREATED = event("statement_line.created")


@dataclass(frozen=True, slots=True)
class Part:
    """A share of a line for one account: ``amount`` of the line's size, None for all of it.

    A share below zero goes to the other side, as a fee within a pay-out does. ``path`` is its place in the request.
    """

    account_id: int
    amount: Any = None
    description: str = ""
    path: str = ""
    tax_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Wording:
    """What else the transaction says; what is left out comes from the line."""

    type: str | None = None
    date: datetime.date | None = None
    description: str | None = None
    contact_id: int | None = None
    category_id: int | None = None
    currency_rate: Any = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Why a line is booked: by a person, or by a rule of a version."""

    name: str = "created"
    rule_id: int | None = None
    rule_version: int | None = None
    reason: str = ""


@transaction.atomic
def book_line(
    *,
    actor: Actor,
    organization: Organization,
    line_id: int,
    parts: Sequence[Part],
    wording: Wording | None = None,
) -> Match:
    """Post a transaction for a line, split over accounts, and match the two.

    Raises NotFound, LineNotOpen, PartsDoNotAddUp, AccountNotFound, Invalid and what posting raises.
    """
    lines = open_lines(organization, [line_id])
    draft = _draft(organization, lines[0], list(parts), wording or Wording())
    match = _book(actor, organization, lines, draft, Origin())
    learn(**lesson_of(lines[0], [row.account_id for row in draft.lines[1:]]))
    return match


def lesson_of(line: StatementLine, counter_account_ids: Iterable[int]) -> dict:
    """What there is to learn, or to unlearn, from a line that a person booked to these accounts."""
    return {
        "organization_id": line.organization_id,
        "account_id": line.account_id,
        "text": f"{line.description} {line.counterparty}",
        "counter_account_ids": set(counter_account_ids) - {line.account_id},
    }


@transaction.atomic
def book_draft(*, actor: Actor, organization: Organization, line_id: int, draft: Draft, origin: Origin) -> Match:
    """Post a draft whose first entry is the line's, and match the two. Raises NotFound, LineNotOpen and what
    posting raises."""
    return _book(actor, organization, open_lines(organization, [line_id]), draft, origin)


def _book(actor: Actor, organization: Organization, lines: list[StatementLine], draft: Draft, origin: Origin) -> Match:
    trail = Trail(lines)
    drop_suggestions(organization, lines)
    plan = create_transaction(actor=actor, organization=organization, draft=draft, auto_post=True)
    match = join(organization, lines[0], plan, plan.entries[0].id, origin)
    trail.record(CREATED, actor=actor, organization=organization)
    return match


def join(organization: Organization, line: StatementLine, plan: Plan, entry_id: int, origin: Origin) -> Match:
    """Match a held line with an entry of a transaction that was just posted for it."""
    match = Match(
        organization=organization,
        account=line.account,
        status="accepted",
        origin=origin.name,
        line_ids=[line.pk],
        entry_ids=[entry_id],
        transaction_id=plan.transaction.pk,
        rule_id=origin.rule_id,
        rule_version=origin.rule_version,
        reason=origin.reason,
        accepted_at=clock.now(),
    )
    match.save()
    MatchedEntry.objects.create(organization=organization, match=match, entry_id=entry_id)
    settle([line], match, "created")
    tie()
    match.refresh_from_db()
    return match


def _draft(organization: Organization, line: StatementLine, parts: list[Part], wording: Wording) -> Draft:
    accounts = Account.objects.of(organization).in_bulk({part.account_id for part in parts})
    for part in parts:
        if part.account_id not in accounts:
            raise AccountNotFound(fields={f"{part.path}account_id": AccountNotFound.message})
        if part.account_id == line.account_id:
            raise Invalid(fields={f"{part.path}account_id": "Another account than the bank's own."})
    shares = _shares(line, parts)
    incoming = line.amount > 0
    whole = exact(abs(line.amount), decimals_of(line.account.currency_id))
    rows = [Line(line.account_id, "debit" if incoming else "credit", whole, rate=wording.currency_rate)]
    amounts = [
        _in_currency_of(accounts[part.account_id], share, line, organization, wording, part.path)
        for part, share in zip(parts, shares, strict=True)
    ]
    in_base = [
        place for place, part in enumerate(parts) if accounts[part.account_id].currency_id != line.account.currency_id
    ]
    if in_base:
        most = max(in_base, key=lambda place: abs(amounts[place]))
        amounts[most] = add_up([amounts[most], _lost_in_rounding(whole, shares, organization, wording)])
    taxing = _taxing(organization, line, parts, wording)
    for part, amount in zip(parts, amounts, strict=True):
        inward = incoming == (amount > 0)
        own, other = ("debit", "credit") if inward else ("credit", "debit")
        account = accounts[part.account_id]
        rate = wording.currency_rate if account.currency_id == line.account.currency_id else None
        if part.tax_ids:
            decimals = decimals_of(account.currency_id)
            taken = {"money_in": inward, "words": part.description}
            divided = taxing.shares(account.pk, abs(amount), part.tax_ids, decimals, **taken)
            rows += [entry_of(share, own=own, other=other) for share in divided]
        else:
            rows.append(Line(account.pk, other, abs(amount), rate=rate, description=part.description))
    return Draft(
        lines=rows,
        type=wording.type or _type(line, rows, accounts),
        date=wording.date or line.date,
        description=(wording.description or line.description or line.counterparty)[:2000],
        reference_number=line.reference[:100],
        currency=line.account.currency_id,
        account_id=line.account_id,
        contact_id=wording.contact_id,
        category_id=wording.category_id,
    )


def _taxing(organization: Organization, line: StatementLine, parts: list[Part], wording: Wording) -> Taxing:
    """The taxes that the parts name. Raises Invalid, TaxNotEffective, AccountOfRoleMissing."""
    taxing = Taxing.of(organization, [number for part in parts for number in part.tax_ids])
    for part in parts:
        if any(number not in taxing.taxes for number in part.tax_ids):
            raise Invalid(fields={f"{part.path}tax_ids": "There is no such tax."})
        if part.tax_ids and line.account.currency_id != organization.base_currency_id:
            raise Invalid(fields={f"{part.path}tax_ids": "Taxes are for accounts in base currency."})
        taxing.refuse(part.tax_ids, wording.date or line.date)
    return taxing


def _shares(line: StatementLine, parts: list[Part]) -> list[Decimal]:
    """The parts' shares of the line's size. Raises PartsDoNotAddUp, Invalid."""
    decimals = decimals_of(line.account.currency_id)
    whole = exact(abs(line.amount), decimals)
    if len(parts) == 1 and parts[0].amount is None:
        return [whole]
    shares, problems = [], {}
    for part in parts:
        try:
            shares.append(read_amount(part.amount, decimals=decimals, signed=True))
        except MoneyError as problem:
            problems[f"{part.path}amount"] = str(problem)
    if problems:
        raise Invalid(fields=problems)
    if add_up(shares) != whole:
        raise PartsDoNotAddUp(
            details={"line": exact(whole, decimals), "parts": exact(add_up(shares), decimals)},
            fields={"splits": f"The splits add up to {exact(add_up(shares), decimals)}, the line is {whole}."},
        )
    return shares


def _in_currency_of(
    account: Account, amount: Decimal, line: StatementLine, organization: Organization, wording: Wording, path: str
) -> Decimal:
    """A share of the line, with its sign, in the currency of the account that takes it."""
    bank, base = line.account.currency_id, organization.base_currency_id
    if account.currency_id == bank:
        return amount
    if account.currency_id != base or wording.currency_rate is None:
        reason = f"An account in {bank}, or one in {base} with a currency_rate."
        raise Invalid(fields={f"{path}account_id": reason})
    try:
        return to_base(amount, read_rate(wording.currency_rate), decimals_of(base))
    except MoneyError as problem:
        raise Invalid(fields={"currency_rate": str(problem)}) from problem


def _lost_in_rounding(whole: Decimal, shares: list[Decimal], organization: Organization, wording: Wording) -> Decimal:
    """By how much the line in base currency exceeds its shares, each of them rounded: some cents, or none."""
    rate, decimals = read_rate(wording.currency_rate), decimals_of(organization.base_currency_id)
    rounded = [to_base(share, rate, decimals) for share in shares]
    return add_up([to_base(whole, rate, decimals), *(-amount for amount in rounded)])


def _type(line: StatementLine, rows: list[Line], accounts: dict[int, Account]) -> str:
    """What kind of transaction it is, by the accounts on the other side."""
    others = [(row.entry_type, accounts[row.account_id].type) for row in rows[1:] if row.account_id in accounts]
    if all(kind in BALANCE_SHEET_TYPES for _, kind in others):
        return "transfer"
    if line.amount > 0 and ("credit", "revenue") in others:
        return "income"
    if line.amount < 0 and ("debit", "expense") in others:
        return "expense"
    return "journal"
