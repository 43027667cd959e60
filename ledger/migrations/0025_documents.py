"""Invoices, bills and the credits to them."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import organizations.fields
from organizations.tables import append_only, sql_file, tenant_table

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0024_open_items")]

    operations = [
        migrations.CreateModel(
            name="Document",
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
                        prefix="INV",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("kind", models.CharField(max_length=13)),
                ("status", models.CharField(default="draft", max_length=9)),
                ("number", models.CharField(blank=True, max_length=60)),
                ("series", models.CharField(blank=True, max_length=20, null=True)),
                ("series_year", models.SmallIntegerField(blank=True, null=True)),
                ("series_no", models.IntegerField(blank=True, null=True)),
                ("order_number", models.CharField(blank=True, max_length=100)),
                ("currency_rate", models.DecimalField(blank=True, decimal_places=18, max_digits=30, null=True)),
                ("date", models.DateField(blank=True, null=True)),
                ("due_date", models.DateField(blank=True, null=True)),
                ("tax_rounding", models.CharField(default="line", max_length=8)),
                ("lines", models.JSONField(default=list)),
                ("subtotal", models.DecimalField(decimal_places=8, default=0, max_digits=28)),
                ("tax_amount", models.DecimalField(decimal_places=8, default=0, max_digits=28)),
                ("total", models.DecimalField(decimal_places=8, default=0, max_digits=28)),
                ("base_total", models.DecimalField(blank=True, decimal_places=8, max_digits=28, null=True)),
                ("credited", models.DecimalField(decimal_places=8, default=0, max_digits=28)),
                ("notes", models.TextField(blank=True)),
                ("footer", models.TextField(blank=True)),
                ("reason", models.TextField(blank=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("viewed_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.IntegerField(default=1)),
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
                    "contact",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.contact",
                    ),
                ),
                (
                    "currency",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.currency",
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
                (
                    "original",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.document",
                    ),
                ),
                (
                    "transaction",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.transaction",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(fields=["organization", "kind", "date", "id"], name="document_by_date"),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(fields=["organization", "kind", "status", "id"], name="document_by_status"),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(fields=["organization", "contact", "date", "id"], name="document_by_contact"),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(fields=["organization", "kind", "number", "id"], name="document_by_number"),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(
                condition=models.Q(("original__isnull", False)),
                fields=["organization", "original", "id"],
                name="document_by_original",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.UniqueConstraint(
                condition=models.Q(("series_no__isnull", False)),
                fields=("organization", "series", "series_year", "series_no"),
                name="document_number_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.UniqueConstraint(
                condition=models.Q(models.Q(("number", ""), _negated=True), ("kind__in", ["invoice", "credit_note"])),
                fields=("organization", "kind", "number"),
                name="document_name_once",
            ),
        ),
        migrations.CreateModel(
            name="DocumentTax",
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
                ("date", models.DateField()),
                ("name", models.CharField(max_length=100)),
                ("rate", models.DecimalField(decimal_places=6, max_digits=12)),
                ("treatment", models.CharField(max_length=14)),
                ("is_input", models.BooleanField()),
                ("base", models.DecimalField(decimal_places=8, max_digits=28)),
                ("amount", models.DecimalField(decimal_places=8, max_digits=28)),
                ("base_in_base", models.DecimalField(decimal_places=8, max_digits=28)),
                ("posted", models.DecimalField(decimal_places=8, max_digits=28)),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.account",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="taxes",
                        to="ledger.document",
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
                    "tax",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.tax",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="documenttax",
            index=models.Index(fields=["organization", "document", "id"], name="document_tax_by_document"),
        ),
        migrations.AddIndex(
            model_name="documenttax",
            index=models.Index(fields=["organization", "tax", "date", "id"], name="document_tax_by_tax"),
        ),
        migrations.CreateModel(
            name="DocumentSeries",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "organization_id",
                        "series",
                        "year",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("series", models.CharField(max_length=20)),
                ("year", models.SmallIntegerField()),
                ("last_no", models.IntegerField()),
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
        tenant_table(
            "ledger_document",
            grants="select, insert, update, delete",
            references={
                "document_of_own_contact": ("contact_id", "ledger_contact(id)"),
                "document_on_own_account": ("account_id", "ledger_account(id)"),
                "document_of_own_original": ("original_id", "ledger_document(id)"),
                "document_of_own_transaction": ("transaction_id", "ledger_transaction(id)"),
            },
        ),
        tenant_table(
            "ledger_documenttax",
            grants="select, insert",
            references={
                "document_tax_of_own_document": ("document_id", "ledger_document(id)"),
                "document_tax_of_own_tax": ("tax_id", "ledger_tax(id)"),
                "document_tax_on_own_account": ("account_id", "ledger_account(id)"),
            },
        ),
        append_only("ledger_documenttax", "document_taxes_are_final"),
        tenant_table("ledger_documentseries", grants="select, insert, update (last_no)", primary_key=False),
        sql_file(SQL / "0025_documents.sql"),
    ]
