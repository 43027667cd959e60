"""Postings look up what they need by the same indexes on a new installation as on an old one."""

from pathlib import Path

from django.db import migrations

from organizations.tables import sql_file

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_long_reversals")]

    operations = [sql_file(SQL / "0005_steady_plans.sql")]
