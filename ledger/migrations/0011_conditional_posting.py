"""Conditional posting: what the balance of an account must be once a transaction is in the books."""

from pathlib import Path

from django.db import migrations

from organizations.tables import sql_file

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0010_balance_assertions")]

    operations = [sql_file(SQL / "0011_conditions.sql")]
