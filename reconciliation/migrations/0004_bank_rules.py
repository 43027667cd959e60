"""Bank rules, and the words that learning counts."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Now

import organizations.fields
import reconciliation.rules.models
from organizations.tables import sql_file, tenant_table

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0003_sessions")]

    operations = [
        migrations.CreateModel(
            name="BankRule",
            fields=[
                ("created_at", models.DateTimeField(db_default=Now(), editable=False)),
                ("updated_at", models.DateTimeField(db_default=Now(), editable=False)),
                ("metadata", models.JSONField(blank=True, default=dict)),
                (
                    "id",
                    organizations.fields.IdField(
                        db_default=organizations.fields.NextId(),
                        editable=False,
                        prefix="RUL",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("priority", models.IntegerField(default=100)),
                (
                    "match",
                    models.CharField(choices=reconciliation.rules.models.rule_matches, default="all", max_length=3),
                ),
                ("conditions", models.JSONField()),
                ("actions", models.JSONField()),
                ("automatic", models.BooleanField(default=False)),
                ("is_active", models.BooleanField(default=True)),
                ("version", models.IntegerField(default=1, editable=False)),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
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
        migrations.CreateModel(
            name="LearnedToken",
            fields=[
                (
                    "id",
                    organizations.fields.IdField(
                        db_default=organizations.fields.NextId(),
                        editable=False,
                        prefix="",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("token", models.CharField(max_length=30)),
                ("count", models.IntegerField()),
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
                    "counter_account",
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
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.organization",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="learnedtoken",
            constraint=models.UniqueConstraint(
                fields=("organization", "account", "token", "counter_account"), name="learned_token_once"
            ),
        ),
        tenant_table(
            "reconciliation_bankrule",
            grants="select, insert, delete",
            references={"bank_rule_of_own_account": ("account_id", "ledger_account(id)")},
        ),
        migrations.RunSQL(
            "grant update (name, priority, account_id, match, conditions, actions, automatic, is_active, metadata,"
            " updated_at) on reconciliation_bankrule to crane_app",
            migrations.RunSQL.noop,
        ),
        tenant_table(
            "reconciliation_learnedtoken",
            grants="select, insert, delete",
            references={
                "learned_on_own_account": ("account_id", "ledger_account(id)"),
                "learned_for_own_account": ("counter_account_id", "ledger_account(id)"),
            },
        ),
        migrations.RunSQL("grant update (count) on reconciliation_learnedtoken to crane_app", migrations.RunSQL.noop),
        sql_file(SQL / "0004_bank_rules.sql"),
    ]
