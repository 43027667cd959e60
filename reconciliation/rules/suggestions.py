"""To which account a line belongs, as far as the words of earlier lines can tell.

Naive Bayes in whole numbers: what speaks for an account is the share of its lines among all, times the
share of its lines that had each word, with one line imagined on either side so that nothing is certain
(Laplace). A rival that nobody has seen, with one line of its own, stands for every account that is not
known yet: few lines make a low score, and only many bring it near a thousand.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ledger.accounts.models import Account
from organizations import ids
from organizations.tenants.models import Organization
from reconciliation.rules.learning import EVERY_LINE
from reconciliation.rules.models import LearnedToken
from reconciliation.rules.tokens import tokens_of

#: One, in whole numbers: what speaks for an account is a part of it.
ONE = 10**40


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The account that fits best. ``score`` and ``margin`` (over the runner-up) are thousandths.

    ``tokens`` are the words of the text that are known, each with how many of the account's
    ``lines`` had it.
    """

    counter_account_id: int
    score: int
    margin: int
    lines: int
    tokens: dict[str, int]


@dataclass(slots=True)
class Known:
    """What was counted for one counter account: its lines, and how many had each word."""

    lines: int = 0
    words: dict[str, int] = field(default_factory=dict)

    def weight(self, words: Sequence[str]) -> int:
        """How much speaks for the account, to be compared with that of others."""
        found = self.lines
        for word in words:
            found *= min(self.words.get(word, 0), self.lines) + 1
        return ONE * found // (self.lines + 2) ** len(words)


def suggested_accounts(organization: Organization, account_id: int, texts: Sequence[str]) -> list[Suggestion | None]:
    """For each text of a bank account's lines the account that fits best, in one query for all.

    None where no word of the text is known. Accounts that are not active are passed over.
    """
    wanted = [tokens_of(text) for text in texts]
    known = _known(organization, account_id, {word for words in wanted for word in words})
    heard = {word for each in known.values() for word in each.words}
    return [_best(known, [word for word in words if word in heard]) for words in wanted]


def _known(organization: Organization, account_id: int, words: set[str]) -> dict[int, Known]:
    found: dict[int, Known] = {}
    active = Account.objects.of(organization).filter(status="active").values("pk")
    rows = LearnedToken.objects.of(organization).filter(account_id=account_id, counter_account_id__in=active)
    counts = rows.filter(token__in=[EVERY_LINE, *words]).values_list("counter_account_id", "token", "count")
    for number, word, count in counts.order_by("counter_account_id", "token"):
        each = found.setdefault(number, Known())
        if word == EVERY_LINE:
            each.lines = count
        else:
            each.words[word] = count
    return found


def _best(known: dict[int, Known], words: list[str]) -> Suggestion | None:
    if not words:
        return None
    unseen = ONE // 3 ** len(words)  # one line, which has each word or not
    weights = [(each.weight(words), -number) for number, each in known.items()]
    best, number = max(weights)
    whole = sum(weight for weight, _ in weights) + unseen
    runner_up = max([unseen, *(weight for weight, other in weights if other != number)])
    account = known[-number]
    return Suggestion(
        counter_account_id=-number,
        score=best * 1000 // whole,
        margin=(best - runner_up) * 1000 // whole,
        lines=account.lines,
        tokens={word: account.words[word] for word in words if word in account.words},
    )


def suggestion_answer(text: str, found: Suggestion | None) -> dict:
    """A suggestion as the API shows it."""
    return {
        "object": "bank_learning_suggestion",
        "text": text,
        "words": tokens_of(text),
        "counter_account_id": None if found is None else ids.encode("ACT", found.counter_account_id),
        "score": None if found is None else found.score,
        "margin": None if found is None else found.margin,
        "lines": 0 if found is None else found.lines,
        "tokens": [] if found is None else [{"token": word, "count": count} for word, count in found.tokens.items()],
    }
