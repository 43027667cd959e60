from django.apps import AppConfig


class ReconciliationConfig(AppConfig):
    """Statements of the bank against the entries of the books."""

    name = "reconciliation"
    default_auto_field = "django.db.models.BigAutoField"
