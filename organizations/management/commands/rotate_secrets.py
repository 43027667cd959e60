"""Seal every kept secret by the newest key: `manage.py rotate_secrets`. Then the keys before it can go."""

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from organizations import scoping
from organizations.resealing import reseal
from organizations.users.enrolling import reseal_authenticators


class Command(BaseCommand):
    help = "Seal every kept secret by the newest of SECRETS_KEYS; while the installation serves, and twice if need be."

    def handle(self, **options) -> None:
        numbers = scoping.every_organization()
        found = [reseal_authenticators()]
        found += [
            reseal(number)
            for number in tqdm(numbers, unit="organization", desc="Sealing anew", disable=len(numbers) < 2)
        ]
        resealed, newest = sum(each.resealed for each in found), sum(each.newest for each in found)
        self.stdout.write(f"{resealed} secrets sealed anew; {newest} were already.")
        if lost := [name for each in found for name in each.lost]:
            raise CommandError(f"No key opens {', '.join(lost)}. Name the key of before, or give these secrets again.")
