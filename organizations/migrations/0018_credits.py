"""Credits of those who pay."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import organizations.fields
from organizations.tables import append_only, tenant_table

RULES = """
alter table organizations_creditentry
    add constraint credits_kind check (kind in ('grant', 'purchase', 'spend', 'expire', 'adjust')),
    add constraint credits_sign check (
        credits <> 0 and (credits > 0 or kind in ('spend', 'expire', 'adjust'))
        and (credits < 0 or kind in ('grant', 'purchase', 'adjust')));
"""


class Migration(migrations.Migration):
    dependencies = [("organizations", "0017_usage")]

    operations = [
        migrations.CreateModel(
            name="CreditEntry",
            fields=[
                (
                    "id",
                    organizations.fields.IdField(
                        db_default=organizations.fields.NextId(),
                        editable=False,
                        prefix="CRE",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("kind", models.CharField(max_length=8)),
                ("credits", models.BigIntegerField()),
                ("reference", models.CharField(max_length=100)),
                ("note", models.TextField(blank=True)),
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
                "verbose_name_plural": "credit entries",
                "constraints": [models.UniqueConstraint(fields=("organization", "reference"), name="credits_once")],
            },
        ),
        tenant_table("organizations_creditentry", grants="select, insert"),
        append_only("organizations_creditentry", "credits_are_final"),
        migrations.RunSQL(RULES, migrations.RunSQL.noop),
    ]
