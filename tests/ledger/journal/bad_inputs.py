"""Requests that must be refused, made from rules: what may stand in a field, and everything that may not.

Each is a good sale with one thing wrong, named by its field and by what is there instead.
"""

from collections.abc import Callable, Iterator
from typing import Any

NOTHING = object()
STRANGE_TYPES = {"a number": 7, "a flag": True, "a list": ["x"], "a map": {"x": 1}, "a fraction": "1.5"}
NO_IDS = {
    **{name: value for name, value in STRANGE_TYPES.items() if name != "a fraction"},
    "empty": "",
    "another kind": "ORG_0123456789abcdef",
    "too short": "ACT_0123",
    "no hex": "ACT_zzzzzzzzzzzzzzzz",
    "too large": "ACT_ffffffffffffffff",
    "wide digits": "ACT_０１２３４５６７８９abcdef",
    "with a space": " ACT_0123456789abcdef",
}
NO_AMOUNTS = {
    "a flag": True,
    "a list": [1],
    "a map": {"amount": 1},
    "empty": "",
    "a word": "ten",
    "zero": 0,
    "zero text": "0.00",
    "negative": -1,
    "negative text": "-1.00",
    "too fine": "1.001",
    "an exponent": "1e2",
    "thousands": "1,000.00",
    "underscores": "1_000",
    "a plus": "+1.00",
    "spaces": " 1.00",
    "hexadecimal": "0x10",
    "wide digits": "１０",
    "not a number": "NaN",
    "infinite": "Infinity",
    "too large": "1" + "0" * 19,
    "leading zeros": "007",
    "a bare point": ".5",
    "an open point": "5.",
}
NO_TEXTS = {name: value for name, value in STRANGE_TYPES.items() if name != "a fraction"}
NO_DATES = {
    **NO_TEXTS,
    "empty": "",
    "no such day": "2024-02-30",
    "no such month": "2024-13-01",
    "the day of a week": "2024-W05-1",
    "day first": "01-02-2024",
    "slashes": "2024/01/02",
    "with a time": "2024-01-02T00:00:00Z",
    "short": "2024-1-2",
    "too early": "1899-12-31",
    "too late": "2201-01-01",
}
NO_CURRENCIES = {**NO_TEXTS, "empty": "", "unknown": "CUR_XQX", "too long": "USDD", "a word": "dollars"}
NO_METADATA = {
    "a list": ["x"],
    "a text": "x",
    "a number": 1,
    "a number inside": {"x": 1},
    "a map inside": {"x": {}},
    "nothing inside": {"x": None},
    "too long a value": {"x": "y" * 501},
    "too many": {str(place): "x" for place in range(51)},
    "an empty key": {"": "x"},
}
NO_CONDITIONS = {
    "a text": "0",
    "a list": [],
    "empty": {},
    "another operator": {"gt": 0},
    "more than bounds": {"gte": 0, "x": 1},
    "nothing": {"gte": None},
    "too fine": {"gte": "0.001"},
    "an exponent": {"lte": "1e3"},
    "a flag": {"gte": False},
    "crossed": {"gte": 2, "lte": 1},
}

HEADER = {
    "type": {**NO_TEXTS, "empty": "", "unknown": "gift", "in capitals": "INCOME"},
    "transaction_date": NO_DATES,
    "description": {**NO_TEXTS, "too long": "x" * 2001},
    "reference_number": {**NO_TEXTS, "too long": "x" * 101},
    "external_id": {**NO_TEXTS, "empty": "", "too long": "x" * 256},
    "currency_id": NO_CURRENCIES,
    "amount": NO_AMOUNTS,
    "account_id": {**NO_IDS, "nobody's": "ACT_0000000000000001"},
    "contact_id": {**NO_IDS, "an account": "ACT_0123456789abcdef"},
    "category_id": {**NO_IDS, "an account": "ACT_0123456789abcdef"},
    "metadata": NO_METADATA,
    "auto_post": {"a text": "true", "a number": 1, "nothing": None, "a list": []},
    "entries": {
        "left out": NOTHING,
        "nothing": None,
        "a text": "x",
        "a map": {},
        "empty": [],
        "one": [{"account_id": "ACT_0123456789abcdef", "entry_type": "debit", "amount": 1}],
    },
}
ENTRY = {
    "account_id": {**NO_IDS, "left out": NOTHING, "nothing": None, "nobody's": "ACT_0000000000000001"},
    "entry_type": {**NO_TEXTS, "left out": NOTHING, "nothing": None, "empty": "", "another word": "left"},
    "amount": {**NO_AMOUNTS, "left out": NOTHING, "nothing": None},
    "currency_id": {**NO_CURRENCIES, "not the account's": "CUR_EUR"},
    "currency_rate": {"a flag": True, "a list": [1], "a map": {}},
    "description": {**NO_TEXTS, "too long": "x" * 2001},
    "reference": {**NO_TEXTS, "too long": "x" * 101},
    "metadata": NO_METADATA,
    "balance_condition": NO_CONDITIONS,
}


