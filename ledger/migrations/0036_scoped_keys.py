"""What a key sees that is for some accounts and contacts only."""

from pathlib import Path

from django.db import migrations

from organizations.tables import sql_file

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0035_sealed_secrets"), ("organizations", "0021_narrow_keys")]
    operations = [sql_file(SQL / "0036_scoped_keys.sql")]
