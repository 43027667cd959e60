"""The letters of a file: UTF-8 and UTF-16 with and without their marks, the code pages of Windows, what is no text."""

import pytest

from reconciliation.parsers.csv_encodings import ENCODINGS, encoding_of
from tests.reconciliation.parsers.csv_cases import lines, refusal

GERMAN = "Datum;Verwendungszweck;Betrag\n31.01.2024;Bäckerei Größe Süß;-1,50\n"
CZECH = "Datum;Zpráva;Částka\n31.01.2024;Účet u Číny, příští ročník;-1,50\n"
POLISH = "Data;Opis;Kwota\n31.01.2024;Zapłata za książkę;-1,50\n"
HUNGARIAN = "Dátum;Közlemény;Összeg\n2024.01.31.;Szőlő és fű;-1,50\n"
FRENCH = "Date;Libellé;Montant\n31.01.2024;Crèmerie où ça va, Noël à la fenêtre;-1,50\n"
PORTUGUESE = "Data;Descrição;Valor\n31.01.2024;Transferência não às prestações;-1,50\n"
DANISH = "Dato;Tekst;Beløb\n31.01.2024;Rødgrød på æble;-1,50\n"


def text_of(data: bytes, **mapping) -> str:
    return lines(data, mapping)[0].description


@pytest.mark.parametrize(
    ("statement", "encoding"),
    [
        (GERMAN, "cp1252"),
        (FRENCH, "cp1252"),
        (PORTUGUESE, "cp1252"),
        (DANISH, "cp1252"),
        (CZECH, "cp1250"),
        (POLISH, "cp1250"),
        (HUNGARIAN, "cp1250"),
    ],
)
def test_the_code_page_is_told_by_the_letters(statement, encoding):
    data = statement.encode(encoding)
    assert encoding_of(data) == encoding
    assert text_of(data) == statement.splitlines()[1].split(";")[1]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_is_told_with_and_without_its_mark(encoding):
    assert text_of(CZECH.encode(encoding)) == "Účet u Číny, příští ročník"


def test_ascii_leaves_the_encoding_open_for_the_next_file():
    assert encoding_of(b"Date,Amount\n") == ""


def test_a_mark_goes_before_what_a_mapping_says():
    assert text_of(CZECH.encode("utf-8-sig"), encoding="cp1252") == "Účet u Číny, příští ročník"


def test_a_mapping_says_the_encoding():
    assert text_of("Дата;Описание;Сумма\n31.01.2024;Хлеб;-1,50\n".encode("cp1251"), encoding="cp1251") == "Хлеб"


def test_every_encoding_of_a_mapping_can_be_read():
    for encoding in sorted(ENCODINGS):
        assert text_of("Date;Text;Amount\n31.01.2024;bread;-1,50\n".encode(encoding), encoding=encoding) == "bread"


def test_bytes_that_are_not_in_the_encoding_of_the_mapping_are_refused():
    assert refusal(GERMAN.encode("cp1252"), {"encoding": "utf-8"}) == "wrong_encoding"
    assert refusal(GERMAN.encode("utf-16")[:-1]) == "wrong_encoding"


@pytest.mark.parametrize(
    "data",
    [
        b"Date,Text,Amount\n2024-01-31,a\0b,1.50\n",
        b"\0" * 100,
        b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff",
        "Date,Text,Amount\n2024-01-31,a\0b,1.50\n".encode("utf-16"),
    ],
)
def test_nul_characters_are_refused(data):
    assert refusal(data) == "nul_character"


def test_nul_characters_are_refused_in_the_encoding_of_a_mapping():
    assert refusal(b"Date,Text,Amount\n2024-01-31,a\0b,1.50\n", {"encoding": "cp1252"}) == "nul_character"


@pytest.mark.parametrize("data", [b"", b" \n\r\n\t"])
def test_an_empty_file_is_refused(data):
    assert refusal(data) == "file_empty"
