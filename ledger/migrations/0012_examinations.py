"""Examinations of the books, kept for who asks later."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import ledger.health.models
import organizations.fields
from organizations.tables import tenant_table


class Migration(migrations.Migration):
    dependencies = [("ledger", "0011_conditional_posting")]

    operations = [
        migrations.CreateModel(
            name="Examination",
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
                        prefix="EXM",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("status", models.CharField(choices=ledger.health.models.statuses, max_length=7)),
                ("occasion", models.CharField(choices=ledger.health.models.occasions, max_length=7)),
                ("duration_ms", models.BigIntegerField()),
                ("rules", models.IntegerField()),
                ("broken", models.IntegerField()),
                ("findings", models.JSONField()),
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
        migrations.AddIndex(
            model_name="examination",
            index=models.Index(fields=["organization", "-id"], name="examination_latest"),
        ),
        tenant_table("ledger_examination", grants="select, insert, delete"),
    ]
