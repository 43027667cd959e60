"""Schedules, and what became of their occurrences."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import organizations.fields
from organizations.tables import sql_file, tenant_table

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0029_transfers"),
        ("organizations", "0011_letters"),
    ]

    operations = [
        migrations.CreateModel(
            name="Recurring",
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
                        prefix="RCR",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=200)),
                ("recurable_type", models.CharField(max_length=11)),
                ("status", models.CharField(default="active", max_length=9)),
                ("pause_reason", models.CharField(blank=True, max_length=200)),
                ("frequency", models.CharField(max_length=12)),
                ("interval", models.IntegerField(default=1)),
                ("month_end", models.BooleanField(default=False)),
                ("business_day", models.CharField(default="none", max_length=8)),
                ("started_at", models.DateField()),
                ("anchor", models.DateField()),
                ("anchor_number", models.IntegerField(default=1)),
                ("ended_at", models.DateField(blank=True, null=True)),
                ("max_executions", models.IntegerField(blank=True, null=True)),
                ("catch_up", models.CharField(default="all", max_length=6)),
                ("catch_up_limit", models.IntegerField(default=400)),
                ("auto_post", models.BooleanField(default=True)),
                ("auto_send", models.BooleanField(default=False)),
                ("revisions", models.JSONField()),
                ("depreciation", models.JSONField(blank=True, null=True)),
                ("next_number", models.IntegerField(default=1)),
                ("next_execution", models.DateField(blank=True, null=True)),
                ("executions_count", models.IntegerField(default=0)),
                ("last_execution", models.DateTimeField(blank=True, null=True)),
                ("version", models.IntegerField(default=1)),
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
            options={
                "verbose_name_plural": "recurring",
            },
        ),
        migrations.CreateModel(
            name="Execution",
            fields=[
                (
                    "id",
                    organizations.fields.IdField(
                        db_default=organizations.fields.NextId(),
                        editable=False,
                        prefix="EXC",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("number", models.IntegerField()),
                ("due_date", models.DateField()),
                ("status", models.CharField(max_length=9)),
                ("document_id", models.CharField(blank=True, max_length=20)),
                ("error_code", models.CharField(blank=True, max_length=60)),
                ("error_message", models.TextField(blank=True)),
                ("attempts", models.IntegerField(default=1)),
                ("executed_at", models.DateTimeField()),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.organization",
                    ),
                ),
                (
                    "transaction",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.transaction",
                    ),
                ),
                (
                    "recurring",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.recurring",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="recurring",
            index=models.Index(
                condition=models.Q(("status", "active")),
                fields=["organization", "next_execution", "id"],
                name="recurring_due",
            ),
        ),
        migrations.AddIndex(
            model_name="execution",
            index=models.Index(fields=["organization", "due_date", "id"], name="execution_by_date"),
        ),
        migrations.AddIndex(
            model_name="execution",
            index=models.Index(
                condition=models.Q(("status", "failed")), fields=["organization", "id"], name="execution_that_failed"
            ),
        ),
        migrations.AddConstraint(
            model_name="execution",
            constraint=models.UniqueConstraint(
                fields=("organization", "recurring", "number"), name="recurring_occurrence_once"
            ),
        ),
        tenant_table("ledger_recurring", grants="select, insert, update, delete"),
        tenant_table(
            "ledger_execution",
            grants="select, insert, update",
            references={
                "execution_of_own_schedule": ("recurring_id", "ledger_recurring(id)"),
                "execution_of_own_transaction": ("transaction_id", "ledger_transaction(id)"),
            },
        ),
        sql_file(SQL / "0030_recurring.sql"),
    ]
