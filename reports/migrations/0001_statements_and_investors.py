"""Budgets, investors, close packages and saved reports."""

from decimal import Decimal
from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.db import migrations, models

import organizations.fields
import reports.budgets.models
import reports.investors.models
import reports.saved.models
from organizations.tables import append_only, sql_file, tenant_table

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("ledger", "0033_overdue"),
        ("organizations", "0015_notices"),
    ]

    operations = [
        migrations.CreateModel(
            name="Budget",
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
                        prefix="BUD",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("status", models.CharField(choices=reports.budgets.models.statuses, default="active", max_length=8)),
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
            name="BudgetLine",
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
                ("month", models.DateField()),
                ("amount", models.DecimalField(decimal_places=8, max_digits=28)),
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
                    "budget",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="reports.budget",
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
        migrations.CreateModel(
            name="ClosePackage",
            fields=[
                (
                    "id",
                    organizations.fields.IdField(
                        db_default=organizations.fields.NextId(),
                        editable=False,
                        prefix="CLP",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("start_date", models.DateField()),
                ("end_date", models.DateField()),
                ("version", models.IntegerField()),
                ("note", models.TextField(blank=True)),
                ("content", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
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
        migrations.CreateModel(
            name="Investor",
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
                        prefix="IVR",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("email", models.CharField(blank=True, max_length=254)),
                ("reference", models.CharField(blank=True, max_length=100)),
                ("preferred_return_rate", models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True)),
                ("status", models.CharField(choices=reports.investors.models.statuses, default="active", max_length=8)),
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
            name="Holding",
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
                ("effective_date", models.DateField()),
                ("percentage", models.DecimalField(decimal_places=6, max_digits=9, null=True)),
                ("units", models.DecimalField(decimal_places=8, max_digits=28, null=True)),
                ("commitment", models.DecimalField(decimal_places=8, default=Decimal("0"), max_digits=28)),
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
                    "investor",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holdings",
                        to="reports.investor",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SavedReport",
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
                        prefix="SRP",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("report", models.CharField(max_length=40)),
                ("parameters", models.JSONField(blank=True, default=dict)),
                ("period", models.CharField(default="so_far", max_length=12)),
                ("format", models.CharField(default="pdf", max_length=4)),
                ("frequency", models.CharField(default="never", max_length=9)),
                (
                    "recipients",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=254), blank=True, default=list, size=None
                    ),
                ),
                ("next_run", models.DateField(blank=True, null=True)),
                ("last_run_at", models.DateTimeField(editable=False, null=True)),
                ("status", models.CharField(choices=reports.saved.models.statuses, default="active", max_length=6)),
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
            model_name="budget",
            constraint=models.UniqueConstraint(
                models.F("organization"), django.db.models.functions.text.Lower("name"), name="budget_name_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="budgetline",
            constraint=models.UniqueConstraint(
                fields=("organization", "budget", "account", "month"), name="budget_line_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="closepackage",
            constraint=models.UniqueConstraint(
                fields=("organization", "start_date", "end_date", "version"), name="close_package_version_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="investor",
            constraint=models.UniqueConstraint(fields=("organization", "account"), name="investor_account_once"),
        ),
        migrations.AddConstraint(
            model_name="holding",
            constraint=models.UniqueConstraint(
                fields=("organization", "investor", "effective_date"), name="holding_once"
            ),
        ),
        migrations.AddIndex(
            model_name="savedreport",
            index=models.Index(
                condition=models.Q(("next_run__isnull", False), ("status", "active")),
                fields=["organization", "next_run", "id"],
                name="saved_report_due",
            ),
        ),
        tenant_table("reports_budget", grants="select, insert, update, delete"),
        tenant_table(
            "reports_budgetline",
            grants="select, insert, delete",
            references={
                "line_of_own_budget": ("budget_id", "reports_budget(id)"),
                "budget_line_of_own_account": ("account_id", "ledger_account(id)"),
            },
        ),
        tenant_table(
            "reports_investor",
            grants="select, insert, update",
            references={"investor_of_own_account": ("account_id", "ledger_account(id)")},
        ),
        tenant_table(
            "reports_holding",
            grants="select, insert, delete",
            references={"holding_of_own_investor": ("investor_id", "reports_investor(id)")},
        ),
        tenant_table("reports_closepackage", grants="select, insert"),
        append_only("reports_closepackage", "close_packages_are_final"),
        tenant_table("reports_savedreport", grants="select, insert, update, delete"),
        sql_file(SQL / "0001_statements_and_investors.sql"),
    ]
