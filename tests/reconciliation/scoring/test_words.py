"""Words, numbers and days, as both sides have to agree on them."""

import datetime

import pytest

from reconciliation.scoring.days import business_day, exchanged
from reconciliation.scoring.references import MOST_NUMBERS, digits_apart, numbers_in
from reconciliation.scoring.words import MOST_WORDS, likeness, telling_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("SEPA CREDIT Café Müller GmbH", ("cafe", "muller")),
        ("POS 24/01 CARD 4512 SQ *YELLOW CAB", ("sq", "yellow", "cab")),
        ("O'Brien & Söhne, Straße 5", ("obrien", "sohne", "strasse")),
        ("LAMBERT, P", ("lambert", "p")),
        ("INV2041 M1042 12:30", ()),
        ("paid paid Paid rent RENT", ("rent",)),
        ("", ()),
    ],
)
def test_telling_words(text, words):
    assert telling_words(text) == words


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("market", "market", True),
        ("mkt", "market", True),
        ("svcs", "services", True),
        ("cntrl", "central", True),
        ("kitc", "kitchen", True),
        ("mueller", "muller", True),
        ("riiverside", "riverside", True),
        ("grocrey", "grocery", True),
        ("statoin", "station", True),
        ("p", "priya", True),
        ("market", "hotel", False),
        ("hansen", "jansen", False),
        ("st", "station", False),
        ("bread", "brown", False),
    ],
)
def test_likeness(one, other, alike):
    assert (likeness(one, other) > 0) == alike
    assert likeness(one, other) == likeness(other, one) <= 100


def test_equal_words_are_most_alike():
    assert likeness("market", "market") == 100 > likeness("mkt", "market")


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (("INV-2041",), {"2041"}),
        (("inv 2041", "CHECK 002041"), {"2041"}),
        (("W-2401-03",), {"240103"}),
        (("W 2401 03",), {"2401", "240103"}),
        (("POS 24/01 24.01.25 2025-01-24 CARD 12",), set()),
        (("no numbers", ""), set()),
    ],
)
def test_numbers(texts, numbers):
    assert numbers_in(*texts) == numbers


def test_long_texts_are_read_in_part():
    assert len(telling_words(" ".join(f"{a}{b}word" for a in "abcdefgh" for b in "abcdefgh"))) == MOST_WORDS
    assert len(numbers_in(", ".join(f"{n} x, 1/1" for n in range(1000, 1100)))) == MOST_NUMBERS // 2


def test_digits_apart():
    assert digits_apart("20455", "20433") == 2


def test_business_days():
    friday, monday = datetime.date(2025, 3, 7), datetime.date(2025, 3, 10)
    saturday, sunday = datetime.date(2025, 3, 8), datetime.date(2025, 3, 9)
    assert business_day(monday) - business_day(friday) == 1
    assert business_day(saturday) == business_day(sunday) == business_day(monday)
    assert business_day(datetime.date(2026, 3, 10)) - business_day(datetime.date(2025, 3, 11)) == 52 * 5


def test_day_and_month_exchanged():
    assert exchanged(datetime.date(2025, 5, 3)) == datetime.date(2025, 3, 5)
    assert exchanged(datetime.date(2025, 5, 5)) is None
    assert exchanged(datetime.date(2025, 5, 13)) is None
