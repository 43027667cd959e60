"""Keys of Alice's that are for a part of her books, and what would give away the rest."""

import json
from dataclasses import replace
from typing import Any

from organizations import ids
from organizations.keys.minting import create_key
from tests.cast import Answer, Api
from tests.contract.askers import World
from tests.contract.declaring import Case
from tests.contract.estate import Estate
from tests.contract.trade_estate import mark
from tests.contract.watching import Asker

#: What each scoped key is for, by its names in the estate: an account and a contact that nothing else names, and those
#: with entries, documents and payments.
PARTS = {"quiet": ("account_id", "contact_id"), "busy": ("other_account_id", "trader")}
#: What says nothing of anything that stands in the books.
OPEN = {"organization_id", "closed_year", "open_year"}


def scoped_keys(world: World) -> dict[str, Asker]:
    """The scoped keys."""
    return {name: world.asker(Api(_secret(world["alice"], *part)), "alice") for name, part in PARTS.items()}


def _secret(estate: Estate, account: str, contact: str) -> str:
    books = estate.books
    scope = {
        "account_ids": [ids.decode("ACT", estate[account])],
        "contact_ids": [ids.decode("CON", estate[contact])],
    }
    with books.acting():
        _, secret = create_key(
            actor=books.actor, organization_id=estate.number, mode="live", name="Portal", permissions=["read"],
            scope=scope,
        )  # fmt: skip
    return secret


def beyond(estate: Estate, who: str) -> set[str]:
    """Ids, and names of accounts and contacts as they stand in answers, that a scoped key must not be shown."""
    seen = {estate[name] for name in PARTS[who]}
    found = {public_id for name, public_id in estate.ids.items() if name not in OPEN} - seen
    found |= {json.dumps(account.name) for account in estate.books.accounts.values() if account.public_id not in seen}
    if who == "quiet":
        found |= {f'"{name} {mark(estate.books)}"' for name in ("Ann", "Beate")} | {'"12.00"', '"50.00"'}
    return found


def shown(answer: Answer) -> str:
    """All that an answer says."""
    return json.dumps(answer.body, default=str)


def busy_case(case: Case) -> Case:
    """The case on the account and the contact of the busy key."""
    account, contact = PARTS["busy"]
    query = case.query.replace("{account_id}", f"{{{account}}}")
    return replace(case, path={"account_id": account, "contact_id": contact, **case.path}, query=query)


def without_moments(body: Any) -> Any:
    """An answer without the moment that it is of, and without what a key sees of a payment with its bank account."""
    if isinstance(body, list):
        return [without_moments(each) for each in body]
    if not isinstance(body, dict):
        return body
    left_out = {"known_at", "receipt", "entries_query", "account_amount"}
    return {name: without_moments(value) for name, value in body.items() if name not in left_out}
