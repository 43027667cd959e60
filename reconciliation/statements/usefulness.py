"""Whether an import took anything: a file of which no movement can be used fails, and says why."""

from collections.abc import Sequence

from ledger.accounts.models import Account
from reconciliation.errors import StatementCurrencyDiffers, StatementUnreadable
from reconciliation.statements.following import GAP

#: Errors that lose no movement: what the bank has not booked comes again, and of a balance only the proof is missing.
NOTHING_LOST = frozenset(
    {"not_booked", "pending", "declined", "balance_unreadable", "balance_restated", "balance_does_not_add_up",
     "closing_balance_missing", GAP}
)  # fmt: skip
OTHER_CURRENCY = "other_currency"
SHOWN = 20  # problems in a refusal


def refuse_useless(account: Account, problems: Sequence[tuple[int, str, str]]) -> None:
    """Refuse a file that gave no line, known or new, but these problems: each its place, code and reason.

    Raises StatementCurrencyDiffers where all are of another currency, StatementUnreadable where nothing can be read.
    """
    lost = [each for each in problems if each[1] not in NOTHING_LOST]
    if not lost:
        return
    place, code, reason = lost[0]
    shown = [{"place": place, "code": code, "reason": reason} for place, code, reason in lost[:SHOWN]]
    told = {"errors": len(lost), "problems": shown}
    if all(each[1] == OTHER_CURRENCY for each in lost):
        raise StatementCurrencyDiffers(reason, details={"account_currency": account.currency_id, **told})
    message = f"No movement of the file can be read. The first problem, at {place}: {reason}"
    raise StatementUnreadable(message, details={"reason": code, **told}, fields={"file": message})
