from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Trial balance, balance sheet, income statement and their kin."""

    name = "reports"
    default_auto_field = "django.db.models.BigAutoField"
