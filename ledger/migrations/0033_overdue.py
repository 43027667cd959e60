"""That a document is overdue is told once."""

import django.db.models.deletion
from django.db import migrations, models

import organizations.fields
from organizations.tables import tenant_table


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0032_approval"),
        ("organizations", "0015_notices"),
    ]

    operations = [
        migrations.CreateModel(
            name="Overdue",
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
                ("due_date", models.DateField()),
                (
                    "document",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.document",
                    ),
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
                "constraints": [models.UniqueConstraint(fields=("organization", "document"), name="overdue_told_once")],
            },
        ),
        tenant_table(
            "ledger_overdue",
            grants="select, insert",
            references={"overdue_of_own_document": ("document_id", "ledger_document(id)")},
        ),
    ]
