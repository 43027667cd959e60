from pathlib import Path

from django.db import migrations

from organizations.tables import sql_file


class Migration(migrations.Migration):
    """Events are recorded by a function."""

    dependencies = [("organizations", "0002_django_grants")]
    operations = [sql_file(Path(__file__).parent / "sql" / "0003_recording.sql")]
