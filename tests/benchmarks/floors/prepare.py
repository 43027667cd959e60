"""Make the floors' tables and their two accounts. Run as a process of its own: it has settings of its own."""

import os
from pathlib import Path


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.benchmarks.floors.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from hordak.models import Account, AccountType

    call_command("migrate", verbosity=0, interactive=False)
    Account.objects.create(name="Cash", code="1", type=AccountType.asset, currencies=["USD"])
    Account.objects.create(name="Sales", code="2", type=AccountType.income, currencies=["USD"])
    with connection.cursor() as cursor:
        cursor.execute(Path(__file__).with_name("floor.sql").read_text())


if __name__ == "__main__":
    main()