def changed(target: dict, name: str, value: Any) -> None:
    """Put a value into a field, or leave the field out."""
    if value is NOTHING:
        target.pop(name, None)
    else:
        target[name] = value


def bad_inputs(good: Callable[[], dict]) -> Iterator[tuple[str, dict]]:
    """Each bad request with its name; ``good`` makes one that would be accepted."""
    for name, values in HEADER.items():
        for said, value in values.items():
            body = good()
            changed(body, name, value)
            yield f"{name}: {said}", body
    for place in (0, 1):
        for name, values in ENTRY.items():
            for said, value in values.items():
                body = good()
                changed(body["entries"][place], name, value)
                yield f"entries[{place}].{name}: {said}", body
    yield from _whole(good)


def _whole(good: Callable[[], dict]) -> Iterator[tuple[str, dict]]:
    """What no single field says: rules of posting, and several things wrong together."""
    for said, change in {
        "unbalanced": lambda body: body["entries"][0].update(amount="99.99"),
        "the same side twice": lambda body: body["entries"][1].update(entry_type="debit"),
        "income that credits no revenue": lambda body: [
            entry.update(entry_type={"debit": "credit", "credit": "debit"}[entry["entry_type"]])
            for entry in body["entries"]
        ],
        "an expense that debits none": lambda body: body.update(type="expense"),
        "a transfer to revenue": lambda body: body.update(type="transfer"),
        "closed books": lambda body: body.update(transaction_date="2020-01-01"),
        "a suspended account": lambda body: body["entries"].append({**body["entries"][0], "account_id": "SUSPENDED"}),
        "an external_id that is taken": lambda body: body.update(external_id="taken"),
        "a condition that does not hold": lambda body: body["entries"][0].update(balance_condition={"lte": 1}),
        "two fields": lambda body: body.update(type="gift", transaction_date="yesterday"),
        "a field and an entry": lambda body: (body.update(type=1), body["entries"][1].update(amount="x")),
        "a field and the flag": lambda body: body.update(type="gift", auto_post="yes"),
        "both entries": lambda body: [entry.update(amount="x") for entry in body["entries"]],
        "an unknown account and a fine amount": lambda body: (
            body["entries"][0].update(account_id="ACT_0000000000000001"),
            body["entries"][1].update(amount="1.001"),
        ),
        "a bad amount and a taken external_id": lambda body: body.update(external_id="taken", amount="0"),
        "unbalanced with a taken external_id": lambda body: (
            body.update(external_id="taken"),
            body["entries"][0].update(amount="1"),
        ),
        "an entry that is none": lambda body: body["entries"].append("x"),
    }.items():
        body = good()
        change(body)
        yield said, body


def odd_inputs(good: Callable[[], dict]) -> dict[str, dict]:
    """Requests that are accepted although they say something that nobody reads, by name."""
    found = {
        "another word for a field": {**good(), "date": "2024-05-01"},
        "misspelt": {**good(), "descripton": "Bread"},
        "in another style": {**good(), "referenceNumber": "R-1"},
        "nothing like it": {**good(), "colour": None},
        "what only the ledger says": {**good(), "status": "posted", "posting_date": "2024-05-01T00:00:00Z"},
        "a name that is long, and not of ASCII": {**good(), "é" * 5000: 1},
        "more than are told": {**good(), **{f"x{place}": place for place in range(40)}},
        "with a taken name beside it": {**good(), "transaction_date": "2024-05-01", "date": "2024-05-02"},
    }
    found["in the entries"] = good()
    for entry in found["in the entries"]["entries"]:
        entry |= {"rate": "1", "memo": "x"}
    return found
