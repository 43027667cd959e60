"""Refusals about the books of a past moment, and about what balances must be."""

import json
from decimal import Decimal

from organizations.errors import Conflict, Unprocessable


class ReceiptLost(Unprocessable):
    """The receipt is of a moment that this server has not reached: the books were restored to a state before it."""

    code = "receipt_lost"
    message = "The books were restored to a state from before this receipt"


class BalanceAssertionExists(Conflict):
    """An account has at most one assertion for a day."""

    code = "balance_assertion_exists"
    message = "There is an assertion for this account and day already"


class AssertionIdentityFinal(Unprocessable):
    """Account and date of an assertion cannot be changed; withdraw it and make another."""

    code = "balance_assertion_immutable"
    message = "The account and date of an assertion cannot be changed"


class AssertionNotTrue(Unprocessable):
    """A blocking assertion must be true when it begins to block. ``details``: expected, balance."""

    code = "balance_assertion_not_true"
    message = "The balance is not what the assertion says"


class BalanceAssertionBroken(Unprocessable):
    """The posting would break a blocking assertion. ``details``: assertion_id, account_id, date, expected, balance."""

    code = "balance_assertion_broken"
    message = "Transaction could not be posted"

    @classmethod
    def reported(cls, report) -> "BalanceAssertionBroken":
        """The refusal, from PostgreSQL's report: the database names the assertion in its detail."""
        details = json.loads(report.message_detail or "{}", parse_float=Decimal)
        return cls(details=details | {"reason": cls._reason(details)})

    @staticmethod
    def _reason(details: dict) -> str:
        return (
            f"{details.get('assertion_id')} says that the balance on {details.get('date')} is"
            f" {details.get('expected')}; it would be {details.get('balance')}."
        )
