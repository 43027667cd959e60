"""What an organization is known by, and what it takes over from who is above it."""

from pathlib import Path

from django.db import migrations, models

from organizations.tables import sql_file

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0036_scoped_keys"), ("organizations", "0026_invitations")]
    operations = [
        migrations.AddField(
            model_name="stationery",
            name="brand_name",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        sql_file(SQL / "0037_branding.sql"),
    ]
