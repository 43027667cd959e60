from importlib import import_module

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """WHAT HAPPENED: accounts, the journal, balances."""

    name = "ledger"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        # The one table that turns a database refusal into an API error is told to the wire.
        from ledger import invariants, notice_kinds
        from ledger.accounts.charts import TEMPLATES
        from ledger.accounts.opening import furnish_chart
        from ledger.stationery.branding import look_of
        from organizations.directory.furnishing import furnishes
        from organizations.letters.dressing import dresses

        # Their events, of which only a command and a task tell, are named with all others.
        for module in ("ledger.archives.importing", "ledger.deletions.performing"):
            import_module(module)
        invariants.register()
        notice_kinds.register()
        titles = [(name, chart.title) for name, chart in TEMPLATES.items()]
        dresses(look_of)
        furnishes("chart_template", furnish_chart, resource="accounts", choices=titles)
