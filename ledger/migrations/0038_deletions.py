"""Deletions that were asked for, and what is left of deleted organizations."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import organizations.fields
from organizations.tables import append_only, sql_file, tenant_table


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0037_branding"),
        ("organizations", "0023_tenant_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="DeletionCertificate",
            fields=[
                (
                    "id",
                    organizations.fields.IdField(
                        db_default=organizations.fields.NextId(),
                        editable=False,
                        prefix="DLC",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("deleted_id", models.BigIntegerField()),
                ("name", models.CharField(max_length=200)),
                (
                    "reader_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                ("asked_by", models.JSONField()),
                ("asked_at", models.DateTimeField()),
                ("deleted_at", models.DateTimeField()),
                ("counts", models.JSONField()),
                ("head", models.CharField(max_length=64, null=True)),
                ("statement", models.TextField()),
                ("digest", models.CharField(max_length=64)),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Deletion",
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
                ("days", models.SmallIntegerField()),
                ("reason", models.TextField(blank=True)),
                ("actor", models.JSONField()),
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
            options={
                "constraints": [models.UniqueConstraint(fields=("organization",), name="deletion_once")],
            },
        ),
        tenant_table("ledger_deletion", grants="select, insert, delete"),
        sql_file(Path(__file__).parent / "sql" / "0038_deletions.sql"),
        append_only("ledger_deletioncertificate", "certificates_are_final"),
    ]
