"""The product's documentation shows JSON; here it is sent and compared as it stands.

Ids such as `ACT_1001` stand for the account with that code. Comments (`// Cash`) are left out.
"""

import json
import re
from decimal import Decimal

from tests.cast import Books

ACCOUNT = re.compile(r"ACT_(\d{4})\b")
ID = re.compile(r"([A-Z]{3})_[0-9a-fA-F]+")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


SALE = """{
  "type": "income",
  "reference_number": "INV-001",
  "description": "Cash sale to customer",
  "transaction_date": "2024-01-15",
  "contact_id": "CON_1234567890abcdef",
  "entries": [
    {
      "account_id": "ACT_1001",
      "entry_type": "debit",
      "amount": 100.00,
      "description": "Cash received",
      "reference": "Check #1234"
    },
    {
      "account_id": "ACT_4001",
      "entry_type": "credit",
      "amount": 100.00,
      "description": "Sales revenue",
      "reference": "Invoice #001"
    }
  ]
}"""

PENDING = """{
  "status": "pending",
  "description": "Pending cash sale",
  "entries": [
    {"account_id": "ACT_1001", "entry_type": "debit", "amount": 100.00},
    {"account_id": "ACT_4001", "entry_type": "credit", "amount": 100.00}
  ]
}"""


def example(text: str, books: Books) -> str:
    """The JSON text of an example, with the ids that its accounts really have."""
    bare = re.sub(r"//[^\n]*", "", text)
    return ACCOUNT.sub(lambda found: books.account(found[1]), bare)


def shows(answer, text: str, books: Books) -> None:
    """The answer has every field of the example, with its value.

    An id has to be an id of the same kind, an instant an instant, a number has to be written with the same decimals.
    """
    _compare(answer, json.loads(example(text, books), parse_float=Decimal), "answer")


def _compare(found, shown, path: str) -> None:
    if isinstance(shown, dict):
        assert set(shown) <= set(found), f"{path} lacks {set(shown) - set(found)}"
        for name, value in shown.items():
            _compare(found[name], value, f"{path}.{name}")
    elif isinstance(shown, list):
        assert len(found) == len(shown), path
        for place, value in enumerate(shown):
            _compare(found[place], value, f"{path}[{place}]")
    elif isinstance(shown, str) and INSTANT.fullmatch(shown):
        assert INSTANT.fullmatch(found), path
    elif isinstance(shown, str) and ID.fullmatch(shown) and not shown.startswith("ACT_"):
        assert re.fullmatch(rf"{shown[:3]}_[0-9a-f]{{16}}", found), path
    else:
        assert str(found) == str(shown), f"{path}: {found!r} is shown as {shown!r}"


def balance(books: Books, code: str) -> Decimal:
    """An account's balance, as its own page shows it."""
    return books.api.get(f"/accounts/{books.account(code)}")["balance"]["amount"]


def record(books: Books, text: str, *, auto_post: bool = False, **more) -> dict:
    """Record the transaction of an example, posted at once if asked; the answer's body."""
    body = json.loads(example(text, books), parse_float=Decimal) | {"auto_post": auto_post, **more}
    answer = books.api.post("/transactions", body)
    assert answer.status == 201, answer.body
    return answer.body
