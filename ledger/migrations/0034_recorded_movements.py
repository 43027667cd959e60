"""What was known of open items at a moment."""

from pathlib import Path

from django.db import migrations

from organizations.tables import sql_file

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0033_overdue")]
    operations = [sql_file(SQL / "0034_recorded_movements.sql")]
