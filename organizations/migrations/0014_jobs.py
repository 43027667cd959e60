"""Jobs are cancelled, end after too many starts, and forget their results."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

import organizations.fields
from organizations.tables import sql_file, tenant_table

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0013_drafts"),
    ]

    operations = [
        migrations.AddField(
            model_name="job",
            name="attempts",
            field=models.SmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="job",
            name="expired_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="JobCancellation",
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
                ("job_id", models.BigIntegerField()),
                ("actor", models.JSONField()),
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
                "constraints": [models.UniqueConstraint(fields=("organization", "job_id"), name="job_cancelled_once")],
            },
        ),
        tenant_table(
            "organizations_jobcancellation",
            grants="select, insert, delete",
            references={"cancellation_of_own_job": ("job_id", "organizations_job(id)")},
        ),
        sql_file(SQL / "0014_jobs.sql"),
    ]
