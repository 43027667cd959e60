"""The kinds of documents, each a name of its own for the back office."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0027_revaluations"),
    ]

    operations = [
        migrations.CreateModel(
            name="Bill",
            fields=[],
            options={
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("ledger.document",),
        ),
        migrations.CreateModel(
            name="CreditNote",
            fields=[],
            options={
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("ledger.document",),
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[],
            options={
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("ledger.document",),
        ),
        migrations.CreateModel(
            name="VendorCredit",
            fields=[],
            options={
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("ledger.document",),
        ),
    ]
