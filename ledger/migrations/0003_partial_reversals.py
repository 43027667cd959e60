"""Reversals in parts: an entry of a reversal names the entry that it undoes."""

from pathlib import Path

from django.db import migrations, models

from organizations.tables import sql_file

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_writing")]

    operations = [
        migrations.RemoveConstraint(model_name="transaction", name="transaction_reversed_once"),
        migrations.AddField(
            model_name="entry",
            name="reverses_entry_id",
            field=models.BigIntegerField(editable=False, null=True),
        ),
        sql_file(SQL / "0003_reversals.sql"),
    ]
