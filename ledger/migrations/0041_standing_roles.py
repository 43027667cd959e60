"""Control accounts keep their role, roles go to accounts of their type, and what reopened a year is not reversed."""

from pathlib import Path

from django.db import migrations

from organizations.tables import sql_file


class Migration(migrations.Migration):
    dependencies = [("ledger", "0040_occurrences_validated")]

    operations = [sql_file(Path(__file__).parent / "sql" / "0041_standing_roles.sql")]
