"""Balance assertions: what a balance must be at the end of a day."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Now

import organizations.fields
from organizations.tables import sql_file, tenant_table

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0009_two_clocks")]

    operations = [
        migrations.CreateModel(
            name="BalanceAssertion",
            fields=[
                ("created_at", models.DateTimeField(db_default=Now(), editable=False)),
                ("updated_at", models.DateTimeField(db_default=Now(), editable=False)),
                ("metadata", models.JSONField(blank=True, default=dict)),
                (
                    "id",
                    organizations.fields.IdField(
                        db_default=organizations.fields.NextId(),
                        editable=False,
                        prefix="AST",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("date", models.DateField()),
                ("expected", models.DecimalField(decimal_places=8, max_digits=28)),
                ("blocking", models.BooleanField(default=False)),
                ("description", models.TextField(blank=True)),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.account",
                    ),
                ),
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
            model_name="balanceassertion",
            constraint=models.UniqueConstraint(
                fields=("organization", "account", "date"), name="balance_assertion_once"
            ),
        ),
        tenant_table(
            "ledger_balanceassertion",
            grants="select, insert, delete",
            references={"assertion_on_own_account": ("account_id", "ledger_account(id)")},
        ),
        migrations.RunSQL(
            "grant update (expected, blocking, description, metadata, updated_at)"
            " on ledger_balanceassertion to crane_app",
            migrations.RunSQL.noop,
        ),
        sql_file(SQL / "0010_assertions.sql"),
    ]
