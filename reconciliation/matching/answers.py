"""Statement lines and matches as the API shows them."""

from collections.abc import Iterable, Sequence

from organizations import ids
from organizations.currencies.iso import decimals_of
from organizations.money import InexactAmount, exact
from reconciliation.matching.models import Match
from reconciliation.statements.models import StatementLine


def line_answers(lines: Sequence[StatementLine]) -> list[dict]:
    """Lines, each with its match; one query for all matches. Lines come with their ``account``."""
    numbers = {line.match_id for line in lines if line.match_id}
    matches = {}
    if numbers:
        matches = Match.objects.of(lines[0].organization_id).in_bulk(numbers)
    return [line_answer(line, matches.get(line.match_id)) for line in lines]


def line_answer(line: StatementLine, match: Match | None) -> dict:
    """One line as the bank wrote it, and what became of it."""
    decimals = decimals_of(line.account.currency_id)
    return {
        "object": "statement_line",
        "id": line.public_id,
        "organization_id": ids.encode("ORG", line.organization_id),
        "account_id": ids.encode("ACT", line.account_id),
        "statement_id": ids.encode("STM", line.statement_id),
        "place": line.place,
        "date": line.date,
        "value_date": line.value_date,
        "amount": exact(line.amount, decimals),
        "currency_id": f"CUR_{line.account.currency_id}",
        "balance": _balance(line, decimals),
        "description": line.description,
        "counterparty": line.counterparty,
        "counterparty_account": line.counterparty_account,
        "reference": line.reference,
        "bank_id": line.bank_id,
        "kind": line.kind,
        "status": line.status,
        "verdict": line.verdict,
        "ignore_reason": line.ignore_reason,
        "match": None if match is None else match_answer(match, line.account.currency_id),
        "metadata": line.metadata,
        "created_at": line.created_at,
        "updated_at": line.updated_at,
    }


def _balance(line: StatementLine, decimals: int):
    try:
        return None if line.balance is None else exact(line.balance, decimals)
    except InexactAmount:
        return line.balance.normalize()


def encoded(prefix: str, numbers: Iterable[int]) -> list[str]:
    """Several public ids."""
    return [ids.encode(prefix, number) for number in numbers]


def match_answer(match: Match, currency: str) -> dict:
    """A match: what belongs together, how sure that is, and who said so."""
    runner_up = match.runner_up
    if runner_up is not None:
        runner_up = {"score": runner_up["score"], "entry_ids": encoded("LED", runner_up["entry_ids"])}
    return {
        "object": "match",
        "id": match.public_id,
        "organization_id": ids.encode("ORG", match.organization_id),
        "account_id": ids.encode("ACT", match.account_id),
        "status": match.status,
        "origin": match.origin,
        "line_ids": encoded("LIN", match.line_ids),
        "entry_ids": encoded("LED", match.entry_ids),
        "document_ids": match.document_ids,
        "payment_id": ids.encode("PAY", match.payment_id) if match.payment_id else None,
        "transaction_id": ids.encode("TXN", match.transaction_id) if match.transaction_id else None,
        "fee": exact(match.fee, decimals_of(currency)),
        "score": match.score,
        "margin": match.margin,
        "features": match.features,
        "runner_up": runner_up,
        "reason": match.reason,
        "scoring_version": match.scoring_version,
        "rule_id": ids.encode("RUL", match.rule_id) if match.rule_id else None,
        "rule_version": match.rule_version,
        "accepted_at": match.accepted_at,
        "undone_at": match.undone_at,
        "metadata": match.metadata,
        "created_at": match.created_at,
        "updated_at": match.updated_at,
    }
