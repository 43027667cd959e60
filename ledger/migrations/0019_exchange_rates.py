"""Exchange rates: how much one unit of a currency was in another on a day."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Now

import organizations.fields
from organizations.tables import sql_file, tenant_table

SQL = Path(__file__).parent / "sql"


def _currency():
    return models.ForeignKey(
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="organizations.currency",
    )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0018_suspended_results"), ("organizations", "0010_trade_policies")]

    operations = [
        migrations.CreateModel(
            name="ExchangeRate",
            fields=[
                ("created_at", models.DateTimeField(db_default=Now(), editable=False)),
                ("updated_at", models.DateTimeField(db_default=Now(), editable=False)),
                ("metadata", models.JSONField(blank=True, default=dict)),
                (
                    "id",
                    organizations.fields.IdField(
                        db_default=organizations.fields.NextId(),
                        editable=False,
                        prefix="EXR",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("rate", models.DecimalField(decimal_places=12, max_digits=24)),
                ("effective_date", models.DateField()),
                ("source", models.CharField(default="manual", max_length=50)),
                ("from_currency", _currency()),
                ("to_currency", _currency()),
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
        migrations.AddConstraint(
            model_name="exchangerate",
            constraint=models.UniqueConstraint(
                fields=("organization", "from_currency", "to_currency", "effective_date", "source"),
                name="exchange_rate_once",
            ),
        ),
        tenant_table("ledger_exchangerate", grants="select, insert, delete"),
        sql_file(SQL / "0019_exchange_rates.sql"),
    ]
