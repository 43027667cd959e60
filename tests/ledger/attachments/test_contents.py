"""What a file is, and by what name it is shown."""

import contextlib
import random

import pytest

from ledger.attachments.contents import Unacceptable, clean_name, examine
from tests.ledger.attachments.uploads import PDF, PNG, office

SHEET = office("[Content_Types].xml", "xl/workbook.xml", "xl/printerSettings/printerSettings1.bin")
LETTER = office("[Content_Types].xml", "word/document.xml")


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("receipt.pdf", PDF, "application/pdf"),
        ("RECEIPT.PDF", PDF, "application/pdf"),
        ("scan.png", PNG, "image/png"),
        ("scan.jpeg", b"\xff\xd8\xff\xe0" + bytes(20), "image/jpeg"),
        ("scan.gif", b"GIF89a" + bytes(20), "image/gif"),
        ("scan.webp", b"RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp"),
        ("scan.tif", b"II*\x00" + bytes(20), "image/tiff"),
        ("scan.tiff", b"MM\x00*" + bytes(20), "image/tiff"),
        ("hours.xlsx", SHEET, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("letter.docx", LETTER, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("invoice.xml", b"\xef\xbb\xbf<?xml version='1.0'?><Invoice/>", "application/xml"),
        ("hours.csv", "Stunden;Köln\n1,5;ja\n".encode(), "text/csv"),
        ("note.txt", b"1 < 2, as <a mail> says\r\n", "text/plain"),
    ],
)
def test_accepted_files(name, content, kind):
    found = examine(name, content)
    assert (found.name, found.content_type, found.size) == (name, kind, len(content))
    assert len(found.sha256) == 64


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("receipt.pdf", b"MZ\x90\x00\x03" + bytes(60)),  # a program
        ("receipt.pdf", PNG),
        ("scan.png", PDF),
        ("hours.xlsx", LETTER),
        ("hours.xlsx", b"PK\x03\x04 and then nothing"),
        ("hours.zip", office("a.txt")),
        ("hours.xlsx", office("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin")),
        ("letter.docx", office("[Content_Types].xml", "word/document.xml", "word/embeddings/oleObject1.bin")),
        ("receipt.exe", PDF),
        ("receipt.pdf.exe", PDF),
        ("page.html", b"<p>hello</p>"),
        ("page.txt", b"  <!DOCTYPE html><p>hello</p>"),
        ("page.txt", b"hello <SCRIPT>alert(1)</SCRIPT>"),
        ("page.csv", b"a,b\n<svg onload=alert(1)>,1\n"),
        ("picture.xml", b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("styled.xml", b"<?xml version='1.0'?><?xml-stylesheet href='x.xsl'?><a/>"),
        ("note.txt", b"caf\xe9 in Latin-1"),
        ("note.txt", b"with a NUL \x00"),
        ("note.txt", b"   \n"),
        ("note.csv", b"<?xml version='1.0'?><a/>"),
    ],
)
def test_files_that_are_none_of_the_types_or_not_what_they_say(name, content):
    with pytest.raises(Unacceptable):
        examine(name, content)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/var/lib/x/receipt.pdf", "receipt.pdf"),
        ("re\x00ce\nipt.pdf", "receipt.pdf"),
        ("receipt\u202efdp.pdf", "receiptfdp.pdf"),
        (' a  "b" <c>.pdf ', "a _b_ _c_.pdf"),
        (".htaccess", "htaccess"),
        ("..", "file"),
        ("", "file"),
        ("Quittung für März.pdf", "Quittung für März.pdf"),
        ("x" * 200 + ".pdf", "x" * 116 + ".pdf"),
        ("x" * 200, "x" * 120),
    ],
)
def test_names_lose_what_could_do_harm(name, shown):
    assert clean_name(name) == shown


def test_a_name_without_an_ending_gets_that_of_its_type():
    assert examine("receipt", PDF).name == "receipt.pdf"
    assert examine("Receipt no. 5", PDF).name == "Receipt no. 5.pdf"
    assert examine("2026.11.25", PNG).name == "2026.11.25.png"
    assert len(examine("y" * 200, PDF).name) == 120


def test_damaged_archives_are_refused_and_break_nothing():
    chance = random.Random(7)
    for _ in range(2_000):
        damaged = bytearray(SHEET)
        for _ in range(chance.randint(1, 6)):
            damaged[chance.randrange(4, len(damaged))] = chance.randrange(256)
        with contextlib.suppress(Unacceptable):
            examine("hours.xlsx", bytes(damaged[: chance.randint(8, len(damaged))]))
