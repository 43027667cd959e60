"""Which tables hold rows of organizations, in the order of their references."""

from pathlib import Path

from django.db import migrations

from organizations.tables import sql_file


class Migration(migrations.Migration):
    dependencies = [("organizations", "0022_cors_origins")]

    operations = [sql_file(Path(__file__).parent / "sql" / "0023_tenant_tables.sql")]
