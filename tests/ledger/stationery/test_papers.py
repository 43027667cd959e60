"""Documents on paper: complete, in the reader's language, on as many pages as it takes, whatever is written on them."""

import datetime
import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.stationery.figures import Figures, is_locale
from ledger.stationery.papers import KINDS, WATERMARKS, Paper, PaperLine, Party, TaxLine, paper_pdf
from ledger.stationery.typefaces import BOLD, JAPANESE, REGULAR, markup, runs
from ledger.stationery.wordings import LANGUAGES, words_of
from tests.ledger.stationery.pictures import picture

DAY = datetime.date(2026, 3, 5)


def paper(count: int = 1, **changes) -> Paper:
    """An invoice over lines of 10.00 each, with one tax."""
    what = {
        "kind": "invoice",
        "number": "INV-2026-0042",
        "issue_date": DAY,
        "due_date": datetime.date(2026, 4, 4),
        "seller": Party(name="Alice's Bakery", address="12 Mill Lane\nPortland"),
        "buyer": Party(name="Łukasz & Σωκράτης", address="Москва"),
        "currency": "USD",
        "decimals": 2,
        "lines": tuple(
            PaperLine(
                description=f"Loaf {number}", quantity=Decimal(2), unit_price=Decimal("5.00"), amount=Decimal("10.00")
            )
            for number in range(count)
        ),
        "subtotal": Decimal("10.00") * count,
        "taxes": (TaxLine(name="VAT", rate=Decimal(20), base=Decimal("10.00"), amount=Decimal("2.00")),),
        "total": Decimal("10.00") * count + Decimal("2.00"),
    }
    return Paper(**(what | changes))


def pages_of(pdf: bytes) -> int:
    return int(re.search(rb"/Count (\d+)", pdf)[1])


def sizes_of(pdf: bytes) -> set[bytes]:
    return set(re.findall(rb"/MediaBox \[ 0 0 ([0-9.]+)", pdf))


@pytest.mark.parametrize("locale", ["en_US", "de_DE", "fr_FR", "es_MX", "it_IT", "nl_NL", "ja_JP", "ar_EG", "sv_SE"])
def test_every_document_in_every_language_is_the_same_to_the_byte(locale):
    for kind, mark in zip(KINDS, (*WATERMARKS, ""), strict=True):
        one = paper(kind=kind, locale=locale, watermark=mark, logo=picture(), notes="Thanks", reverse_charge=True)
        pdf = paper_pdf(one)
        assert pdf.startswith(b"%PDF-") and pdf == paper_pdf(one)
        assert sizes_of(pdf) == ({b"612"} if locale in ("en_US", "es_MX") else {b"595.2756"})
    words = words_of(locale[:2])
    assert f"/Title ({words['invoice']} INV-2026-0042)".encode() in paper_pdf(paper(locale=locale))


def test_many_lines_take_as_many_pages_as_they_need():
    assert [pages_of(paper_pdf(paper(lines))) for lines in (1, 10, 200)] == [1, 1, 8]


def test_a_description_longer_than_a_page_and_a_word_longer_than_a_line():
    line = PaperLine(description="x" * 5000 + "\n" * 90 + "y", amount=Decimal("1.00"))
    assert pages_of(paper_pdf(paper(lines=(line,)))) > 1


def test_a_logo_that_cannot_be_drawn_is_left_out():
    with_logo, without = (b"/Subtype /Image" in paper_pdf(paper(logo=logo)) for logo in (picture(), b"no picture"))
    assert (with_logo, without) == (True, False)


ODD = ["<b>&amp;", "</para>", "\x00\x07", "עברית 12", "مرحبا", "\u202eabc", "日本語한국어", "😀🏳️\u200d🌈", "a\tb\r\nc"]
anything = st.text(st.characters(codec="utf-8"), max_size=60) | st.sampled_from([*ODD, "<font color='red'>"])


@settings(max_examples=40, deadline=None)
@given(anything, anything, anything)
def test_no_text_breaks_a_document(one, two, three):
    line = PaperLine(description=one, amount=Decimal("1.00"), taxes=(two,))
    odd = Party(name=three, address=one, tax_number=two)
    texts = {"notes": two, "footer": three, "terms": one, "bank_details": two, "order_number": one, "title": two}
    pdf = paper_pdf(paper(lines=(line,), **texts, seller=odd, buyer=odd, number=one, watermark=three))
    assert pdf.startswith(b"%PDF-")


def test_each_character_finds_a_font_or_is_seen_to_lack_one():
    assert runs("Žluťoučký Ελληνικά Кириллица €₹₽") == [(REGULAR, "Žluťoučký Ελληνικά Кириллица €₹₽")]
    assert runs("日本", BOLD) == [(JAPANESE, "日本")]
    assert runs("￥5") == [(REGULAR, "¥5")]
    assert runs("😀") == [(REGULAR, "?")]
    assert runs("a\x00\u202eb") == [(REGULAR, "ab")]
    assert "".join(part for _, part in runs("שלום עולם 7")) == "םלוע םולש 7"
    assert markup("<b>&\nx") == "&lt;b&gt;&amp;<br/>x"


def test_figures_are_written_as_the_locale_does_with_the_decimals_of_iso_4217():
    german, american = Figures("de_DE", "EUR", 2), Figures("en_US", "USD", 2)
    assert german.money(Decimal("1234.50")) == "1.234,50\xa0€"
    assert (german.amount(Decimal("-1234.5")), american.amount(Decimal("1234567.00"))) == ("-1.234,50", "1,234,567.00")
    assert (american.price(Decimal("95.12500")), american.price(Decimal(4))) == ("95.125", "4.00")
    assert (american.number(Decimal("12.50")), american.number(Decimal("1E+3"))) == ("12.5", "1,000")
    assert (german.percent(Decimal("19.00")), american.percent(Decimal("8.25"))) == ("19\xa0%", "8.25%")
    assert (german.day(DAY), american.day(DAY)) == ("5. März 2026", "March 5, 2026")
    assert Figures("ja_JP", "JPY", 0).day(DAY) == "5 March 2026"  # as the words beside it
    assert Figures("ja_JP", "JPY", 0).money(Decimal(15750)) == "￥15,750"
    assert Figures("en_US", "IQD", 3).amount(Decimal("1.500")) == "1.500"  # CLDR would have no decimals
    assert Figures("hi_IN", "INR", 2).amount(Decimal("1234567.00")) == "12,34,567.00"


def test_locales_and_languages():
    known, unknown = ("en_US", "de", "zh_Hant_TW"), ("xx", "", "en-US", "de_DE.UTF-8")
    assert all(map(is_locale, known)) and not any(map(is_locale, unknown))
    assert words_of("pt") == words_of("en")
    assert all(all(words_of(language).values()) for language in LANGUAGES)
