"""Conditions on lines: what each catches, whatever the writing; never a crash."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reconciliation.rules.conditions import (
    AMOUNT_OPERATORS,
    MATCHES,
    OPERATORS,
    TEXT_FIELDS,
    TEXT_OPERATORS,
    Compiled,
    Reading,
    fold,
    kept_conditions,
    read_conditions,
)


@dataclass
class Written:
    """A line as the bank wrote it."""

    amount: Decimal = Decimal("-12.50")
    description: str = "CARD  FEE March"
    counterparty: str = "Müller & Søn GmbH"
    reference: str = "INV 2024/17"
    counterparty_account: str = "DE02 1203 0000"
    kind: str = "DEBIT"
    date: datetime.date = datetime.date(2026, 3, 1)


def catches(line: Written, *conditions: tuple, match: str = "all") -> bool:
    written = [{"field": field, "operator": operator, "value": value} for field, operator, value in conditions]
    found, problems = read_conditions(written)
    assert problems == {}
    return Compiled(found, match).catches(Reading(line))


@pytest.mark.parametrize(
    ("field", "operator", "value", "caught"),
    [
        ("description", "contains", "card fee", True),
        ("description", "contains", "fee  MÁRCH", True),
        ("description", "contains", "feemarch", False),
        ("description", "equals", "Card fee march", True),
        ("description", "equals", "card fee", False),
        ("description", "starts_with", "card", True),
        ("description", "starts_with", "fee", False),
        ("description", "ends_with", "march", True),
        ("description", "ends_with", "fee", False),
        ("description", "not_contains", "rent", True),
        ("description", "not_contains", "FEE", False),
        ("counterparty", "equals", "MULLER & SON GMBH", True),
        ("counterparty_account", "starts_with", "de02 1203", True),
        ("kind", "equals", "debit", True),
        ("reference", "contains", ".*", False),
        ("reference", "contains", "2024/1", True),
        ("text", "contains", "card", True),
        ("text", "contains", "muller", True),
        ("text", "contains", "march muller", False),
        ("text", "equals", "inv 2024/17", True),
        ("text", "equals", "card", False),
        ("text", "starts_with", "INV", True),
        ("text", "ends_with", "gmbh", True),
        ("text", "ends_with", "debit", False),
        ("text", "not_contains", "son", False),
        ("text", "not_contains", "debit", True),
        ("amount", "eq", "-12.5", True),
        ("amount", "eq", "12.50", False),
        ("amount", "gt", "-12.50", False),
        ("amount", "gte", "-12.50", True),
        ("amount", "lt", "-12.50", False),
        ("amount", "lte", "-12.50", True),
        ("amount", "lt", 0, True),
        ("amount", "between", ["-12.50", "-1"], True),
        ("amount", "between", ["-20", "-12.50"], True),
        ("amount", "between", ["-12.49", "0"], False),
        ("direction", "eq", "out", True),
        ("direction", "eq", "in", False),
    ],
)
def test_what_a_condition_catches(field, operator, value, caught):
    assert catches(Written(), (field, operator, value)) is caught


def test_all_or_any():
    fee, rent = ("text", "contains", "fee"), ("text", "contains", "rent")
    assert catches(Written(), fee, ("amount", "lt", 0))
    assert not catches(Written(), fee, rent)
    assert catches(Written(), fee, rent, match="any")
    assert not catches(Written(), rent, match="any")


def test_a_line_of_nothing_goes_no_way():
    nothing = Written(amount=Decimal(0))
    assert not catches(nothing, ("direction", "eq", "in"), ("direction", "eq", "out"), match="any")


def test_what_was_hit_is_told_with_what_hit_it():
    written = [
        {"field": "text", "operator": "contains", "value": "muller"},
        {"field": "text", "operator": "contains", "value": "rent"},
        {"field": "amount", "operator": "lt", "value": 0},
        {"field": "direction", "operator": "eq", "value": "out"},
        {"field": "text", "operator": "not_contains", "value": "rent"},
    ]
    hits = Compiled(read_conditions(written)[0], "any").hits(Reading(Written()))
    assert [hit.found for hit in hits] == ["Müller & Søn GmbH", Decimal("-12.50"), "out", "CARD  FEE March"]
    assert [hit.condition.field for hit in hits] == ["text", "amount", "direction", "text"]


TEXTS = st.text(max_size=60)
AMOUNTS = st.decimals(-(10**18), 10**18, places=2)
LINES = st.builds(Written, AMOUNTS, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS, st.dates())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from([*OPERATORS, "colour"]) | JSON
WORDS = st.sampled_from([*TEXT_OPERATORS, *AMOUNT_OPERATORS]) | JSON
WRITTEN = st.lists(st.fixed_dictionaries({"field": NAMES, "operator": WORDS, "value": JSON}) | JSON, max_size=4) | JSON


@given(WRITTEN, LINES, st.sampled_from(MATCHES))
def test_whatever_is_written_is_read_or_refused_and_never_breaks(written, line, match):
    found, problems = read_conditions(written)
    assert bool(problems) != (len(found) > 0 and len(found) == len(written))
    compiled = Compiled(found, match)
    first = compiled.catches(Reading(line)), compiled.hits(Reading(line))
    assert first == (compiled.catches(Reading(line)), compiled.hits(Reading(line)))
    if found:
        assert first[0] == (len(first[1]) == len(found) if match == "all" else len(first[1]) > 0)


@given(st.lists(st.tuples(st.sampled_from(TEXT_FIELDS), st.sampled_from(TEXT_OPERATORS), TEXTS), max_size=5), AMOUNTS)
def test_conditions_are_kept_as_they_were_read(texts, amount):
    written = [{"field": field, "operator": operator, "value": value} for field, operator, value in texts]
    written.append({"field": "amount", "operator": "between", "value": [str(amount), amount]})
    found, problems = read_conditions(written)
    assert ("conditions" in problems) is False
    if not problems:
        assert read_conditions(kept_conditions(found)) == (found, {})


@given(st.text())
@example("İstanbul ǅ ŉ ß ﬃ Å\u0345")
def test_folding_twice_is_folding_once_and_case_does_not_matter(text):
    folded = fold(text)
    assert fold(folded) == folded
    assert fold(f"  {text}\t\n") == folded
    assert "\n" not in folded


@given(
    st.text(alphabet="aàÅåčÇłŁøßéE ñÑ", min_size=1), st.sampled_from(["contains", "equals", "starts_with", "ends_with"])
)
def test_upper_and_lower_case_catch_each_other(text, operator):
    if fold(text):
        assert catches(Written(description=text.upper()), ("description", operator, text.lower()))
        assert catches(Written(description=text.lower()), ("text", operator, text.upper()))
