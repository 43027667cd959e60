"""Closing a year brings suspended accounts of revenue and expense to zero, too."""

from pathlib import Path

from django.db import migrations

from organizations.tables import sql_file

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0017_checks_by_statement")]

    operations = [sql_file(SQL / "0018_suspended_results.sql")]
