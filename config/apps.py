from django.apps import AppConfig


class WiringConfig(AppConfig):
    """Not a chapter of the house: it only lets Django find our checks of a deployment."""

    name = "config"

    def ready(self) -> None:
        """Register the checks."""
        from config import safety  # noqa: F401
