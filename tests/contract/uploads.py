"""Bodies that are forms with a file."""

from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.contract.estate import Estate
from tests.ledger.stationery.pictures import picture

CSV = b"transaction,date,description,reference,account_code,debit,credit,currency\n"
CSV += b"1,2026-01-05,Sale,,1001,5.00,,USD\n1,2026-01-05,Sale,,4001,,5.00,USD\n"
REFERENCE = b'<Cube><Cube time="2026-01-05"><Cube currency="USD" rate="1.0945"/></Cube></Cube>'
CONTACTS = b"Name;E-Mail\nCarla;carla@example.com\n"
BUDGET = b"account_code,2020-01,2020-02\n4001,5.00,6.00\n"
BANK_CSV = b"Date,Description,Amount\n2026-02-05,Deposit,5.00\n"


class File:
    """What `encode_multipart` takes for a file."""

    def __init__(self, name: str, content: bytes, content_type: str = "text/csv"):
        self.name, self.content, self.content_type = name, content, content_type

    def read(self) -> bytes:
        return self.content


def _form(file: File) -> tuple[bytes, str]:
    return encode_multipart(BOUNDARY, {"file": file}), MULTIPART_CONTENT


def receipt(estate: Estate) -> tuple[bytes, str]:
    return _form(File("receipt.csv", CSV))


def upload(estate: Estate) -> tuple[bytes, str]:
    return _form(File("journal.csv", CSV))


def statement(estate: Estate) -> tuple[bytes, str]:
    return _form(File("bank.csv", BANK_CSV))


def logo(estate: Estate) -> tuple[bytes, str]:
    return _form(File("logo.png", picture(), "image/png"))


def contacts(estate: Estate) -> tuple[bytes, str]:
    return _form(File("contacts.csv", CONTACTS))


def rates(estate: Estate) -> tuple[bytes, str]:
    return _form(File("rates.xml", REFERENCE))


def budget(estate: Estate) -> tuple[bytes, str]:
    return _form(File("budget.csv", BUDGET))
