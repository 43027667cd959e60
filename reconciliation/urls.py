"""Addresses of this app, in chapter order."""

from django.urls import path

from reconciliation.statements.api import ImportViewSet, MappingViewSet, RemarkViewSet, StatementViewSet

OBJECT = {"get": "retrieve", "put": "update", "delete": "destroy"}
ORGANIZATION = "organizations/<str:organization_id>"
ACCOUNT = f"{ORGANIZATION}/accounts/<str:account_id>"
STATEMENT = f"{ORGANIZATION}/statements/<str:statement_id>"

urlpatterns = [
    path(f"{ACCOUNT}/import-statement", ImportViewSet.as_view({"post": "create"})),
    path(f"{ACCOUNT}/statement-mapping", MappingViewSet.as_view(OBJECT)),
    path(f"{ORGANIZATION}/statements", StatementViewSet.as_view({"get": "list"})),
    path(STATEMENT, StatementViewSet.as_view({"get": "retrieve"})),
    path(f"{STATEMENT}/undo", StatementViewSet.as_view({"post": "undo"})),
    path(f"{STATEMENT}/remarks", RemarkViewSet.as_view({"get": "list"})),
]
