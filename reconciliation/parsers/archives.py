"""ZIP and gzip archives around a statement, unpacked without trusting them.

An archive may claim any size, unpack to a thousand times its own, hold a million members, or another archive.
What is read from it is bounded by what it may become, never by what it says of itself.
"""

import io
import zipfile
import zlib

from reconciliation.parsers.items import Unreadable

MOST_RATIO = 200  # unpacked to packed; statements in XML reach 40
SMALL = 1 << 20  # bytes up to which the ratio says nothing
MOST_MEMBERS = 1_000

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_GZIP = b"\x1f\x8b"
_MEMBER = b"PK\x01\x02"
_PART = 1 << 20
_HIDDEN = ("__MACOSX/", ".")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, OverflowError, KeyError)


def unpacked(data: bytes, file_name: str, max_bytes: int) -> tuple[bytes, str]:
    """The one file in an archive and its name; data that is no archive as it is.

    Raises Unreadable file_too_large where more than ``max_bytes`` or a ratio that no statement has come out of it,
    archive_not_readable where it is broken, encrypted, nested or holds other than one file, and
    spreadsheet_not_readable for the office documents that are archives.
    """
    if data.startswith(_ZIP):
        data, file_name = _from_zip(data, max_bytes)
    elif data.startswith(_GZIP):
        data, file_name = _from_gzip(data, max_bytes), file_name.removesuffix(".gz")
    else:
        return data, file_name
    if data.startswith((*_ZIP, _GZIP)):
        raise _refusal("The archive holds another archive; unpack it, and import the statement itself.")
    return data, file_name


def _from_zip(data: bytes, max_bytes: int) -> tuple[bytes, str]:
    if data.count(_MEMBER) > MOST_MEMBERS:
        raise _refusal(f"The archive holds more than {MOST_MEMBERS} files; import the statement alone.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if any(name == "[Content_Types].xml" or name == "mimetype" for name in names):
                message = "The file is a document of an office program; open it there and save the sheet as CSV."
                raise Unreadable("spreadsheet_not_readable", message)
            members = [member for member in archive.infolist() if _is_file(member)]
            if len(members) != 1:
                raise _refusal(f"The archive holds {len(members)} files; unpack it, and import one after the other.")
            return _member(archive, members[0], len(data), max_bytes), members[0].filename
    except _BROKEN:
        raise _refusal("The archive is damaged, or of an unusual kind; unpack it, and import the file.") from None


def _is_file(member: zipfile.ZipInfo) -> bool:
    return not member.is_dir() and not member.filename.startswith(_HIDDEN) and "/." not in member.filename


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, size: int, max_bytes: int) -> bytes:
    if member.flag_bits & 1:
        raise _refusal("The archive is encrypted; unpack it with its password, and import the file.")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _refusal("The archive is packed in an unusual way; unpack it, and import the file.")
    limit = _limit(min(member.compress_size, size), max_bytes)
    content = io.BytesIO()
    with archive.open(member) as stream:
        while part := stream.read(_PART):
            content.write(part)
            if content.tell() > limit:
                raise _too_large()
    return content.getvalue()


def _from_gzip(data: bytes, max_bytes: int) -> bytes:
    limit = _limit(len(data), max_bytes)
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        content = unpacking.decompress(data, limit + 1)
    except zlib.error:
        raise _refusal("The archive is damaged; download it again.") from None
    if len(content) > limit:
        raise _too_large()
    if not unpacking.eof:
        raise _refusal("The archive is cut off; download it again.")
    if unpacking.unused_data.strip(b"\0"):
        raise _refusal("The archive holds several files; unpack it, and import one after the other.")
    return content


def _limit(packed: int, max_bytes: int) -> int:
    return min(max_bytes, max(SMALL, packed * MOST_RATIO))


def _refusal(message: str) -> Unreadable:
    return Unreadable("archive_not_readable", message)


def _too_large() -> Unreadable:
    return Unreadable("file_too_large", "Unpacked, the file is far too large; export a shorter period from the bank.")
