from pathlib import Path

from django.db import migrations

from organizations.tables import sql_file


class Migration(migrations.Migration):
    """The journal is written by a function."""

    dependencies = [("ledger", "0001_core"), ("organizations", "0003_recording")]
    operations = [sql_file(Path(__file__).parent / "sql" / "0002_writing.sql")]
