"""Reading the items of a batch of new transactions, by the rules of a single one."""

from typing import Any

from ledger.journal.batch_writing import Item
from ledger.journal.drafts import BESIDE, Draft, read_draft
from organizations.errors import Invalid, Refusal
from organizations.wire.batches import problem_with_reference

#: What an item says of itself, beside the transaction.
OF_AN_ITEM = BESIDE | {"client_ref"}


def read_item(body: Any, item: Item, auto_post: bool) -> tuple[Draft, bool]:
    """The transaction that an item asks for, and whether to post it. Raises Invalid with every field at fault."""
    if not isinstance(body, dict):
        raise misplaced(item, "An object.")
    found, problems = read_draft(body, beside=OF_AN_ITEM)
    post = body.get("auto_post", auto_post)
    if not isinstance(post, bool):
        problems["auto_post"] = "true or false."
    problems |= problem_with_reference(body)
    if problems:
        raise Invalid(fields=problems)
    return Draft(**found), post


def misplaced(item: Item, said: str) -> Refusal:
    """A refusal of the item as a whole."""
    item.path = item.path.removesuffix(".")
    return Invalid(fields={"": said})
