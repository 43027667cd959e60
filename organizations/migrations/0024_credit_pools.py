"""Pools of credits: who must have them, what is bought, and entries that name both of their accounts."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import organizations.fields
from organizations.tables import sql_file, tenant_table

SQL = Path(__file__).parent / "sql" / "0024_credit_pools.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0023_tenant_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="CreditPool",
            fields=[
                (
                    "organization",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="organizations.organization",
                    ),
                ),
                ("enforced", models.BooleanField(null=True)),
                ("recharge_below", models.IntegerField(null=True)),
                ("recharge_package", models.CharField(blank=True, max_length=20)),
                ("customer", models.CharField(blank=True, max_length=255)),
                ("method", models.CharField(blank=True, max_length=255)),
                (
                    "updated_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
        ),
        migrations.AddField(
            model_name="creditentry",
            name="credit_account",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(models.When(credits__lt=0, then=models.Value("pool")), default=models.F("kind")),
                output_field=models.CharField(max_length=8),
            ),
        ),
        migrations.AddField(
            model_name="creditentry",
            name="debit_account",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(models.When(credits__gt=0, then=models.Value("pool")), default=models.F("kind")),
                output_field=models.CharField(max_length=8),
            ),
        ),
        migrations.CreateModel(
            name="CreditPurchase",
            fields=[
                (
                    "id",
                    organizations.fields.IdField(
                        db_default=organizations.fields.NextId(),
                        editable=False,
                        prefix="CPU",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("package", models.CharField(max_length=20)),
                ("credits", models.BigIntegerField()),
                ("cents", models.BigIntegerField()),
                ("by_itself", models.BooleanField(default=False)),
                ("status", models.CharField(default="preparing", max_length=9)),
                ("success_url", models.TextField(blank=True)),
                ("cancel_url", models.TextField(blank=True)),
                ("checkout_url", models.TextField(blank=True)),
                ("provider_id", models.CharField(blank=True, max_length=255)),
                ("error", models.TextField(blank=True)),
                ("attempts", models.SmallIntegerField(default=0)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "updated_at",
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
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("by_itself", True), ("status__in", ["preparing", "open"])),
                        fields=("organization",),
                        name="one_recharge_at_a_time",
                    )
                ],
            },
        ),
        tenant_table("organizations_creditpool", grants="select, insert, update", primary_key=False),
        tenant_table("organizations_creditpurchase", grants="select, insert"),
        sql_file(SQL),
    ]
