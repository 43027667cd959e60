"""Which rule takes a line of the bank, and which of its conditions the line fulfils."""

from collections.abc import Iterable
from dataclasses import dataclass

from organizations.tenants.models import Organization
from reconciliation.rules.actions import Actions, read_actions
from reconciliation.rules.conditions import Compiled, Hit, Reading, read_conditions
from reconciliation.rules.models import BankRule
from reconciliation.statements.models import StatementLine


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule made ready for many lines. It leaves lines alone whose own account it would book to."""

    row: BankRule
    account_id: int | None
    conditions: Compiled
    actions: Actions
    books_to: frozenset[int]

    def catches(self, line: StatementLine, reading: Reading) -> bool:
        """Whether the rule is for this line's account, and its conditions hold."""
        account = line.account_id
        return (
            (self.account_id is None or self.account_id == account)
            and account not in self.books_to
            and self.conditions.catches(reading)
        )

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands among the rules; one that is not saved yet comes after all of its priority."""
        return self.row.priority, self.row.pk if self.row.pk is not None else 2**63


@dataclass(frozen=True, slots=True)
class Catch:
    """A line taken by a rule, with the conditions that it fulfils."""

    rule: Rule
    hits: list[Hit]


def compiled(row: BankRule) -> Rule:
    """A saved rule, or one as it would be saved, made ready. Raises ValueError for one that no verb has written."""
    conditions, problems = read_conditions(row.conditions)
    actions, wrong = read_actions(row.actions)
    if problems or actions is None:
        raise ValueError(f"A stored rule cannot be read: {problems | wrong}")
    books_to = frozenset(part.account_id for part in actions.parts)
    return Rule(row, row.account_id, Compiled(conditions, row.match), actions, books_to)


class RuleBook:
    """An organization's active rules in their order, made ready once and asked for many lines."""

    def __init__(self, rules: Iterable[Rule]):
        self._rules = sorted(rules, key=lambda rule: rule.place)

    @classmethod
    def of(cls, organization: Organization) -> "RuleBook":
        """All of them, in one query."""
        return cls(map(compiled, BankRule.objects.of(organization).filter(is_active=True)))

    def before(self, rule: Rule) -> "RuleBook":
        """Those that are asked before a rule, saved or not."""
        return RuleBook(each for each in self._rules if each.place < rule.place)

    def rule_for(self, line: StatementLine) -> Catch | None:
        """The first rule that takes the line, or None."""
        reading = Reading(line)
        for rule in self._rules:
            if rule.catches(line, reading):
                return Catch(rule, rule.conditions.hits(reading))
        return None

    def rules_for(self, lines: Iterable[StatementLine]) -> list[Catch | None]:
        """The same for many lines, in their order."""
        return [self.rule_for(line) for line in lines]
