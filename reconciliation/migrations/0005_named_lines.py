"""What a later file called a line that has no id of its own: under another id it is not surely the same."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0004_bank_rules")]

    operations = [
        migrations.AddField("remark", "bank_id", models.TextField(blank=True, default=""), preserve_default=False),
        migrations.AddIndex(
            "remark",
            models.Index(
                fields=["organization", "line_id"],
                condition=models.Q(("bank_id", ""), _negated=True),
                name="remark_by_line",
            ),
        ),
    ]
