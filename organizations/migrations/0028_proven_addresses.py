"""Since when it is known that an account's address belongs to who has it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("organizations", "0027_choices_and_ends")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="email_proven_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
