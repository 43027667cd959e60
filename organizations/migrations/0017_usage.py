"""What was asked for how often, and how far the files are counted that say so."""

import django.db.models.deletion
from django.db import migrations, models

from organizations.tables import tenant_table

RULES = """
alter table organizations_usage
    add constraint usage_counts check (requests >= 0 and refused >= 0),
    add constraint usage_operation check (operation <> '');
grant select, insert, update, delete on organizations_spoolposition to crane_app;
"""


class Migration(migrations.Migration):
    dependencies = [("organizations", "0016_ownership")]

    operations = [
        migrations.CreateModel(
            name="SpoolPosition",
            fields=[
                ("name", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("position", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Usage",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "organization_id",
                        "day",
                        "api_key_id",
                        "operation",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("day", models.DateField()),
                ("api_key_id", models.BigIntegerField()),
                ("operation", models.CharField(max_length=80)),
                ("requests", models.BigIntegerField(default=0)),
                ("refused", models.BigIntegerField(default=0)),
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
            options={"verbose_name_plural": "usage"},
        ),
        tenant_table("organizations_usage", grants="select, insert, update", primary_key=False),
        migrations.RunSQL(RULES, migrations.RunSQL.noop),
    ]
