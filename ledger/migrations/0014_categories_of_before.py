"""Categories that transactions of before name, and the index by category.

Not in one transaction: a large journal is read while postings go on.
"""

from pathlib import Path

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from organizations.tables import sql_file

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("ledger", "0013_categories")]

    operations = [
        AddIndexConcurrently(
            model_name="transaction",
            index=models.Index(
                condition=models.Q(("category_id__isnull", False)),
                fields=["organization", "category_id", "transaction_date", "id"],
                name="transaction_by_category",
            ),
        ),
        sql_file(SQL / "0014_categories_of_before.sql"),
    ]
