"""Postings that are in order take one round trip."""

from pathlib import Path

from django.db import migrations

from organizations.tables import sql_file

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_reversal_check"), ("organizations", "0005_facts_of_many")]

    operations = [sql_file(SQL / "0006_at_once.sql")]
