"""Foreign balances at the rates of a day."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import organizations.fields
from organizations.tables import append_only, sql_file, tenant_table

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0026_payments")]

    operations = [
        migrations.CreateModel(
            name="Revaluation",
            fields=[
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("metadata", models.JSONField(blank=True, default=dict)),
                (
                    "id",
                    organizations.fields.IdField(
                        db_default=organizations.fields.NextId(),
                        editable=False,
                        prefix="RVL",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("as_of", models.DateField()),
                ("lines", models.JSONField(default=list)),
                ("unrealised", models.DecimalField(decimal_places=8, default=0, max_digits=28)),
                ("realised", models.DecimalField(decimal_places=8, default=0, max_digits=28)),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.organization",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="revaluation",
            index=models.Index(fields=["organization", "as_of", "id"], name="revaluation_by_day"),
        ),
        tenant_table("ledger_revaluation", grants="select, insert"),
        append_only("ledger_revaluation", "revaluations_are_final"),
        sql_file(SQL / "0027_revaluations.sql"),
    ]
