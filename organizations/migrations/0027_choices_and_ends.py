"""From when on something chosen is told, and until when each secret of before signs."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0026_invitations"),
    ]

    operations = [
        migrations.AddField(
            model_name="noticesettings",
            name="since",
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name="webhook",
            name="ending_secrets",
            field=models.JSONField(db_default=[], default=list),
        ),
    ]
