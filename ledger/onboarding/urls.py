"""The addresses of onboarding, which are looked at before that of one organization."""

from django.urls import path

from ledger.onboarding.api import CloneViewSet, OnboardingViewSet

urlpatterns = [
    path("organizations/batch", OnboardingViewSet.as_view({"post": "create"})),
    path("organizations/<str:organization_id>/clone", CloneViewSet.as_view({"post": "create"})),
]
