from pathlib import Path

import django.contrib.postgres.fields
from django.db import migrations, models

from organizations.tables import sql_file

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """API keys that see a part of their organization, or work from some addresses only."""

    dependencies = [("organizations", "0020_backup_policies")]
    operations = [
        migrations.AddField(model_name="apikey", name="scope", field=models.JSONField(blank=True, null=True)),
        migrations.AddField(
            model_name="apikey",
            name="allowed_addresses",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=43), blank=True, db_default=[], default=list, size=None
            ),
        ),
        sql_file(SQL / "0021_narrow_keys.sql"),
    ]
