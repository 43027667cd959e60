"""Open items do not move in closed books either."""

from pathlib import Path

from django.db import migrations

from organizations.tables import sql_file


class Migration(migrations.Migration):
    dependencies = [("ledger", "0041_standing_roles")]

    operations = [sql_file(Path(__file__).parent / "sql" / "0042_movements_in_open_books.sql")]
