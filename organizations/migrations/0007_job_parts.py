"""Parts of a long job's result, each committed with what it tells of."""

import django.db.models.deletion
from django.db import migrations, models

import organizations.fields
from organizations.tables import tenant_table


class Migration(migrations.Migration):
    dependencies = [("organizations", "0006_soft_locked_through")]

    operations = [
        migrations.CreateModel(
            name="JobPart",
            fields=[
                (
                    "id",
                    organizations.fields.IdField(
                        db_default=organizations.fields.NextId(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("job_id", models.BigIntegerField()),
                ("number", models.IntegerField()),
                ("results", models.JSONField(decoder=organizations.fields.ExactDecoder)),
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
        ),
        migrations.AddConstraint(
            model_name="jobpart",
            constraint=models.UniqueConstraint(fields=("organization", "job_id", "number"), name="job_part_once"),
        ),
        tenant_table(
            "organizations_jobpart",
            grants="select, insert",
            references={"part_of_own_job": ("job_id", "organizations_job(id)")},
        ),
    ]
