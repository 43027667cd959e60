"""Writes that wait for approval."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import organizations.drafts.models
import organizations.fields
from organizations.tables import sql_file, tenant_table

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0012_webhooks"),
    ]

    operations = [
        migrations.CreateModel(
            name="Draft",
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
                        prefix="DRF",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("operation", models.CharField(max_length=100)),
                ("parameters", models.JSONField(default=dict)),
                ("payload", models.JSONField(decoder=organizations.fields.ExactDecoder, default=dict)),
                ("note", models.CharField(blank=True, max_length=500)),
                (
                    "status",
                    models.CharField(choices=organizations.drafts.models.statuses, default="pending", max_length=8),
                ),
                ("expires_at", models.DateTimeField()),
                ("author_key_id", models.BigIntegerField(null=True)),
                ("author_user_id", models.BigIntegerField(null=True)),
                ("valid", models.BooleanField(null=True)),
                ("problems", models.JSONField(decoder=organizations.fields.ExactDecoder, null=True)),
                ("preview", models.JSONField(decoder=organizations.fields.ExactDecoder, null=True)),
                ("current", models.JSONField(decoder=organizations.fields.ExactDecoder, null=True)),
                ("validated_at", models.DateTimeField(null=True)),
                ("decider_key_id", models.BigIntegerField(null=True)),
                ("decider_user_id", models.BigIntegerField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("result_status", models.IntegerField(null=True)),
                ("result", models.JSONField(decoder=organizations.fields.ExactDecoder, null=True)),
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
                "indexes": [
                    models.Index(fields=["organization", "status", "id"], name="draft_by_status"),
                    models.Index(
                        condition=models.Q(("status", "pending")),
                        fields=["organization", "expires_at"],
                        name="draft_expiring",
                    ),
                ],
            },
        ),
        tenant_table("organizations_draft", grants="select, insert"),
        sql_file(SQL / "0013_drafts.sql"),
    ]
