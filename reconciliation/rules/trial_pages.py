"""What came of trying a rule, as tables of the back office."""

from collections.abc import Iterable
from typing import Any

from django.utils.html import format_html, format_html_join

from organizations.backoffice import showing
from organizations.backoffice.pages import Table
from reconciliation.rules.models import BankRule
from reconciliation.rules.rule_pages import FIELD_WORDS


def trial_tables(answer: dict[str, Any], names: dict[str, Any]) -> list[Table]:
    """Sums and lines. ``names`` has the accounts, and the rules that are asked earlier, by public id."""
    caught, tried = answer["lines_caught"], answer["lines_tried"]
    before = answer["lines_taken_before"]
    taken = f" Of these, {before:,} would be taken by a rule that is asked earlier." if before else ""
    sums = Table(
        title=f"Catches {caught:,} of the last {tried:,} lines.{taken}" if tried else "There are no lines to try it on",
        headers=["Account", "Lines", "Money in", "Money out"],
        rows=[
            [
                names[row["account_id"]],
                f"{row['count']:,}",
                showing.figure(row["money_in"], row["currency_id"].removeprefix("CUR_")),
                showing.figure(row["money_out"], row["currency_id"].removeprefix("CUR_")),
            ]
            for row in answer["sums"]
        ],
        right=frozenset({1, 2, 3}),
        empty="It catches none.",
    )
    if not caught:
        return [sums]
    shown = len(answer["lines"])
    lines = Table(
        title="What would be booked" if shown == caught else f"What would be booked for the first {shown}",
        headers=["Date", "Line", "Why", "Amount", "Booked"],
        rows=[_row(line, names) for line in answer["lines"]],
        right=frozenset({3}),
    )
    return [sums, lines]


def _row(line: dict[str, Any], names: dict[str, Any]) -> list[Any]:
    texts = [text[:120] for text in (line["counterparty"], line["description"], line["reference"]) if text]
    return [
        str(line["date"]),
        format_html_join("", "<div>{}</div>", [(text,) for text in dict.fromkeys(texts)]),
        _muted(map(_why, line["hits"])),
        f"{line['amount']:,}",
        _booked(line, names),
    ]


def _why(hit: dict[str, Any]) -> str:
    if hit["field"] == "direction":
        return f"money {hit['value']}"
    return FIELD_WORDS[hit["field"]] if hit["field"] == "amount" else f"{FIELD_WORDS[hit['field']]}: “{hit['value']}”"


def _muted(texts: Iterable[str]):
    return format_html_join("", '<div class="co-muted">{}</div>', [(text,) for text in dict.fromkeys(texts)])


def _booked(line: dict[str, Any], names: dict[str, Any]):
    parts = []
    if line["taken_by_rule_id"] is not None:
        rule = names[line["taken_by_rule_id"]]
        parts.append(format_html("<div>By {} instead</div>", showing.link_to(BankRule, rule.pk, rule)))
    booking = line["booking"]
    if booking is not None:
        said = booking["description"], booking["type"]
        parts.append(format_html('<div>{} <span class="co-muted">{}</span></div>', *said))
        entries = booking["entries"][1:]
        parts.append(_muted(f"{each['entry_type']} {each['amount']:,} {names[each['account_id']]}" for each in entries))
    parts += [format_html('<p class="co-problem">{}</p>', problem["message"]) for problem in line["problems"]]
    return format_html_join("", "{}", [(part,) for part in parts])
