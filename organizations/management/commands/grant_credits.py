from django.core.management.base import BaseCommand, CommandError

from organizations import ids, scoping
from organizations.actors import system
from organizations.errors import Refusal
from organizations.metering.crediting import GIVEN, balance_of, give
from organizations.tenants.models import Organization


class Command(BaseCommand):
    """Give an organization credits, once for each reference."""

    help = "Give an organization credits, once for each reference; says what is left."

    def add_arguments(self, parser):
        parser.add_argument("organization", help="its id, ORG_…")
        parser.add_argument("credits", type=int)
        parser.add_argument("--reference", required=True, help="what it is for, such as the number of an invoice")
        parser.add_argument("--kind", choices=GIVEN, default="grant")
        parser.add_argument("--note", default="")

    def handle(self, *args, **options):
        try:
            number = ids.decode("ORG", options["organization"])
        except ValueError as problem:
            raise CommandError(str(problem)) from problem
        with scoping.acting_in(number):
            organization = Organization.objects.filter(pk=number).first()
            if organization is None:
                raise CommandError("There is no such organization.")
            given = {name: options[name] for name in ("credits", "kind", "reference", "note")}
            try:
                give(actor=system("grant_credits"), organization=organization, **given)
            except Refusal as refusal:
                raise CommandError(str(refusal.details.get("fields") or refusal.message)) from refusal
            self.stdout.write(f"{organization.name} has {balance_of(number):,} credits.")
