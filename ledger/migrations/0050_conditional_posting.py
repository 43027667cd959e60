"""Conditional posting: what the balance of an account must be once a transaction is in the books."""

from pathlib import Path

from django.db import migrations

from organizations.tables import sql_file

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_long_reversals")]

    operations = [sql_file(SQL / "0050_conditions.sql")]
