from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    """WHO: tenancy, members, API keys, events, idempotency."""

    name = "organizations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from organizations import invariants
        from organizations.metering.collecting import collect_quietly
        from organizations.metering.crediting import left_of
        from organizations.metering.paying import pool_of
        from organizations.requests import credits, spool

        invariants.register()
        spool.collectors.append(collect_quietly)
        credits.ask(credits.Books(pool_of, left_of))
