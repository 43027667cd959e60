"""Addresses of the reports."""

from django.urls import path

from reports.views import TrialBalanceViewSet

urlpatterns = [
    path(
        "organizations/<str:organization_id>/reports/trial-balance",
        TrialBalanceViewSet.as_view({"get": "retrieve"}),
    ),
]
