from django.apps import AppConfig


class ReconciliationConfig(AppConfig):
    """DOES THE BANK AGREE: statements of the bank against the entries of the books."""

    name = "reconciliation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from ledger.demo import loading
        from reconciliation import invariants
        from reconciliation.practice.demonstrating import bring_the_bank
        from reconciliation.sessions import closing_checks  # noqa: F401 (its items join the closing checklist)

        invariants.register()
        loading.additions.append(bring_the_bank)
