from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Trial balance, balance sheet, income statement and their kin."""

    name = "reports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from ledger.demo import loading
        from reports import invariants
        from reports.demonstrating import keep_for_reports

        invariants.register()
        loading.additions.append(keep_for_reports)
