"""Statements of the bank: files, lines, what was not simply taken, and how CSV files are read."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import organizations.fields
import reconciliation.statements.models
from organizations.tables import append_only, sql_file, tenant_table

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("ledger", "0018_suspended_results"),
        ("organizations", "0009_long_answers"),
    ]

    operations = [
        migrations.CreateModel(
            name="Statement",
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
                        prefix="STM",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("file_name", models.CharField(max_length=255)),
                ("format", models.CharField(max_length=10)),
                ("file_hash", models.CharField(max_length=64)),
                ("mapping", models.JSONField(null=True)),
                ("account_number", models.CharField(blank=True, max_length=64)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("start_date", models.DateField(null=True)),
                ("end_date", models.DateField(null=True)),
                ("opening_balance", models.DecimalField(decimal_places=8, max_digits=28, null=True)),
                ("closing_balance", models.DecimalField(decimal_places=8, max_digits=28, null=True)),
                ("new", models.IntegerField(default=0)),
                ("duplicates", models.IntegerField(default=0)),
                ("conflicts", models.IntegerField(default=0)),
                ("errors", models.IntegerField(default=0)),
                ("undone_at", models.DateTimeField(editable=False, null=True)),
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
            name="Remark",
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
                ("place", models.IntegerField()),
                ("verdict", models.CharField(choices=reconciliation.statements.models.remark_verdicts, max_length=12)),
                ("code", models.CharField(max_length=60)),
                ("reason", models.TextField()),
                ("line_id", models.BigIntegerField(null=True)),
                ("date", models.DateField(null=True)),
                ("amount", models.DecimalField(decimal_places=8, max_digits=28, null=True)),
                ("description", models.TextField(blank=True)),
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
                    "statement",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="remarks",
                        to="reconciliation.statement",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StatementLine",
            fields=[
                (
                    "id",
                    organizations.fields.IdField(
                        db_default=organizations.fields.NextId(),
                        editable=False,
                        prefix="LIN",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("place", models.IntegerField()),
                ("date", models.DateField()),
                ("value_date", models.DateField(null=True)),
                ("amount", models.DecimalField(decimal_places=8, max_digits=28)),
                ("balance", models.DecimalField(decimal_places=8, max_digits=28, null=True)),
                ("description", models.TextField(blank=True)),
                ("counterparty", models.TextField(blank=True)),
                ("counterparty_account", models.TextField(blank=True)),
                ("reference", models.TextField(blank=True)),
                ("bank_id", models.TextField(blank=True)),
                ("kind", models.TextField(blank=True)),
                ("fingerprint", models.BinaryField(max_length=16)),
                ("content", models.BinaryField(max_length=16)),
                ("occurrence", models.IntegerField(default=1)),
                (
                    "verdict",
                    models.CharField(
                        choices=reconciliation.statements.models.line_verdicts, default="new", max_length=8
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=reconciliation.statements.models.line_statuses, default="unmatched", max_length=9
                    ),
                ),
                ("ignore_reason", models.TextField(blank=True)),
                ("match_id", models.BigIntegerField(null=True)),
                ("metadata", models.JSONField(blank=True, default=dict)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
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
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.organization",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="reconciliation.statement",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SavedMapping",
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
                        prefix="",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("mapping", models.JSONField()),
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
            options={
                "constraints": [models.UniqueConstraint(fields=("organization", "account"), name="saved_mapping_once")],
            },
        ),
        migrations.AddIndex(
            model_name="statement",
            index=models.Index(fields=["organization", "account", "id"], name="statement_by_account"),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at__isnull", True)),
                fields=("organization", "account", "file_hash"),
                name="statement_file_once",
            ),
        ),
        migrations.AddIndex(
            model_name="remark",
            index=models.Index(fields=["organization", "statement", "place", "id"], name="remark_by_statement"),
        ),
        migrations.AddIndex(
            model_name="statementline",
            index=models.Index(fields=["organization", "account", "date", "id"], name="line_by_account"),
        ),
        migrations.AddIndex(
            model_name="statementline",
            index=models.Index(fields=["organization", "date", "id"], name="line_by_date"),
        ),
        migrations.AddIndex(
            model_name="statementline",
            index=models.Index(fields=["organization", "status", "date", "id"], name="line_by_status"),
        ),
        migrations.AddIndex(
            model_name="statementline",
            index=models.Index(fields=["organization", "account", "content"], name="line_by_content"),
        ),
        migrations.AddIndex(
            model_name="statementline",
            index=models.Index(
                condition=models.Q(("bank_id", ""), _negated=True),
                fields=["organization", "account", "bank_id"],
                name="line_by_bank_id",
            ),
        ),
        migrations.AddIndex(
            model_name="statementline",
            index=models.Index(
                condition=models.Q(("match_id__isnull", False)),
                fields=["organization", "match_id"],
                name="line_by_match",
            ),
        ),
        migrations.AddIndex(
            model_name="statementline",
            index=models.Index(fields=["organization", "statement", "place"], name="line_by_statement"),
        ),
        migrations.AddConstraint(
            model_name="statementline",
            constraint=models.UniqueConstraint(
                fields=("organization", "account", "fingerprint", "occurrence"), name="statement_line_once"
            ),
        ),
        tenant_table(
            "reconciliation_statement",
            grants="select, insert",
            references={"statement_of_own_account": ("account_id", "ledger_account(id)")},
        ),
        migrations.RunSQL(
            "grant update (new, duplicates, conflicts, errors, start_date, end_date, opening_balance, closing_balance,"
            " account_number, currency, undone_at, metadata, updated_at) on reconciliation_statement to crane_app",
            migrations.RunSQL.noop,
        ),
        tenant_table(
            "reconciliation_statementline",
            grants="select, insert, delete",
            references={
                "line_of_own_statement": ("statement_id", "reconciliation_statement(id)"),
                "line_of_own_account": ("account_id", "ledger_account(id)"),
            },
        ),
        migrations.RunSQL(
            "grant update (status, verdict, ignore_reason, match_id, metadata, updated_at)"
            " on reconciliation_statementline to crane_app",
            migrations.RunSQL.noop,
        ),
        tenant_table(
            "reconciliation_remark",
            grants="select, insert",
            references={"remark_of_own_statement": ("statement_id", "reconciliation_statement(id)")},
        ),
        append_only("reconciliation_remark", "remarks_are_final"),
        tenant_table(
            "reconciliation_savedmapping",
            grants="select, insert, update, delete",
            references={"mapping_of_own_account": ("account_id", "ledger_account(id)")},
        ),
        sql_file(SQL / "0001_statements.sql"),
    ]
