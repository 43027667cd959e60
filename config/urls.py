"""Addresses: the resources as each app lists them, and beside them the back office and the reference."""

from django.urls import include, path

from config import readiness
from organizations.backoffice.site import site
from organizations.wire import docs

handler400 = "organizations.wire.refusing.bad_request"
handler403 = "organizations.wire.refusing.forbidden"
handler404 = "organizations.wire.refusing.not_found"
handler500 = "organizations.wire.refusing.server_error"

urlpatterns = [
    path("health/live", readiness.live),
    path("health/ready", readiness.ready),
    path("", include("ledger.onboarding.urls")),
    path("", include("organizations.urls")),
    path("", include("ledger.urls")),
    path("", include("reconciliation.urls")),
    path("", include("reports.urls")),
    path("admin/", site.urls),
    path("", docs.index),
    path("docs", docs.docs),
    path("openapi.json", docs.openapi),
    path("llms.txt", docs.llms),
]
