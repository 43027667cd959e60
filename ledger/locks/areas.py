"""The areas that are locked one by one, and the area that a transaction belongs to. Pure.

The area follows from the transaction's type alone: income is sales, expense is purchases, a
transfer is bank, and everything else (journal, depreciation, opening, closing) is journal.
The database function ``ledger_lock_area`` says the same.
"""

AREAS = ("journal", "sales", "purchases", "bank")
_OF_TYPE = {"income": "sales", "expense": "purchases", "transfer": "bank"}


def area_of(transaction_type: str) -> str:
    """The area that transactions of a type belong to."""
    return _OF_TYPE.get(transaction_type, "journal")
