"""Contacts that transactions of before name.

Not in one transaction: a large journal is read while postings go on.
"""

from pathlib import Path

from django.db import migrations

from organizations.tables import sql_file

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("ledger", "0021_taxes")]

    operations = [sql_file(SQL / "0022_contacts_of_before.sql")]
