"""The chain of seals over postings and events, and where its checkpoints are pushed."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import ledger.proof.models
import organizations.fields
from organizations.tables import append_only, sql_file, tenant_table

SQL = Path(__file__).parent / "sql"


def organization(**options):
    return models.ForeignKey(
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="organizations.organization",
        **options,
    )


def key(prefix):
    return organizations.fields.IdField(
        db_default=organizations.fields.NextId(), editable=False, prefix=prefix, primary_key=True, serialize=False
    )


def moment(**options):
    return models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), **options)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0015_attachments"), ("organizations", "0008_recorded_xid")]

    operations = [
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("id", key("CHK")),
                ("seq", models.BigIntegerField()),
                ("epoch", models.IntegerField(default=1)),
                ("epoch_began_at", models.DateTimeField(null=True)),
                ("leaf_version", models.SmallIntegerField()),
                ("count", models.IntegerField()),
                ("total", models.BigIntegerField()),
                ("last_xid", models.BigIntegerField()),
                ("last_kind", models.SmallIntegerField()),
                ("last_id", models.BigIntegerField()),
                ("root", models.BinaryField(max_length=32)),
                ("previous_hash", models.BinaryField(max_length=32)),
                ("hash", models.BinaryField(max_length=32)),
                ("leaves", models.BinaryField()),
                ("sealed_at", models.DateTimeField()),
                ("organization", organization(db_constraint=False)),
            ],
            options={
                "ordering": ["-seq"],
                "indexes": [
                    models.Index(
                        fields=["organization", "epoch", "last_xid", "last_kind", "last_id"],
                        name="checkpoint_by_position",
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("organization", "seq"), name="checkpoint_once")],
            },
        ),
        migrations.CreateModel(
            name="Anchor",
            fields=[
                ("created_at", moment(editable=False)),
                ("updated_at", moment(editable=False)),
                ("metadata", models.JSONField(blank=True, default=dict)),
                ("id", key("ANC")),
                ("url", models.CharField(max_length=500)),
                ("organization", organization(editable=False)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("organization",), name="anchor_once")],
            },
        ),
        migrations.CreateModel(
            name="AnchorPush",
            fields=[
                ("created_at", moment(editable=False)),
                ("updated_at", moment(editable=False)),
                ("metadata", models.JSONField(blank=True, default=dict)),
                ("id", key("APU")),
                ("seq", models.BigIntegerField()),
                ("target", models.CharField(choices=ledger.proof.models.targets, max_length=7)),
                (
                    "status",
                    models.CharField(choices=ledger.proof.models.push_statuses, default="pending", max_length=7),
                ),
                ("attempts", models.IntegerField(default=0)),
                ("next_attempt_at", moment()),
                ("pushed_at", models.DateTimeField(null=True)),
                ("last_error", models.CharField(blank=True, max_length=500)),
                ("organization", organization(editable=False)),
            ],
            options={
                "verbose_name_plural": "anchor pushes",
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "pending")),
                        fields=["organization", "target", "seq"],
                        name="anchor_push_pending",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "seq", "target"), name="anchor_push_once")
                ],
            },
        ),
        tenant_table("ledger_checkpoint", grants="select, insert"),
        sql_file(SQL / "0016_proof.sql"),
        append_only("ledger_checkpoint", "checkpoints_are_final"),
        tenant_table("ledger_anchor", grants="select, insert, update, delete"),
        tenant_table(
            "ledger_anchorpush",
            grants="select, insert, update",
            references={"anchor_push_of_own_checkpoint": ("seq", "ledger_checkpoint(seq)")},
        ),
    ]
