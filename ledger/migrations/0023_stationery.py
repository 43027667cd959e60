"""Stationery: how an organization's documents look."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import organizations.fields
from organizations.tables import sql_file, tenant_table

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0022_contacts_of_before"),
    ]

    operations = [
        migrations.CreateModel(
            name="Stationery",
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
                        prefix="STA",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("legal_name", models.CharField(blank=True, max_length=200)),
                ("address", models.TextField(blank=True)),
                ("email", models.CharField(blank=True, max_length=254)),
                ("phone", models.CharField(blank=True, max_length=50)),
                ("website", models.CharField(blank=True, max_length=200)),
                ("tax_number", models.CharField(blank=True, max_length=50)),
                ("bank_details", models.TextField(blank=True)),
                ("footer", models.TextField(blank=True)),
                ("default_notes", models.TextField(blank=True)),
                ("default_terms", models.TextField(blank=True)),
                ("payment_terms_days", models.IntegerField(default=30)),
                ("locale", models.CharField(default="en_US", max_length=20)),
                ("accent_color", models.CharField(default="#1f4e79", max_length=7)),
                ("invoice_prefix", models.CharField(default="INV", max_length=12)),
                ("credit_note_prefix", models.CharField(default="CN", max_length=12)),
                ("bill_prefix", models.CharField(default="BILL", max_length=12)),
                ("vendor_credit_prefix", models.CharField(default="VC", max_length=12)),
                ("email_subject", models.CharField(default="{number} from {organization}", max_length=200)),
                (
                    "email_body",
                    models.TextField(
                        default="Dear {contact},\n\nplease find {number} over {total} attached. It is due on {due_date}.\n\nKind regards\n{organization}\n"
                    ),
                ),
                ("logo", models.BinaryField(null=True)),
                ("logo_type", models.CharField(blank=True, max_length=10)),
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
                "verbose_name_plural": "stationery",
                "constraints": [models.UniqueConstraint(fields=("organization",), name="stationery_once")],
            },
        ),
        tenant_table("ledger_stationery", grants="select, insert"),
        sql_file(SQL / "0023_stationery.sql"),
    ]
