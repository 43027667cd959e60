"""Open items are moved by one statement, however many they are."""

from pathlib import Path

from django.db import migrations

from organizations.tables import sql_file


class Migration(migrations.Migration):
    dependencies = [("ledger", "0043_plans_that_last")]

    operations = [sql_file(Path(__file__).parent / "sql" / "0044_items_moved_by_set.sql")]
