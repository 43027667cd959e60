"""Closing: soft locks of areas and their lifts, and the closings of fiscal years."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import ledger.locks.models
import organizations.fields
from organizations.tables import append_only, sql_file, tenant_table

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0006_at_once"),
        ("organizations", "0006_soft_locked_through"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ClosingPosting",
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
                        prefix="FCP",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LiftUse",
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
                        prefix="LFU",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("transaction_id", models.BigIntegerField()),
                ("locked_through", models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name="LockDate",
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
                        prefix="LCK",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("area", models.CharField(choices=ledger.locks.models.areas, max_length=9)),
                ("locked_through", models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="LockLift",
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
                        prefix="LFT",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("area", models.CharField(choices=ledger.locks.models.areas, max_length=9)),
                ("reason", models.TextField()),
                ("expires_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "lift of a lock",
                "verbose_name_plural": "lifts of locks",
            },
        ),
        migrations.CreateModel(
            name="YearClosing",
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
                        prefix="FYC",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("year", models.SmallIntegerField()),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("closed_before", models.DateField(null=True)),
                ("reopened_at", models.DateTimeField(null=True)),
                ("reopen_reason", models.TextField(blank=True)),
            ],
        ),
        migrations.AddIndex(
            model_name="transaction",
            index=models.Index(
                condition=models.Q(("status", "posted"), ("type", "closing")),
                fields=["organization", "transaction_date"],
                name="transaction_closings",
            ),
        ),
        migrations.AddField(
            model_name="closingposting",
            name="organization",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organizations.organization",
            ),
        ),
        migrations.AddField(
            model_name="closingposting",
            name="transaction",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="ledger.transaction",
            ),
        ),
        migrations.AddField(
            model_name="liftuse",
            name="organization",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organizations.organization",
            ),
        ),
        migrations.AddField(
            model_name="lockdate",
            name="organization",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organizations.organization",
            ),
        ),
        migrations.AddField(
            model_name="locklift",
            name="api_key",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organizations.apikey",
            ),
        ),
        migrations.AddField(
            model_name="locklift",
            name="organization",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organizations.organization",
            ),
        ),
        migrations.AddField(
            model_name="locklift",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="liftuse",
            name="lift",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="uses",
                to="ledger.locklift",
            ),
        ),
        migrations.AddField(
            model_name="yearclosing",
            name="organization",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organizations.organization",
            ),
        ),
        migrations.AddField(
            model_name="closingposting",
            name="closing",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="postings",
                to="ledger.yearclosing",
            ),
        ),
        migrations.AddConstraint(
            model_name="lockdate",
            constraint=models.UniqueConstraint(fields=("organization", "area"), name="lock_date_once"),
        ),
        migrations.AddIndex(
            model_name="locklift",
            index=models.Index(fields=["organization", "area", "expires_at"], name="lock_lift_by_area"),
        ),
        migrations.AddIndex(
            model_name="liftuse",
            index=models.Index(fields=["organization", "lift", "id"], name="lift_use_by_lift"),
        ),
        migrations.AddConstraint(
            model_name="liftuse",
            constraint=models.UniqueConstraint(fields=("organization", "transaction_id"), name="lift_use_once"),
        ),
        migrations.AddConstraint(
            model_name="yearclosing",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reopened_at__isnull", True)),
                fields=("organization", "year"),
                name="year_closed_once",
            ),
        ),
        migrations.AddIndex(
            model_name="closingposting",
            index=models.Index(fields=["organization", "closing"], name="closing_posting_by_closing"),
        ),
        migrations.AddConstraint(
            model_name="closingposting",
            constraint=models.UniqueConstraint(fields=("organization", "transaction"), name="closing_posting_once"),
        ),
        tenant_table("ledger_lockdate", grants="select, insert"),
        tenant_table(
            "ledger_locklift",
            grants="select, insert",
            references={"lock_lift_of_own_key": ("api_key_id", "organizations_apikey(id)")},
        ),
        tenant_table(
            "ledger_liftuse",
            grants="select, insert",
            references={
                "lift_use_of_own_lift": ("lift_id", "ledger_locklift(id)"),
                "lift_use_of_own_transaction": ("transaction_id", "ledger_transaction(id)"),
            },
        ),
        tenant_table("ledger_yearclosing", grants="select, insert"),
        tenant_table(
            "ledger_closingposting",
            grants="select, insert",
            references={
                "closing_posting_of_own_closing": ("closing_id", "ledger_yearclosing(id)"),
                "closing_posting_of_own_transaction": ("transaction_id", "ledger_transaction(id)"),
            },
        ),
        sql_file(SQL / "0007_closing.sql"),
        append_only("ledger_liftuse", "lift_uses_are_final"),
        append_only("ledger_closingposting", "closing_postings_are_final"),
    ]
