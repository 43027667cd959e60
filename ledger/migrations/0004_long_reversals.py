"""Long reversals: each entry finds the one that it undoes by its key."""

from pathlib import Path

from django.db import migrations

from organizations.tables import sql_file

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_partial_reversals")]

    operations = [sql_file(SQL / "0004_long_reversals.sql")]
