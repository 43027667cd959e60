"""Trying a rule on lines of the past: what it would catch, and what would be booked."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from ledger.accounts.models import Account
from ledger.errors import AccountNotFound
from ledger.journal.drafts import Draft
from organizations import clock, ids
from organizations.currencies.iso import decimals_of
from organizations.errors import Refusal
from organizations.money import add_up, exact
from organizations.tenants.answers import public
from organizations.tenants.models import Organization
from reconciliation.rules.answers import hit_answer
from reconciliation.rules.bookings import booking_of, objections
from reconciliation.rules.catches import Catch, Rule, RuleBook
from reconciliation.rules.conditions import Reading
from reconciliation.rules.splitting import SplitError
from reconciliation.rules.taxing import Taxing
from reconciliation.statements.models import Statement, StatementLine

MOST_LINES = 1000
LINES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Span:
    """Which lines a rule is tried on: the newest ``limit`` of an account or of all, between two days, both included."""

    account_id: int | None = None
    start_date: datetime.date | None = None
    end_date: datetime.date | None = None
    limit: int = MOST_LINES


@dataclass(slots=True)
class Trial:
    """What came of it. ``taken`` holds, for each caught line, the catch of an earlier rule that would take it first."""

    rule: Rule
    tried: int
    caught: list[StatementLine] = field(default_factory=list)
    taken: list[Catch | None] = field(default_factory=list)


def try_rule(organization: Organization, rule: Rule, span: Span) -> Trial:
    """Hold a rule, saved or not, active or not, against lines of the past, whatever became of them.

    A rule for one bank account is tried on its lines unless the span names another. Raises AccountNotFound.
    """
    if span.account_id is None:
        span = replace(span, account_id=rule.row.account_id)
    elif not Account.objects.of(organization).filter(pk=span.account_id).exists():
        raise AccountNotFound(fields={"account_id": "There is no such account."})
    lines = past_lines(organization, span)
    trial = Trial(rule, tried=len(lines))
    trial.caught = [line for line in lines if rule.catches(line, Reading(line))]
    trial.taken = RuleBook.of(organization).before(rule).rules_for(trial.caught)
    return trial


def past_lines(organization: Organization, span: Span) -> list[StatementLine]:
    """The lines of a span, the latest day first. The newest of each account are found by its index."""
    accounts = [span.account_id]
    if span.account_id is None:
        accounts = Statement.objects.of(organization).order_by().values_list("account_id", flat=True).distinct()
    newest = []
    for account_id in accounts:
        rows = StatementLine.objects.of(organization).filter(account_id=account_id)
        if span.start_date is not None:
            rows = rows.filter(date__gte=span.start_date)
        if span.end_date is not None:
            rows = rows.filter(date__lte=span.end_date)
        newest.append(rows.order_by("-date", "-id")[: span.limit])
    if not newest:
        return []
    first, *others = newest
    return list(first.union(*others, all=True).order_by("-date", "-id")[: span.limit] if others else first)


# --- As the API shows it ----------------------------------------------------------------------------------------------


def trial_answer(trial: Trial, organization: Organization) -> dict[str, Any]:
    """The counts, the sums by account, and the first lines with what would be booked."""
    shown = list(zip(trial.caught, trial.taken, strict=True))[:LINES_SHOWN]
    taxing = Taxing.of(organization, trial.rule.actions.taxes().values())
    wanted = trial.rule.books_to | taxing.account_ids | {line.account_id for line in trial.caught}
    accounts = Account.objects.of(organization).in_bulk(wanted) if trial.caught else {}
    today = clock.today(organization.time_zone)
    return {
        "object": "bank_rule_trial",
        "rule_id": public("RUL", trial.rule.row.pk),
        "lines_tried": trial.tried,
        "lines_caught": len(trial.caught),
        "lines_taken_before": sum(catch is not None for catch in trial.taken),
        "line_ids": [line.public_id for line in trial.caught],
        "sums": _sums(trial.caught, accounts),
        "lines": [_line(trial.rule, line, catch, accounts, taxing, organization, today) for line, catch in shown],
    }


def _sums(lines: Iterable[StatementLine], accounts: dict[int, Account]) -> list[dict[str, Any]]:
    by_account: dict[int, list[Decimal]] = {}
    for line in lines:
        by_account.setdefault(line.account_id, []).append(line.amount)
    found = []
    for number, amounts in sorted(by_account.items()):
        currency = accounts[number].currency_id
        decimals = decimals_of(currency)
        found.append(
            {
                "account_id": ids.encode("ACT", number),
                "currency_id": f"CUR_{currency}",
                "count": len(amounts),
                "money_in": exact(add_up(amount for amount in amounts if amount > 0), decimals),
                "money_out": exact(add_up(amount for amount in amounts if amount < 0), decimals),
            }
        )
    return found


def _line(
    rule: Rule,
    line: StatementLine,
    before: Catch | None,
    accounts: dict[int, Account],
    taxing: Taxing,
    organization: Organization,
    today: datetime.date,
) -> dict[str, Any]:
    booking, problems, reading = None, [], Reading(line)
    decimals = decimals_of(accounts[line.account_id].currency_id)
    try:
        draft = booking_of(rule.actions, line, accounts, taxing)
        booking = _booking(draft)
        problems = [_problem(each) for each in objections(draft, accounts, organization, today)]
    except SplitError as problem:
        problems = [{"code": problem.code, "message": problem.message}]
    except Refusal as refusal:
        problems = [_problem(refusal)]
    return {
        "line_id": line.public_id,
        "account_id": ids.encode("ACT", line.account_id),
        "date": line.date,
        "amount": exact(line.amount, decimals),
        "description": line.description,
        "counterparty": line.counterparty,
        "reference": line.reference,
        "status": line.status,
        "hits": [hit_answer(hit, decimals) for hit in rule.conditions.hits(reading)],
        "taken_by_rule_id": None if before is None else before.rule.row.public_id,
        "booking": booking,
        "problems": problems,
    }


def _booking(draft: Draft) -> dict[str, Any]:
    return {
        "type": draft.type,
        "transaction_date": draft.date,
        "description": draft.description,
        "reference_number": draft.reference_number,
        "currency_id": f"CUR_{draft.currency}",
        "contact_id": public("CON", draft.contact_id),
        "entries": [
            {
                "account_id": ids.encode("ACT", line.account_id),
                "entry_type": line.entry_type,
                "amount": line.amount,
                "description": line.description,
            }
            for line in draft.lines
        ],
    }


def _problem(refusal: Refusal) -> dict[str, str]:
    fields = refusal.details.get("fields", {})
    reason = refusal.details.get("reason") or next((each for said in fields.values() for each in said), None)
    return {"code": refusal.code, "message": reason or refusal.message}
