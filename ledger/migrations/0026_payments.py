"""Payments."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import organizations.fields
from organizations.tables import sql_file, tenant_table

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0025_documents")]

    operations = [
        migrations.CreateModel(
            name="Payment",
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
                        prefix="PAY",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("direction", models.CharField(max_length=3)),
                ("status", models.CharField(default="posted", max_length=8)),
                ("amount", models.DecimalField(decimal_places=8, max_digits=28)),
                ("currency_rate", models.DecimalField(decimal_places=18, max_digits=30)),
                ("account_amount", models.DecimalField(decimal_places=8, max_digits=28)),
                ("fee_amount", models.DecimalField(decimal_places=8, default=0, max_digits=28)),
                ("payment_date", models.DateField()),
                ("payment_method", models.CharField(blank=True, max_length=50)),
                ("reference", models.CharField(blank=True, max_length=100)),
                ("notes", models.TextField(blank=True)),
                ("reversed_on", models.DateField(blank=True, null=True)),
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
                    "refund_of",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.payment",
                    ),
                ),
                (
                    "reversed_transaction",
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
            ],
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["organization", "payment_date", "id"], name="payment_by_date"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["organization", "contact", "payment_date", "id"], name="payment_by_contact"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("refund_of__isnull", False)),
                fields=["organization", "refund_of", "id"],
                name="payment_by_refunded",
            ),
        ),
        tenant_table(
            "ledger_payment",
            grants="select, insert, update",
            references={
                "payment_of_own_contact": ("contact_id", "ledger_contact(id)"),
                "payment_on_own_account": ("account_id", "ledger_account(id)"),
                "payment_of_own_refunded": ("refund_of_id", "ledger_payment(id)"),
                "payment_of_own_transaction": ("transaction_id", "ledger_transaction(id)"),
                "payment_of_own_reversal": ("reversed_transaction_id", "ledger_transaction(id)"),
            },
        ),
        sql_file(SQL / "0026_payments.sql"),
    ]
