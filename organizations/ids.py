"""Public ids: a prefix that says what a thing is, and its 64-bit key in hexadecimal.

``TXN_0123456789abcdef`` is a transaction. The key is time-ordered and given by the
database, so public ids sort by creation and reveal no count. Reading ignores case;
writing always gives the one canonical form: prefix upper, digits lower.
"""

import re

PREFIXES = {
    "organization": "ORG",
    "account": "ACT",
    "transaction": "TXN",
    "entry": "LED",
    "contact": "CON",
    "category": "CAT",
    "item": "ITM",
    "tax": "TAX",
    "invoice": "INV",
    "bill": "BIL",
    "payment": "PAY",
    "transfer": "TRF",
    "recurring": "RCR",
    "recurring_execution": "EXC",
    "reconciliation": "REC",
    "statement": "STM",
    "statement_line": "LIN",
    "exchange_rate": "EXR",
    "event": "EVT",
    "api_key": "KEY",
    "integration": "CNX",
    "inbox_event": "INB",
    "webhook": "WHK",
    "webhook_delivery": "WHD",
    "draft": "DRF",
    "request": "REQ",
    "user": "USR",
    "membership": "MEM",
    "invitation": "IVT",
    "match": "MAT",
    "bank_rule": "RUL",
    "investor": "IVR",
    "budget": "BUD",
    "attachment": "ATT",
    "balance_assertion": "AST",
    "lock_lift": "LFT",
    "year_closing": "FYC",
    "examination": "EXM",
    "checkpoint": "CHK",
    "anchor": "ANC",
    "credit_note": "CRN",
    "vendor_credit": "VCR",
    "open_item": "OPI",
    "settlement": "STL",
    "revaluation": "RVL",
    "letter": "LTR",
    "stationery": "STA",
    "close_package": "CLP",
    "saved_report": "SRP",
    "credit_entry": "CRE",
    "credit_purchase": "CPU",
    "deletion_certificate": "DLC",
}
KINDS = {prefix: name for name, prefix in PREFIXES.items()}

LARGEST = 2**63 - 1  # PostgreSQL's bigint is signed, and keys are never negative

_WRITTEN = re.compile(r"([A-Za-z]{3})_([0-9A-Fa-f]{16})")


class MalformedId(ValueError):
    """The text is no public id at all."""


class WrongKind(ValueError):
    """A well-formed id, but of another kind of thing than was asked for."""


def encode(prefix: str, number: int) -> str:
    """The public id of a key: ``encode("TXN", 255)`` is ``TXN_00000000000000ff``.

    Raises ValueError for an unknown prefix or a number that no key can have.
    """
    if prefix not in KINDS:
        raise ValueError(f"{prefix!r} is not a prefix of any id.")
    if not 0 <= number <= LARGEST:
        raise ValueError(f"{number} is not a 64-bit key.")
    return f"{prefix}_{number:016x}"


def decode(prefix: str, text: str) -> int:
    """The key behind a public id of the kind that ``prefix`` names.

    Raises MalformedId if the text is no id, WrongKind if it is the id of something else.
    """
    written = _WRITTEN.fullmatch(text) if isinstance(text, str) else None
    found = written[1].upper() if written else None
    number = int(written[2], 16) if written else -1
    if found not in KINDS or number > LARGEST:
        raise MalformedId(f"This is not an id; {_describe(prefix)} is expected.")
    if found != prefix:
        raise WrongKind(f"This is {_describe(found)}; {_describe(prefix)} is expected.")
    return number


def _describe(prefix: str) -> str:
    name = KINDS[prefix].replace("_", " ").replace("api", "API")
    article = "an" if name[0] in "aeioAEIO" else "a"
    return f"the id of {article} {name} ({prefix}_ and 16 hexadecimal digits)"
