"""A posting's plans are as good for large tables as for small ones."""

from pathlib import Path

from django.db import migrations

from organizations.tables import sql_file


class Migration(migrations.Migration):
    dependencies = [("ledger", "0042_movements_in_open_books")]

    operations = [sql_file(Path(__file__).parent / "sql" / "0043_plans_that_last.sql")]
