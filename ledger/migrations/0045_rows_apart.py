"""Rows and events of a posting come apart."""

from pathlib import Path

from django.db import migrations

from organizations.tables import sql_file


class Migration(migrations.Migration):
    dependencies = [("ledger", "0044_items_moved_by_set")]

    operations = [sql_file(Path(__file__).parent / "sql" / "0045_rows_apart.sql")]
