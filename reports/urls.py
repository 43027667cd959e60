"""Addresses of the reports."""

from django.urls import path

from reports.views import OverviewViewSet, TrialBalanceViewSet

urlpatterns = [
    path("organizations/<str:organization_id>/overview", OverviewViewSet.as_view({"get": "retrieve"})),
    path(
        "organizations/<str:organization_id>/reports/trial-balance",
        TrialBalanceViewSet.as_view({"get": "retrieve"}),
    ),
]
