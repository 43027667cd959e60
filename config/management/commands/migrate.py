"""`manage.py migrate`, as the role that may."""

from django.core.management.commands import migrate


class Command(migrate.Command):
    """Django's own command, on the owner's connection unless told otherwise: the application's role owns nothing."""

    def add_arguments(self, parser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")
