"""Texts made fit for a database and a page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciliation.parsers import texts


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        (None, ""),
        ("", ""),
        (" \t\r\n ", ""),
        ("  Anna \n\n Muster\x00\x1b ", "Anna Muster"),
        ("a\x0bb\x85c\u00a0d", "a b c d"),
        ("Straße — 5 €", "Straße — 5 €"),
    ],
)
def test_one_line_without_control_characters(text, tidied):
    assert texts.tidy(text) == tidied


@given(st.text(max_size=50))
def test_tidy_texts_stay_as_they_are(text):
    tidied = texts.tidy(text)
    assert texts.tidy(tidied) == tidied
    assert not set(tidied) & {chr(code) for code in [*range(32), *range(127, 160)]}


def test_a_text_is_cut():
    assert texts.tidy("word " * 5000) == ("word " * 800).rstrip()
    assert texts.together(*["ab"] * 5, *map(str, range(1000))).endswith(" 194")


@pytest.mark.parametrize("text", [None, "", "NONREF", "notprovided", " NONREF ", "0000", "00-00", "---", "*", "N/A"])
def test_no_reference(text):
    assert texts.named(text) == ""


@pytest.mark.parametrize("text", ["1", "INV-0", "Счёт 5", "0001"])
def test_a_reference(text):
    assert texts.named(f" {text}\n") == text


def test_what_was_said_is_not_said_again():
    assert texts.together("Rent May", "", "May", "Ren", "Rent May", "June") == "Rent May Ren June"


@pytest.mark.parametrize(
    ("raw", "text"), [("é€".encode(), "é€"), ("é€".encode("cp1252"), "é€"), (b"\xe9\x81", "é\x81"), (b"", "")]
)
def test_the_letters_of_a_line(raw, text):
    assert texts.decoded(raw) == text
