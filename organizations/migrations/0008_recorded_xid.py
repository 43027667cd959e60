"""Events know the database transaction that recorded them: their order for whoever seals or feeds them."""

from pathlib import Path

from django.db import migrations

from organizations.tables import sql_file


class Migration(migrations.Migration):
    dependencies = [("organizations", "0007_job_parts")]
    operations = [sql_file(Path(__file__).parent / "sql" / "0008_recorded_xid.sql")]
