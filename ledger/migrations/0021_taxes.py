"""Taxes, and the items that bring them."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import ledger.taxes.models
import organizations.fields
from organizations.tables import sql_file, tenant_table

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0020_contacts")]

    operations = [
        migrations.CreateModel(
            name="Tax",
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
                        prefix="TAX",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("rate", models.DecimalField(decimal_places=6, max_digits=12)),
                (
                    "tax_type",
                    models.CharField(choices=ledger.taxes.models.tax_types, default="sales_tax", max_length=9),
                ),
                (
                    "treatment",
                    models.CharField(choices=ledger.taxes.models.treatments, default="standard", max_length=14),
                ),
                ("is_compound", models.BooleanField(default=False)),
                ("is_inclusive", models.BooleanField(default=False)),
                ("is_recoverable", models.BooleanField(default=True)),
                ("effective_from", models.DateField(blank=True, null=True)),
                ("effective_to", models.DateField(blank=True, null=True)),
                ("is_active", models.BooleanField(default=True)),
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
                (
                    "purchase_account",
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
            ],
            options={
                "verbose_name_plural": "taxes",
            },
        ),
        migrations.AddIndex(
            model_name="tax",
            index=models.Index(fields=["organization", "name", "id"], name="tax_by_name"),
        ),
        migrations.CreateModel(
            name="Item",
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
                        prefix="ITM",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("code", models.CharField(blank=True, max_length=50)),
                ("description", models.TextField(blank=True)),
                ("unit", models.CharField(blank=True, max_length=20)),
                ("sale_price", models.DecimalField(blank=True, decimal_places=8, max_digits=28, null=True)),
                ("purchase_price", models.DecimalField(blank=True, decimal_places=8, max_digits=28, null=True)),
                ("is_active", models.BooleanField(default=True)),
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
                    "expense_account",
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
                (
                    "revenue_account",
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
            ],
        ),
        migrations.AddIndex(
            model_name="item",
            index=models.Index(fields=["organization", "name", "id"], name="item_by_name"),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.UniqueConstraint(
                condition=models.Q(("code", ""), _negated=True), fields=("organization", "code"), name="item_code_once"
            ),
        ),
        migrations.CreateModel(
            name="ItemTax",
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
                ("is_sale", models.BooleanField()),
                ("place", models.SmallIntegerField()),
                (
                    "item",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="taxes",
                        to="ledger.item",
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
            options={
                "ordering": ["place"],
            },
        ),
        migrations.AddIndex(
            model_name="itemtax",
            index=models.Index(fields=["organization", "tax"], name="item_tax_by_tax"),
        ),
        migrations.AddConstraint(
            model_name="itemtax",
            constraint=models.UniqueConstraint(fields=("organization", "item", "is_sale", "tax"), name="item_tax_once"),
        ),
        tenant_table(
            "ledger_tax",
            grants="select, insert, update, delete",
            references={
                "tax_on_own_account": ("account_id", "ledger_account(id)"),
                "tax_on_own_purchase_account": ("purchase_account_id", "ledger_account(id)"),
            },
        ),
        tenant_table(
            "ledger_item",
            grants="select, insert, update, delete",
            references={
                "item_on_own_revenue": ("revenue_account_id", "ledger_account(id)"),
                "item_on_own_expense": ("expense_account_id", "ledger_account(id)"),
            },
        ),
        tenant_table(
            "ledger_itemtax",
            grants="select, insert, delete",
            references={
                "item_tax_of_own_item": ("item_id", "ledger_item(id)"),
                "item_tax_of_own_tax": ("tax_id", "ledger_tax(id)"),
            },
        ),
        sql_file(SQL / "0021_taxes.sql"),
    ]
