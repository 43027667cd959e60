from django.core.management.base import BaseCommand, CommandError

from organizations import ids, scoping
from organizations.actors import system
from organizations.errors import Refusal
from organizations.metering.pooling import change_pool
from organizations.tenants.models import Organization

SWITCH = {"on": True, "off": False, "default": None}


class Command(BaseCommand):
    """Say whether an organization that pays must have the credits."""

    help = "Say whether calls that an organization pays for are refused when it has no credits left."

    def add_arguments(self, parser):
        parser.add_argument("organization", help="its id, ORG_…")
        parser.add_argument("switch", choices=SWITCH, help="default: as CREDITS_ENFORCED says")

    def handle(self, *args, **options):
        try:
            number = ids.decode("ORG", options["organization"])
        except ValueError as problem:
            raise CommandError(str(problem)) from problem
        with scoping.acting_in(number):
            organization = Organization.objects.filter(pk=number).first()
            if organization is None:
                raise CommandError("There is no such organization.")
            try:
                change_pool(
                    actor=system("enforce_credits"), organization=organization, enforced=SWITCH[options["switch"]]
                )
            except Refusal as refusal:
                raise CommandError(refusal.message) from refusal
        self.stdout.write(f"{organization.name}: {options['switch']}. Running processes follow within seconds.")
