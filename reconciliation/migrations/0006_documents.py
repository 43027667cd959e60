"""Matches that pay documents."""

from pathlib import Path

import django.contrib.postgres.fields
from django.db import migrations, models

from organizations.tables import sql_file

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0029_transfers"), ("reconciliation", "0005_named_lines")]

    operations = [
        migrations.AddField(
            "match",
            "document_ids",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20), db_default=[], default=list, size=None
            ),
        ),
        migrations.AddField("match", "payment_id", models.BigIntegerField(null=True)),
        migrations.RunSQL("grant update (payment_id) on reconciliation_match to crane_app", migrations.RunSQL.noop),
        sql_file(SQL / "0006_documents.sql"),
    ]
