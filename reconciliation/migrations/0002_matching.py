"""Matches of lines and entries: suggested, accepted, undone."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import organizations.fields
import reconciliation.matching.models
from organizations.tables import sql_file, tenant_table

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0018_suspended_results"),
        ("organizations", "0009_long_answers"),
        ("reconciliation", "0001_statements"),
    ]

    operations = [
        migrations.CreateModel(
            name="Match",
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
                        prefix="MAT",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=reconciliation.matching.models.match_statuses, default="suggested", max_length=9
                    ),
                ),
                ("origin", models.CharField(choices=reconciliation.matching.models.match_origins, max_length=9)),
                ("line_ids", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                (
                    "entry_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("fee", models.DecimalField(decimal_places=8, default=0, max_digits=28)),
                ("score", models.IntegerField(null=True)),
                ("margin", models.IntegerField(null=True)),
                ("features", models.JSONField(default=dict)),
                ("runner_up", models.JSONField(null=True)),
                ("reason", models.TextField(blank=True)),
                ("scoring_version", models.IntegerField(null=True)),
                ("rule_id", models.BigIntegerField(null=True)),
                ("rule_version", models.IntegerField(null=True)),
                ("transaction_id", models.BigIntegerField(null=True)),
                ("accepted_at", models.DateTimeField(editable=False, null=True)),
                ("undone_at", models.DateTimeField(editable=False, null=True)),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.account",
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
                "verbose_name_plural": "matches",
            },
        ),
        migrations.CreateModel(
            name="MatchedEntry",
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
                ("entry_id", models.BigIntegerField()),
                (
                    "match",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="matched",
                        to="reconciliation.match",
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
        ),
        migrations.AddIndex(
            model_name="match",
            index=models.Index(fields=["organization", "account", "status", "id"], name="match_by_account"),
        ),
        migrations.AddIndex(
            model_name="matchedentry",
            index=models.Index(fields=["organization", "match"], name="matched_by_match"),
        ),
        migrations.AddConstraint(
            model_name="matchedentry",
            constraint=models.UniqueConstraint(fields=("organization", "entry_id"), name="match_entry_once"),
        ),
        tenant_table(
            "reconciliation_match",
            grants="select, insert, delete",
            references={"match_of_own_account": ("account_id", "ledger_account(id)")},
        ),
        migrations.RunSQL(
            "grant update (status, entry_ids, fee, transaction_id, reason, accepted_at, undone_at, metadata,"
            " updated_at) on reconciliation_match to crane_app",
            migrations.RunSQL.noop,
        ),
        tenant_table(
            "reconciliation_matchedentry",
            grants="select, insert, delete",
            references={
                "matched_of_own_match": ("match_id", "reconciliation_match(id)"),
                "matched_own_entry": ("entry_id", "ledger_entry(id)"),
            },
        ),
        sql_file(SQL / "0002_matching.sql"),
    ]
