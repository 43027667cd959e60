"""Reversals are checked by a function of their own."""

from pathlib import Path

from django.db import migrations

from organizations.tables import sql_file

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_long_reversals")]

    operations = [sql_file(SQL / "0005_reversal_check.sql")]
