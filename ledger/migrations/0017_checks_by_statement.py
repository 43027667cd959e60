"""What every posting must be is asked once for each statement, and locks no row that all postings share."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

from organizations.tables import sql_file

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0016_proof")]

    operations = [
        migrations.AlterField(
            model_name="transaction",
            name="organization",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organizations.organization",
            ),
        ),
        migrations.AlterField(
            model_name="transaction",
            name="currency",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organizations.currency",
            ),
        ),
        migrations.AddField(
            model_name="transaction",
            name="first_line",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(models.When(status="posted", then=models.Value(1))),
                output_field=models.IntegerField(),
            ),
        ),
        sql_file(SQL / "0017_checks_by_statement.sql"),
    ]
