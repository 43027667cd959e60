"""Addresses of this app, in chapter order."""

from django.urls import path

from reconciliation.matching.lines_api import StatementLineViewSet
from reconciliation.matching.matches_api import MatchBatchViewSet, MatchingViewSet, MatchViewSet
from reconciliation.rules.api import BankRuleViewSet, LearningViewSet, SuggestionViewSet
from reconciliation.sessions.api import ReconciliationViewSet
from reconciliation.sessions.reports_api import (
    DiscrepancyViewSet,
    EntryStandingViewSet,
    ReportViewSet,
    SessionEntryViewSet,
)
from reconciliation.statements.api import ImportViewSet, MappingViewSet, RemarkViewSet, StatementViewSet

COLLECTION = {"get": "list", "post": "create"}
OBJECT = {"get": "retrieve", "put": "update", "delete": "destroy"}
ORGANIZATION = "organizations/<str:organization_id>"
ACCOUNT = f"{ORGANIZATION}/accounts/<str:account_id>"
LINE = f"{ORGANIZATION}/statement-lines/<str:line_id>"
MATCH = f"{ORGANIZATION}/matches/<str:match_id>"
BANK_RULE = f"{ORGANIZATION}/bank-rules/<str:bank_rule_id>"
RECONCILIATION = f"{ORGANIZATION}/reconciliations/<str:reconciliation_id>"
STATEMENT = f"{ORGANIZATION}/statements/<str:statement_id>"

urlpatterns = [
    path(f"{ACCOUNT}/import-statement", ImportViewSet.as_view({"post": "create"})),
    path(f"{ACCOUNT}/statement-mapping", MappingViewSet.as_view(OBJECT)),
    path(f"{ORGANIZATION}/statements", StatementViewSet.as_view({"get": "list"})),
    path(STATEMENT, StatementViewSet.as_view({"get": "retrieve"})),
    path(f"{STATEMENT}/undo", StatementViewSet.as_view({"post": "undo"})),
    path(f"{STATEMENT}/remarks", RemarkViewSet.as_view({"get": "list"})),
    path(f"{ORGANIZATION}/bank-rules", BankRuleViewSet.as_view(COLLECTION)),
    path(f"{ORGANIZATION}/bank-rules/test", BankRuleViewSet.as_view({"post": "try_new"})),
    path(BANK_RULE, BankRuleViewSet.as_view(OBJECT)),
    path(f"{BANK_RULE}/test", BankRuleViewSet.as_view({"post": "try_saved"})),
    path(f"{ORGANIZATION}/bank-learning", LearningViewSet.as_view({"get": "list", "delete": "destroy"})),
    path(f"{ORGANIZATION}/bank-learning/<str:account_id>/suggestion", SuggestionViewSet.as_view({"get": "retrieve"})),
    path(f"{ACCOUNT}/match", MatchingViewSet.as_view({"post": "create"})),
    path(f"{ORGANIZATION}/statement-lines", StatementLineViewSet.as_view({"get": "list"})),
    path(LINE, StatementLineViewSet.as_view({"get": "retrieve"})),
    path(f"{LINE}/candidates", StatementLineViewSet.as_view({"get": "candidates"})),
    path(f"{LINE}/match", StatementLineViewSet.as_view({"post": "match"})),
    path(f"{LINE}/unmatch", StatementLineViewSet.as_view({"post": "unmatch"})),
    path(f"{LINE}/create-transaction", StatementLineViewSet.as_view({"post": "create_transaction"})),
    path(f"{LINE}/split", StatementLineViewSet.as_view({"post": "split"})),
    path(f"{LINE}/transfer", StatementLineViewSet.as_view({"post": "transfer"})),
    path(f"{LINE}/ignore", StatementLineViewSet.as_view({"post": "ignore"})),
    path(f"{ORGANIZATION}/matches", MatchViewSet.as_view({"get": "list"})),
    path(f"{ORGANIZATION}/matches/batch-accept", MatchBatchViewSet.as_view({"post": "create"})),
    path(MATCH, MatchViewSet.as_view({"get": "retrieve"})),
    path(f"{MATCH}/explain", MatchViewSet.as_view({"get": "explain"})),
    path(f"{MATCH}/accept", MatchViewSet.as_view({"post": "accept"})),
    path(f"{MATCH}/reject", MatchViewSet.as_view({"post": "reject"})),
    path(f"{MATCH}/undo", MatchViewSet.as_view({"post": "undo"})),
    path(f"{ORGANIZATION}/reconciliations", ReconciliationViewSet.as_view(COLLECTION)),
    path(RECONCILIATION, ReconciliationViewSet.as_view({"get": "retrieve", "put": "update"})),
    path(f"{RECONCILIATION}/reconcile", ReconciliationViewSet.as_view({"post": "reconcile"})),
    path(f"{RECONCILIATION}/unreconcile", ReconciliationViewSet.as_view({"post": "unreconcile"})),
    path(f"{RECONCILIATION}/complete", ReconciliationViewSet.as_view({"post": "complete"})),
    path(f"{RECONCILIATION}/reopen", ReconciliationViewSet.as_view({"post": "reopen"})),
    path(f"{RECONCILIATION}/cancel", ReconciliationViewSet.as_view({"post": "cancel"})),
    path(f"{RECONCILIATION}/entries", SessionEntryViewSet.as_view({"get": "list"})),
    path(f"{RECONCILIATION}/report", ReportViewSet.as_view({"get": "retrieve"})),
    path(f"{RECONCILIATION}/discrepancies", DiscrepancyViewSet.as_view({"get": "retrieve"})),
    path(f"{ACCOUNT}/reconciliation-status", EntryStandingViewSet.as_view({"get": "list"})),
]
