from django.apps import AppConfig


class WiringConfig(AppConfig):
    """Not a chapter of the house: it only lets Django find our checks of a deployment, and tasks their broker."""

    name = "config"

    def ready(self) -> None:
        """Register the checks, and the Celery application: a task sent without it goes to a broker that is not ours."""
        from config import celery, deployment, safety  # noqa: F401
