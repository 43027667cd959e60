"""Reconciliation sessions, the entries they mark, and what they post."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import organizations.fields
import reconciliation.sessions.models
from organizations.tables import append_only, sql_file, tenant_table

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0017_checks_by_statement"),
        ("organizations", "0009_long_answers"),
        ("reconciliation", "0002_matching"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reconciliation",
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
                        prefix="REC",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("start_date", models.DateField()),
                ("end_date", models.DateField()),
                ("opening_balance", models.DecimalField(decimal_places=8, max_digits=28)),
                (
                    "opening_from",
                    models.CharField(choices=reconciliation.sessions.models.session_openings, max_length=8),
                ),
                ("covers_through", models.BigIntegerField(editable=False, null=True)),
                ("closing_balance", models.DecimalField(decimal_places=8, max_digits=28)),
                (
                    "status",
                    models.CharField(
                        choices=reconciliation.sessions.models.session_statuses, default="in_progress", max_length=11
                    ),
                ),
                ("completed_at", models.DateTimeField(editable=False, null=True)),
                ("cancelled_at", models.DateTimeField(editable=False, null=True)),
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
        migrations.CreateModel(
            name="ReconciledEntry",
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
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.entry",
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
                (
                    "reconciliation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="marks",
                        to="reconciliation.reconciliation",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "reconciled entries",
            },
        ),
        migrations.CreateModel(
            name="Adjustment",
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
                (
                    "transaction",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.transaction",
                    ),
                ),
                (
                    "reconciliation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="adjustments",
                        to="reconciliation.reconciliation",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="reconciliation",
            index=models.Index(fields=["organization", "account", "end_date", "id"], name="reconciliation_by_account"),
        ),
        migrations.AddIndex(
            model_name="reconciliation",
            index=models.Index(fields=["organization", "end_date", "id"], name="reconciliation_by_end"),
        ),
        migrations.AddConstraint(
            model_name="reconciliation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "in_progress")),
                fields=("organization", "account"),
                name="reconciliation_one_open",
            ),
        ),
        migrations.AddIndex(
            model_name="reconciledentry",
            index=models.Index(fields=["organization", "reconciliation", "entry"], name="reconciled_by_session"),
        ),
        migrations.AddConstraint(
            model_name="reconciledentry",
            constraint=models.UniqueConstraint(fields=("organization", "entry"), name="reconciled_entry_once"),
        ),
        migrations.AddIndex(
            model_name="adjustment",
            index=models.Index(fields=["organization", "reconciliation"], name="adjustment_by_session"),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.UniqueConstraint(fields=("organization", "transaction"), name="adjustment_once"),
        ),
        tenant_table(
            "reconciliation_reconciliation",
            grants="select, insert",
            references={"reconciliation_of_own_account": ("account_id", "ledger_account(id)")},
        ),
        migrations.RunSQL(
            "grant update (end_date, closing_balance, status, completed_at, cancelled_at, metadata, updated_at)"
            " on reconciliation_reconciliation to crane_app",
            migrations.RunSQL.noop,
        ),
        tenant_table(
            "reconciliation_reconciledentry",
            grants="select, insert, delete",
            references={
                "reconciled_of_own_session": ("reconciliation_id", "reconciliation_reconciliation(id)"),
                "reconciled_own_entry": ("entry_id", "ledger_entry(id)"),
            },
        ),
        tenant_table(
            "reconciliation_adjustment",
            grants="select, insert",
            references={
                "adjustment_of_own_session": ("reconciliation_id", "reconciliation_reconciliation(id)"),
                "adjustment_of_own_transaction": ("transaction_id", "ledger_transaction(id)"),
            },
        ),
        append_only("reconciliation_adjustment", "adjustments_are_final"),
        sql_file(SQL / "0003_sessions.sql"),
    ]
