from pathlib import Path

from django.db import migrations

from organizations.tables import sql_file


class Migration(migrations.Migration):
    """Facts of several requests recorded in one call; ids cost less."""

    dependencies = [("organizations", "0004_answers_in_line")]
    operations = [sql_file(Path(__file__).parent / "sql" / "0005_facts_of_many.sql")]
