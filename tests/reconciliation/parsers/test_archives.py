"""ZIP and gzip archives around a statement, friendly and hostile ones."""

import gzip
import io
import tracemalloc
import zipfile

import pytest

from reconciliation.parsers import archives
from reconciliation.parsers.archives import unpacked
from reconciliation.parsers.items import Unreadable

pytestmark = pytest.mark.xdist_group("archives of statements")  # a gigabyte of zeros is packed once

STATEMENT = b":20:A\n:25:1\n"
LIMIT = 10 * 2**20


def zipped(*members: tuple[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", how) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return content.getvalue()


def refusal(data: bytes, limit: int = LIMIT) -> str:
    with pytest.raises(Unreadable) as refused:
        unpacked(data, "a.zip", limit)
    assert refused.value.message.endswith(".")
    return refused.value.code


@pytest.mark.parametrize("how", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_the_one_file_of_a_zip(how):
    assert unpacked(zipped(("x/may.sta", STATEMENT), how=how), "a.zip", LIMIT) == (STATEMENT, "x/may.sta")


def test_folders_and_what_computers_add_by_themselves_do_not_count():
    data = zipped(
        ("x/", b""), ("__MACOSX/x/._may.sta", b"1"), (".DS_Store", b"2"), ("x/.hidden", b"3"), ("x/may.sta", STATEMENT)
    )
    assert unpacked(data, "a.zip", LIMIT) == (STATEMENT, "x/may.sta")


def test_a_gzip():
    assert unpacked(gzip.compress(STATEMENT), "may.sta.gz", LIMIT) == (STATEMENT, "may.sta")
    assert unpacked(gzip.compress(STATEMENT) + b"\0" * 512, "may.sta", LIMIT) == (STATEMENT, "may.sta")


def test_what_is_no_archive_stays_as_it_is():
    assert unpacked(STATEMENT, "may.zip", LIMIT) == (STATEMENT, "may.zip")


@pytest.mark.parametrize(
    "members",
    [(), (("a.sta", STATEMENT), ("b.sta", STATEMENT)), (("__MACOSX/a", b""),)],
    ids=["empty", "two", "nothing of use"],
)
def test_not_one_file(members):
    assert refusal(zipped(*members)) == "archive_not_readable"


def test_too_many_files():
    many = zipped(*((f"{number}.sta", b"") for number in range(archives.MOST_MEMBERS + 1)))
    assert refusal(many) == "archive_not_readable"


@pytest.mark.parametrize("name", ["[Content_Types].xml", "mimetype"])
def test_office_documents_are_archives_too(name):
    assert refusal(zipped((name, b""), ("xl/workbook.xml", b"<x/>"))) == "spreadsheet_not_readable"


def test_an_archive_in_an_archive():
    inner = zipped(("a.sta", STATEMENT))
    for nested in (zipped(("a.zip", inner)), gzip.compress(inner), zipped(("a.gz", gzip.compress(STATEMENT)))):
        assert refusal(nested) == "archive_not_readable"


def test_an_encrypted_archive():
    data = bytearray(zipped(("a.sta", STATEMENT)))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    assert refusal(bytes(data)) == "archive_not_readable"


@pytest.mark.parametrize("how", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packed_in_an_unusual_way(how):
    assert refusal(zipped(("a.sta", STATEMENT), how=how)) == "archive_not_readable"


def test_a_damaged_archive():
    whole = zipped(("a.sta", STATEMENT * 100))
    for data in (
        whole[:-10],
        whole[:40],
        b"PK\x03\x04",
        whole[:45] + b"xxxx" + whole[49:],
        b"PK\x05\x06" + b"\xff" * 18,
    ):
        assert refusal(data) == "archive_not_readable"
    packed = gzip.compress(STATEMENT * 100)
    for data in (packed[:-9], packed[:12], packed[:20] + b"xxxx" + packed[24:], packed + packed, packed + b"rubbish"):
        assert refusal(data) == "archive_not_readable"


@pytest.mark.parametrize("limit", [len(STATEMENT) - 1, 0])
def test_more_than_is_allowed(limit):
    assert refusal(zipped(("a.sta", STATEMENT)), limit) == "file_too_large"
    assert refusal(gzip.compress(STATEMENT), limit) == "file_too_large"
    assert unpacked(zipped(("a.sta", STATEMENT)), "", len(STATEMENT))[0] == STATEMENT


@pytest.fixture(scope="module")
def gigabyte() -> bytes:
    """A ZIP of a megabyte that holds a gigabyte of zeros."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.sta", "w") as member:
        for _ in range(2**10):
            member.write(bytes(2**20))
    return content.getvalue()


def lying(archive: bytes, size: int) -> bytes:
    """The same ZIP, saying that its file has another size."""
    return archive.replace((2**30).to_bytes(4, "little"), size.to_bytes(4, "little"))


def as_gzip(archive: bytes) -> bytes:
    """The packed bytes of the ZIP's file as a gzip."""
    return b"\x1f\x8b\x08" + bytes(6) + b"\x03" + archive[archive.index(b"a.sta") + 5 :]


@pytest.mark.parametrize(
    "dress", [bytes, lambda archive: lying(archive, 2**20 * 150), as_gzip], ids=["zip", "lie", "gzip"]
)
def test_a_gigabyte_of_zeros_is_refused_in_little_memory(gigabyte, dress):
    data = dress(gigabyte)
    assert len(data) < 2 * 2**20
    tracemalloc.start()
    code = refusal(data, 100 * 2**20)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert code == "file_too_large"
    assert peak < 250 * 2**20


def test_a_small_lie_is_no_way_around_the_limit(gigabyte):
    """A file is read only as far as it claims to go, and then its checksum is wrong."""
    assert refusal(lying(gigabyte, 100)) == "archive_not_readable"


def test_unlikely_ratios_are_refused_before_the_limit_is_reached():
    data = gzip.compress(bytes(5 * 2**20))
    assert refusal(data, 100 * 2**20) == "file_too_large"
    assert unpacked(gzip.compress(bytes(archives.SMALL)), "", LIMIT)[0] == bytes(archives.SMALL)
