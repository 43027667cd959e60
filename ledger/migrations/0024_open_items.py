"""What transactions are posted for, and what is open between contacts and us."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import organizations.fields
from organizations.tables import append_only, sql_file, tenant_table

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0023_stationery")]

    operations = [
        migrations.CreateModel(
            name="Source",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "organization_id",
                        "transaction_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("kind", models.CharField(max_length=13)),
                ("object_id", models.BigIntegerField()),
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
            ],
        ),
        migrations.AddIndex(
            model_name="source",
            index=models.Index(fields=["organization", "object_id"], name="source_by_object"),
        ),
        migrations.CreateModel(
            name="OpenItem",
            fields=[
                (
                    "id",
                    organizations.fields.IdField(
                        db_default=organizations.fields.NextId(),
                        editable=False,
                        prefix="OPI",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("kind", models.CharField(max_length=13)),
                ("object_id", models.BigIntegerField()),
                ("date", models.DateField()),
                ("due_date", models.DateField()),
                ("amount", models.DecimalField(decimal_places=8, max_digits=28)),
                ("base_amount", models.DecimalField(decimal_places=8, max_digits=28)),
                ("open_amount", models.DecimalField(decimal_places=8, default=0, max_digits=28)),
                ("open_base", models.DecimalField(decimal_places=8, default=0, max_digits=28)),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.organization",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="openitem",
            index=models.Index(fields=["organization", "contact", "date", "id"], name="open_item_by_contact"),
        ),
        migrations.AddIndex(
            model_name="openitem",
            index=models.Index(
                condition=models.Q(("open_amount", 0), _negated=True),
                fields=["organization", "account", "due_date", "id"],
                name="open_item_still_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="openitem",
            constraint=models.UniqueConstraint(fields=("organization", "object_id"), name="open_item_once"),
        ),
        migrations.CreateModel(
            name="Settlement",
            fields=[
                (
                    "id",
                    organizations.fields.IdField(
                        db_default=organizations.fields.NextId(),
                        editable=False,
                        prefix="STL",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("date", models.DateField()),
                ("debit_amount", models.DecimalField(decimal_places=8, max_digits=28)),
                ("debit_base", models.DecimalField(decimal_places=8, max_digits=28)),
                ("credit_amount", models.DecimalField(decimal_places=8, max_digits=28)),
                ("credit_base", models.DecimalField(decimal_places=8, max_digits=28)),
                ("realised", models.DecimalField(decimal_places=8, max_digits=28)),
                ("undone_on", models.DateField(null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "credit_item",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.openitem",
                    ),
                ),
                (
                    "debit_item",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.openitem",
                    ),
                ),
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
                    "undone_transaction",
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
        ),
        migrations.AddIndex(
            model_name="settlement",
            index=models.Index(fields=["organization", "debit_item", "id"], name="settlement_by_debit"),
        ),
        migrations.AddIndex(
            model_name="settlement",
            index=models.Index(fields=["organization", "credit_item", "id"], name="settlement_by_credit"),
        ),
        migrations.CreateModel(
            name="ItemMovement",
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
                ("kind", models.CharField(max_length=9)),
                ("date", models.DateField()),
                ("amount", models.DecimalField(decimal_places=8, max_digits=28)),
                ("base_amount", models.DecimalField(decimal_places=8, max_digits=28)),
                ("settlement_id", models.BigIntegerField(null=True)),
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
                    "item",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movements",
                        to="ledger.openitem",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="itemmovement",
            index=models.Index(fields=["organization", "item", "date", "id"], name="movement_by_item"),
        ),
        migrations.AddIndex(
            model_name="itemmovement",
            index=models.Index(
                condition=models.Q(("transaction__isnull", False)),
                fields=["organization", "transaction"],
                name="movement_by_transaction",
            ),
        ),
        migrations.AddIndex(
            model_name="itemmovement",
            index=models.Index(
                condition=models.Q(("settlement_id__isnull", False)),
                fields=["organization", "settlement_id"],
                name="movement_by_settlement",
            ),
        ),
        migrations.AddIndex(
            model_name="itemmovement",
            index=models.Index(fields=["organization", "account", "date", "id"], name="movement_by_account"),
        ),
        tenant_table("ledger_source", grants="select, insert", primary_key=False),
        append_only("ledger_source", "sources_are_final"),
        tenant_table(
            "ledger_openitem",
            grants="select, insert, update (due_date)",  # so that rows can be held; a trigger refuses the update
            unique=("id, account_id",),
            references={
                "open_item_of_own_contact": ("contact_id", "ledger_contact(id)"),
                "open_item_on_own_account": ("account_id, currency_id", "ledger_account(id, currency_id)"),
            },
        ),
        tenant_table(
            "ledger_settlement",
            grants="select, insert, update (undone_on, undone_transaction_id)",
            references={
                "settlement_of_own_debit": ("debit_item_id", "ledger_openitem(id)"),
                "settlement_of_own_credit": ("credit_item_id", "ledger_openitem(id)"),
                "settlement_of_own_transaction": ("transaction_id", "ledger_transaction(id)"),
                "settlement_of_own_undoing": ("undone_transaction_id", "ledger_transaction(id)"),
            },
        ),
        tenant_table(
            "ledger_itemmovement",
            grants="select, insert",
            references={
                "movement_of_own_item": ("item_id, account_id", "ledger_openitem(id, account_id)"),
                "movement_of_own_transaction": ("transaction_id", "ledger_transaction(id)"),
                "movement_of_own_settlement": ("settlement_id", "ledger_settlement(id)"),
            },
        ),
        append_only("ledger_itemmovement", "movements_are_final"),
        sql_file(SQL / "0024_open_items.sql"),
    ]
