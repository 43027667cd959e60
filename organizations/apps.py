from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    """WHO: tenancy, members, API keys, events, idempotency."""

    name = "organizations"
    default_auto_field = "django.db.models.BigAutoField"
