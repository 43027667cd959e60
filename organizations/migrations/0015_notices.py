"""What members are written to about."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import organizations.fields
from organizations.tables import sql_file, tenant_table

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0014_jobs"),
    ]

    operations = [
        migrations.CreateModel(
            name="NoticeSettings",
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
                        prefix="",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("delivery", models.CharField(default="off", max_length=7)),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                ("includes_owned", models.BooleanField(default=False)),
                ("through_xid", models.BigIntegerField()),
                ("digest_on", models.DateField(null=True)),
                (
                    "membership",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="organizations.membership",
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
            ],
            options={
                "verbose_name_plural": "notice settings",
                "constraints": [models.UniqueConstraint(fields=("organization", "membership"), name="notices_once")],
            },
        ),
        tenant_table(
            "organizations_noticesettings",
            grants="select, insert, update, delete",
            references={"notices_of_own_member": ("membership_id", "organizations_membership(id)")},
        ),
        sql_file(SQL / "0015_notices.sql"),
    ]
