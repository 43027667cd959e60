"""A draft that a schedule made may be deleted; and a schedule knows which missed days are made up for on request."""

from pathlib import Path

from django.db import migrations, models

from organizations.tables import sql_file


class Migration(migrations.Migration):
    dependencies = [("ledger", "0038_deletions")]

    operations = [
        migrations.AddField(
            model_name="recurring",
            name="make_up_through",
            field=models.DateField(blank=True, null=True),
        ),
        sql_file(Path(__file__).parent / "sql" / "0039_deleted_drafts.sql"),
    ]
