"""The express lane asks whether a posting has to wait for approval."""

from pathlib import Path

from django.db import migrations

from organizations.tables import sql_file

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0031_intake"),
        ("organizations", "0013_drafts"),
    ]

    operations = [
        sql_file(SQL / "0032_approval.sql"),
    ]
