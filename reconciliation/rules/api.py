"""Bank rules and learning over HTTP."""

from django.db.models import OuterRef, Subquery
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response

from ledger.accounts.models import Account
from organizations import ids
from organizations.errors import NotFound, Refusal
from organizations.requests.views import TenantViewSet
from organizations.wire.filtering import Choice, Flag, Instant, Metadata, PublicId, Text, Whole
from organizations.wire.query_strings import read_declared, read_parameters
from organizations.wire.schema import public_id_schema
from reconciliation.rules import shapes, trial_shapes
from reconciliation.rules.answers import rule_answer
from reconciliation.rules.catches import compiled
from reconciliation.rules.conditions import MATCHES
from reconciliation.rules.learning import EVERY_LINE, reset_learning
from reconciliation.rules.models import BankRule, LearnedToken
from reconciliation.rules.ruling import create_rule, delete_rule, drafted_rule, update_rule
from reconciliation.rules.suggestions import suggested_accounts, suggestion_answer
from reconciliation.rules.trials import Span, trial_answer, try_rule


class BankRuleViewSet(TenantViewSet):
    """Where the money of a line goes, decided once for all such lines."""

    resource = "bank-rules"
    list_fields = {
        "name": Text(),
        "priority": Whole(),
        "account_id": PublicId("ACT", nullable=True),
        "match": Choice(MATCHES),
        "automatic": Flag(),
        "is_active": Flag(),
        "created_at": Instant(),
        "metadata": Metadata(),
    }
    sort_fields = ["priority", "name", "created_at"]
    default_sort = "priority"

    def _rule(self) -> BankRule:
        found = BankRule.objects.of(self.organization).filter(pk=self._number()).first()
        if found is None:
            raise NotFound()
        return found

    def _number(self) -> int:
        return self.read_id("bank_rule_id", "RUL")

    def _try(self, rule: BankRule | None, body: dict) -> Response:
        span = Span(**{name: value for name, value in body.items() if name != "rule" and value is not None})
        try:
            tried = drafted_rule(self.organization, rule, body.get("rule", {}))
        except Refusal as refusal:
            said = refusal.details.get("fields", {})
            raise type(refusal)(fields={f"rule.{path}": problems for path, problems in said.items()}) from refusal
        return Response(trial_answer(try_rule(self.organization, compiled(tried), span), self.organization))

    @extend_schema(responses=shapes.BankRuleShape(many=True))
    def list(self, request, organization_id):
        """List bank rules in the order in which they are asked."""
        return self.page(BankRule.objects.of(self.organization), lambda rows: [rule_answer(row) for row in rows])

    @extend_schema(request=shapes.NewBankRuleShape, responses={201: shapes.BankRuleShape})
    def create(self, request, organization_id):
        """Make a bank rule.

        Texts are compared without case and accents, by plain words and never by patterns. The first active rule that
        catches a line takes it. A rule leaves lines alone whose own account it would book to. Rules name no taxes: a
        line is booked as it stands on the statement.
        """
        fields = self.read(shapes.NewBankRuleShape)
        rule = create_rule(actor=self.actor, organization=self.organization, **fields)
        return Response(rule_answer(rule), status=201)

    @extend_schema(responses=shapes.BankRuleShape)
    def retrieve(self, request, organization_id, bank_rule_id):
        """Show a bank rule."""
        return Response(rule_answer(self._rule()))

    @extend_schema(request=shapes.BankRuleChangesShape, responses=shapes.BankRuleShape)
    def update(self, request, organization_id, bank_rule_id):
        """Change a bank rule. Conditions and actions are replaced as a whole; the version is raised."""
        changes = dict(self.read(shapes.BankRuleChangesShape))
        rule = update_rule(actor=self.actor, organization=self.organization, rule_id=self._number(), changes=changes)
        return Response(rule_answer(rule))

    @extend_schema(responses={204: None})
    def destroy(self, request, organization_id, bank_rule_id):
        """Delete a bank rule. What it has booked stays."""
        delete_rule(actor=self.actor, organization=self.organization, rule_id=self._number())
        return Response(status=204)

    @extend_schema(request=trial_shapes.NewBankRuleTrialShape, responses=trial_shapes.BankRuleTrialResultShape)
    def try_new(self, request, organization_id):
        """Try a bank rule on past lines before it is saved.

        Answers which lines it would catch, their sums, and what would be booked for the first 20. Nothing is saved.
        """
        return self._try(None, self.read(trial_shapes.NewBankRuleTrialShape))

    @extend_schema(request=trial_shapes.BankRuleTrialShape, responses=trial_shapes.BankRuleTrialResultShape)
    def try_saved(self, request, organization_id, bank_rule_id):
        """Try a saved bank rule on past lines, with changes or without."""
        return self._try(self._rule(), self.read(trial_shapes.BankRuleTrialShape))


class LearningViewSet(TenantViewSet):
    """What was learned from lines that people matched or booked."""

    resource = "bank-learning"
    write_parameters = {"account_id": PublicId("ACT")}
    list_fields = {
        "account_id": PublicId("ACT"),
        "counter_account_id": PublicId("ACT"),
        "token": Text(),
        "count": Whole(),
    }
    sort_fields = ["count", "token"]
    default_sort = "-count"

    @extend_schema(responses=shapes.LearnedTokenShape(many=True))
    def list(self, request, organization_id):
        """List the words that were learned, with how many lines had them and where these went."""
        rows = LearnedToken.objects.of(self.organization)
        same = {name: OuterRef(name) for name in ("organization_id", "account_id", "counter_account_id")}
        lines = LearnedToken.objects.filter(**same, token=EVERY_LINE).values("count")
        rows = rows.exclude(token=EVERY_LINE).annotate(lines=Subquery(lines))
        return self.page(rows, lambda page: [self._answer(row) for row in page])

    def _answer(self, row: LearnedToken) -> dict:
        return {
            "object": "learned_token",
            "account_id": ids.encode("ACT", row.account_id),
            "token": row.token,
            "counter_account_id": ids.encode("ACT", row.counter_account_id),
            "count": row.count,
            "lines": row.lines or 0,
        }

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "account_id", public_id_schema("ACT"), description="Only of this bank account; of all unless given."
            )
        ],
        responses={204: None},
    )
    def destroy(self, request, organization_id):
        """Forget what was learned, for one bank account or for all."""
        values = read_declared(request.query_params, self.write_parameters)
        reset_learning(actor=self.actor, organization=self.organization, account_id=values.get("account_id"))
        return Response(status=204)


class SuggestionViewSet(TenantViewSet):
    """What learning says of a text."""

    resource = "bank-learning"

    @extend_schema(
        parameters=[OpenApiParameter("text", Text.schema, description="What a line says.")],
        responses=shapes.AccountSuggestionShape,
    )
    def retrieve(self, request, organization_id, account_id):
        """Show to which account a text would go, as far as earlier lines can tell, and which words say so."""
        text = read_parameters(request.query_params, {"text": Text()}).get("text", "")
        number = self.read_id("account_id", "ACT")
        if not Account.objects.of(self.organization).filter(pk=number).exists():
            raise NotFound()
        (found,) = suggested_accounts(self.organization, number, [text])
        return Response(suggestion_answer(text, found))
