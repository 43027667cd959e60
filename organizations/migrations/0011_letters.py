"""Letters: e-mail that leaves through an outbox."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import organizations.fields
import organizations.letters.models
from organizations.tables import sql_file, tenant_table

SQL = Path(__file__).parent / "sql"


def moment(**options):
    return models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), **options)


def key(prefix=""):
    return organizations.fields.IdField(
        db_default=organizations.fields.NextId(), editable=False, prefix=prefix, primary_key=True, serialize=False
    )


def organization(**options):
    return models.ForeignKey(
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="organizations.organization",
        **options,
    )


class Migration(migrations.Migration):
    dependencies = [("organizations", "0010_trade_policies")]

    operations = [
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("created_at", moment(editable=False)),
                ("updated_at", moment(editable=False)),
                ("metadata", models.JSONField(blank=True, default=dict)),
                ("id", key("LTR")),
                ("sender", models.CharField(max_length=254)),
                ("sender_name", models.CharField(blank=True, max_length=200)),
                ("to", models.JSONField(db_column="to_addresses", default=list)),
                ("cc", models.JSONField(db_column="cc_addresses", default=list)),
                ("reply_to", models.CharField(blank=True, max_length=254)),
                ("subject", models.CharField(max_length=250)),
                ("body", models.TextField()),
                ("html", models.TextField(blank=True)),
                ("about_kind", models.CharField(blank=True, max_length=40)),
                ("about_id", models.CharField(blank=True, max_length=20)),
                (
                    "status",
                    models.CharField(choices=organizations.letters.models.statuses, default="queued", max_length=6),
                ),
                ("round", models.IntegerField(default=0)),
                ("attempts", models.IntegerField(default=0)),
                ("next_attempt_at", moment()),
                ("last_error", models.CharField(blank=True, max_length=500)),
                ("sent_at", models.DateTimeField(null=True)),
                ("organization", organization(editable=False)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "queued")),
                        fields=["organization", "next_attempt_at"],
                        name="letter_waiting",
                    ),
                    models.Index(fields=["organization", "about_id", "id"], name="letter_by_subject"),
                ],
            },
        ),
        migrations.CreateModel(
            name="LetterAttachment",
            fields=[
                ("id", key()),
                ("number", models.IntegerField()),
                ("name", models.CharField(max_length=120)),
                ("content_type", models.CharField(max_length=100)),
                ("content", models.BinaryField()),
                (
                    "letter",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.letter",
                    ),
                ),
                ("organization", organization(db_constraint=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "letter", "number"), name="letter_attachment_once")
                ],
            },
        ),
        tenant_table("organizations_letter", grants="select, insert"),
        tenant_table(
            "organizations_letterattachment",
            grants="select, insert",
            references={"letter_attachment_of_own_letter": ("letter_id", "organizations_letter(id)")},
        ),
        sql_file(SQL / "0011_letters.sql"),
    ]
