"""Bytes as text: what they say counts, not what the file claims."""

import pytest

from reconciliation.parsers.decoding import encoding_of, tidy

WORDS = "Café “Zürich” 12 €"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_the_bytes_show_their_encoding(codec):
    text = f"<OFX><NAME>{WORDS}</NAME></OFX>"
    data = text.encode(codec)
    assert data.decode(encoding_of(data)) == text


@pytest.mark.parametrize(
    "claim", ['<?xml version="1.0" encoding="utf-16"?>', "ENCODING:USASCII\nCHARSET:1252\n", "CHARSET:8859-1\n"]
)
def test_a_wrong_claim_does_no_harm(claim):
    data = f"{claim}<NAME>{WORDS}".encode()
    assert encoding_of(data) == "utf-8"


@pytest.mark.parametrize(
    ("claim", "codec", "word"),
    [
        ("ENCODING:USASCII\nCHARSET:1250\n", "cp1250", "Příjem"),
        ("CHARSET:1251\n", "cp1251", "Платёж"),
        ("CHARSET:ISO-8859-2\n", "iso8859-2", "Łódź"),
        ('<?xml version="1.0" encoding="windows-1253"?>', "cp1253", "Πληρωμή"),
        ("CHARSET:ISO-8859-1\n", "cp1252", "£ €"),
        ("CHARSET:zlib\n", "cp1252", "naïve"),
        ("", "cp1252", "COMPRA CARTÃO"),
    ],
)
def test_where_the_bytes_are_not_utf_8_the_declared_code_page_counts(claim, codec, word):
    data = f"{claim}<NAME>{word}".encode(codec)
    assert encoding_of(data) == codec
    assert data.decode(encoding_of(data)).endswith(word)


def test_a_file_cut_within_a_character_is_still_utf_8():
    data = "Zürich, Köl".encode() + "n€".encode()[:-1]
    assert data.decode(encoding_of(data), errors="replace") == "Zürich, Köln\ufffd"


def test_nothing_is_an_encoding_too():
    assert b"".decode(encoding_of(b"")) == ""
    assert b"\xff".decode(encoding_of(b"\xff")) == "ÿ"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("  a \n\t b  ", "a b"),
        ("Fish &amp; Chips &lt;Ltd&gt;", "Fish & Chips <Ltd>"),
        ("a&nbsp;&nbsp;b", "a b"),
        ("&#233;t&#xe9;", "été"),
        ("&amp;lt;", "&lt;"),
        ("AT&T &unknown; &;", "AT&T &unknown; &;"),
        ("A&notice & &copy", "A&notice & &copy"),
        ("nul\x00l&#0;", "null\ufffd"),
        ("a\x07b\x1b[1m\x85c&#1;", "ab[1m c"),
        ("long " * 5000, ("long " * 800).strip()),
        ("&#" + "9" * 5000 + ";", "&#" + "9" * 3998),
        ("&#xD800;&#1114112;", "\ufffd\ufffd"),
    ],
)
def test_a_field_as_people_read_it(written, read):
    assert tidy(written) == read
