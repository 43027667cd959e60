from django.apps import AppConfig


class ReconciliationConfig(AppConfig):
    """DOES THE BANK AGREE: statements of the bank against the entries of the books."""

    name = "reconciliation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from reconciliation import invariants

        invariants.register()
