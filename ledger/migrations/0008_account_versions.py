"""The versions of an account, for answers about past moments."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

from organizations.tables import sql_file, tenant_table

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_closing")]

    operations = [
        migrations.CreateModel(
            name="AccountVersion",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "organization_id",
                        "account_id",
                        "version",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("account_id", models.BigIntegerField()),
                ("version", models.IntegerField()),
                ("code", models.CharField(max_length=32)),
                ("name", models.CharField(max_length=200)),
                ("type", models.CharField(max_length=9)),
                ("currency_id", models.CharField(max_length=3)),
                ("parent_id", models.BigIntegerField(null=True)),
                ("gone", models.BooleanField(default=False)),
                ("recorded_at", models.DateTimeField()),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.organization",
                    ),
                ),
            ],
        ),
        sql_file(SQL / "0008_versions.sql"),
        tenant_table("ledger_accountversion", grants="select", primary_key=False),
    ]
