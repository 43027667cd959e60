"""Payment providers, and what they told."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import organizations.fields
from organizations.tables import sql_file, tenant_table

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0030_recurring"),
        ("organizations", "0012_webhooks"),
    ]

    operations = [
        migrations.CreateModel(
            name="Connection",
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
                        prefix="CNX",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("provider", models.CharField(max_length=20)),
                ("secret", models.BinaryField()),
                ("enabled", models.BooleanField(default=True)),
                (
                    "bank_account",
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
                    "clearing_account",
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
                    "fee_account",
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
                    "sales_account",
                    models.ForeignKey(
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
                "constraints": [models.UniqueConstraint(fields=("organization", "provider"), name="connection_once")],
            },
        ),
        migrations.CreateModel(
            name="InboxEvent",
            fields=[
                (
                    "id",
                    organizations.fields.IdField(
                        db_default=organizations.fields.NextId(),
                        editable=False,
                        prefix="INB",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("provider", models.CharField(max_length=20)),
                ("event_id", models.CharField(max_length=255)),
                ("event_type", models.CharField(max_length=100)),
                ("payload", models.JSONField(decoder=organizations.fields.ExactDecoder)),
                ("status", models.CharField(default="received", max_length=8)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("error_code", models.CharField(blank=True, db_default="", max_length=60)),
                ("kind", models.CharField(blank=True, max_length=10)),
                ("reference", models.CharField(blank=True, max_length=255)),
                ("amount", models.DecimalField(decimal_places=8, max_digits=28, null=True)),
                ("attempts", models.IntegerField(default=1)),
                (
                    "received_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("booked_at", models.DateTimeField(null=True)),
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
                    "payment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.payment",
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
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "provider", "reference", "id"], name="inbox_by_reference"),
                    models.Index(fields=["organization", "status", "id"], name="inbox_by_status"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "provider", "event_id"), name="inbox_event_once")
                ],
            },
        ),
        tenant_table(
            "ledger_connection",
            grants="select, insert, update, delete",
            references={
                "connection_on_own_clearing": ("clearing_account_id", "ledger_account(id)"),
                "connection_on_own_bank": ("bank_account_id", "ledger_account(id)"),
                "connection_on_own_fees": ("fee_account_id", "ledger_account(id)"),
                "connection_on_own_sales": ("sales_account_id", "ledger_account(id)"),
            },
        ),
        tenant_table(
            "ledger_inboxevent",
            grants="select, insert, update",
            references={
                "inbox_of_own_transaction": ("transaction_id", "ledger_transaction(id)"),
                "inbox_of_own_payment": ("payment_id", "ledger_payment(id)"),
            },
        ),
        sql_file(SQL / "0031_intake.sql"),
    ]
