"""Bank rules within a run of matching: what they book by themselves, and what they suggest to book."""

from collections.abc import Sequence

from django.db import transaction

from ledger.accounts.models import Account
from ledger.contacts.choosing import Choices
from ledger.journal.drafts import Draft
from organizations.actors import Actor
from organizations.errors import Refusal
from organizations.tenants.models import Organization
from reconciliation.errors import MatchNotSuggested, PartsDoNotAddUp
from reconciliation.matching.booking import Origin, book_draft
from reconciliation.matching.models import Match
from reconciliation.rules.bookings import booking_of
from reconciliation.rules.catches import Catch, RuleBook
from reconciliation.rules.splitting import SplitError
from reconciliation.rules.taxing import Taxing
from reconciliation.statements.models import StatementLine

SUGGESTED = "The bank rule “{}” books such lines."


class RuledLines:
    """The open lines of an account, each with the first bank rule that takes it."""

    def __init__(self, organization: Organization, lines: Sequence[StatementLine]):
        self.organization = organization
        caught = RuleBook.of(organization).rules_for(lines)
        self.catches: dict[int, Catch] = {line.pk: catch for line, catch in zip(lines, caught, strict=True) if catch}
        #: By line, the contact that a rule names; by its number.
        self.contacts: dict[int, str] = {}

    def carry_out(self, actor: Actor, lines: Sequence[StatementLine]) -> tuple[int, int]:
        """Book the lines of automatic rules and suggest the others; how many of each.

        A booking that the books refuse stays a suggestion, with the reason.
        """
        booked = suggested = 0
        for line in lines:
            catch = self.catches.get(line.pk)
            if catch is None:
                continue
            reason = SUGGESTED.format(catch.rule.row.name)
            if catch.rule.row.automatic and line.verdict == "new":
                try:
                    self._book(actor, line, catch)
                    booked += 1
                    continue
                except Refusal as refusal:
                    reason = f"The rule could not book it: {refusal.message}."
            self._suggest(line, catch, reason)
            suggested += 1
        return booked, suggested

    def book_suggested(self, actor: Actor, line: StatementLine, match: Match) -> Match:
        """Book a line as its suggestion says, which a match with what was posted replaces.

        Raises MatchNotSuggested where another rule takes the line now, or the rule was changed since, and what booking
        raises.
        """
        catch = self.catches.get(line.pk)
        meant = (match.rule_id, match.rule_version)
        if catch is None or (catch.rule.row.pk, catch.rule.row.version) != meant:
            raise MatchNotSuggested("The bank rules were changed since this was suggested; run matching again")
        return self._book(actor, line, catch)

    @transaction.atomic
    def _book(self, actor: Actor, line: StatementLine, catch: Catch) -> Match:
        row = catch.rule.row
        origin = Origin("rule", rule_id=row.pk, rule_version=row.version, reason=row.name)
        draft = draft_of(self.organization, line, catch)
        # A contact may have been merged or deleted since the rule was made.
        Choices(self.organization, [draft.contact_id]).check(draft.contact_id)
        return book_draft(actor=actor, organization=self.organization, line_id=line.pk, draft=draft, origin=origin)

    def _suggest(self, line: StatementLine, catch: Catch, reason: str) -> None:
        row = catch.rule.row
        match = Match.objects.create(
            organization=self.organization,
            account=line.account,
            origin="rule",
            line_ids=[line.pk],
            entry_ids=[],
            rule_id=row.pk,
            rule_version=row.version,
            reason=reason,
        )
        line.status, line.match_id = "suggested", match.pk
        line.save(update_fields=["status", "match_id"])


def draft_of(organization: Organization, line: StatementLine, catch: Catch) -> Draft:
    """What a rule books for a line. Raises PartsDoNotAddUp where the line cannot be divided as the rule says."""
    named = {part.account_id for part in catch.rule.actions.parts}
    accounts = Account.objects.of(organization).in_bulk({line.account_id, *named})
    taxing = Taxing.of(organization, catch.rule.actions.taxes().values())
    try:
        return booking_of(catch.rule.actions, line, accounts, taxing)
    except SplitError as problem:
        raise PartsDoNotAddUp(str(problem)) from problem
