"""The kinds of list fields: how they read, and what they ask the database."""

import datetime
from decimal import Decimal

import pytest
from django.db.models import Q
from hypothesis import given
from hypothesis import strategies as st

from organizations import ids
from organizations.wire.filtering import (
    Amount,
    Choice,
    Currency,
    Day,
    Flag,
    Instant,
    ListField,
    Metadata,
    PublicId,
    Text,
    Whole,
)

DAY = datetime.date(2024, 1, 31)
NOON = datetime.datetime(2024, 1, 31, 12, tzinfo=datetime.UTC)


def midnight(day: int, month: int = 1) -> datetime.datetime:
    return datetime.datetime(2024, month, day, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        (Choice(["posted", "pending"]), "posted", "posted"),
        (Choice(lambda: ["posted"]), "posted", "posted"),
        (Amount(), "-100.5", Decimal("-100.50000000")),
        (Amount(), "0", Decimal(0)),
        (Whole(), "-12", -12),
        (Flag(), "true", True),
        (Flag(), "False", False),
        (PublicId("ACT"), "act_00000000000000FF", 255),
        (Currency(), "CUR_USD", "USD"),
        (Currency(), "usd", "USD"),
        (Day(), "2024-01-31", DAY),
        (Instant(), "2024-01-31T12:00:00Z", NOON),
        (Instant(), "2024-01-31T13:00:00+01:00", NOON),
        (Instant(), "2024-01-31T12:00:00.25Z", NOON.replace(microsecond=250_000)),
        (Instant(), "2024-01-31", DAY),
        (Text(), "rent", "rent"),
        (Metadata(), "", ""),
    ],
)
def test_values_are_read(field, text, value):
    assert field.read(text) == value


@pytest.mark.parametrize(
    ("field", "text"),
    [
        (Choice(["posted"]), "Posted"),
        (Amount(), "1e3"),
        (Amount(), "1_000"),
        (Amount(), "١٢"),
        (Amount(), "NaN"),
        (Whole(), "9223372036854775808"),
        (Whole(), "1.0"),
        (Whole(), "٣"),
        (Flag(), "1"),
        (PublicId("ACT"), "TXN_00000000000000ff"),
        (PublicId("ACT"), "ACT_1001"),
        (Currency(), "DOLLAR"),
        (Currency(), "uß"),
        (Currency(), "CUR_"),
        (Day(), "20240131"),
        (Day(), "2024-W05-3"),
        (Day(), "2024-02-30"),
        (Day(), "２０２４-01-31"),
        (Instant(), "2024-01-31T12:00:00"),
        (Instant(), "2024-01-31 12:00:00Z"),
        (Instant(), "0001-01-01T00:00:00+14:00"),
        (Text(), ""),
        (Text(), "x" * 501),
        (Metadata(), "x" * 501),
    ],
)
def test_what_cannot_be_read_is_a_value_error_with_a_message(field, text):
    with pytest.raises(ValueError, match=r"."):
        field.read(text)


@given(st.text())
def test_no_text_breaks_a_field(text):
    for field in (Choice(["a"]), Amount(), Whole(), Flag(), PublicId("ACT"), Currency(), Day(), Instant(), Text()):
        for operator in (*field.operators, "isnull"):
            try:
                field.read_for(operator, text)
            except ValueError as problem:
                assert str(problem)


@given(st.dates(), st.datetimes(timezones=st.just(datetime.UTC)), st.integers(0, 2**63 - 1))
def test_what_is_written_is_read_again(day, instant, number):
    assert Day().read(day.isoformat()) == day
    assert Instant().read(instant.isoformat(timespec="microseconds")) == instant
    assert PublicId("TXN").read(ids.encode("TXN", number)) == number


@pytest.mark.parametrize(
    ("field", "operator", "value", "condition"),
    [
        (Day(), "eq", DAY, Q(at__exact=DAY)),
        (Day(), "ne", DAY, ~Q(at__exact=DAY)),
        (Day(), "gte", DAY, Q(at__gte=DAY)),
        (Day(), "in", [DAY, NOON], Q(at__exact=DAY) | Q(at__exact=NOON)),
        (Day(), "isnull", True, Q(at__isnull=True)),
        (Text(), "contains", "rent", Q(at__icontains="rent")),
        (Instant(), "gt", NOON, Q(at__gt=NOON)),
        (Instant(), "eq", DAY, Q(at__gte=midnight(31), at__lt=midnight(1, 2))),
        (Instant(), "gte", DAY, Q(at__gte=midnight(31))),
        (Instant(), "gt", DAY, Q(at__gte=midnight(1, 2))),
        (Instant(), "lt", DAY, Q(at__lt=midnight(31))),
        (Instant(), "lte", DAY, Q(at__lt=midnight(1, 2))),
        (Metadata().at("project"), "eq", "roof", Q(at__contains={"project": "roof"})),
        (Metadata().at("project"), "isnull", True, ~Q(at__has_key="project")),
    ],
)
def test_what_a_field_asks_the_database(field, operator, value, condition):
    assert field.condition("at", operator, value) == condition


def test_the_last_day_of_all_has_an_end():
    condition = Instant().condition("at", "lte", datetime.date.max)
    assert condition == Q(at__lt=datetime.datetime.max.replace(tzinfo=datetime.UTC))


def test_a_field_says_which_operators_it_has():
    assert Choice([]).operators == ("eq", "ne", "in")
    assert Choice([], nullable=True).operators == ("eq", "ne", "in", "isnull")
    assert "contains" in Text().operators
    assert Amount(operators=["eq"]).operators == ("eq",)


def test_a_field_may_bring_its_own_condition():
    field = PublicId("ACT", where=lambda operator, value: Q(entries__account=value, negated=operator == "ne"))
    assert field.condition("ignored", "eq", 5) == Q(entries__account=5, negated=False)


def test_too_many_choices_are_refused():
    with pytest.raises(ValueError, match="At most 100"):
        Whole().read_for("in", ",".join(["1"] * 101))


def test_a_kind_must_say_how_it_reads():
    with pytest.raises(TypeError):
        ListField().read("x")
