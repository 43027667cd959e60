from django.db import migrations, models


class Migration(migrations.Migration):
    """The latest day that any area is locked through stands on the organization: a posting after it looks no further."""

    dependencies = [("organizations", "0005_facts_of_many")]
    operations = [
        migrations.AddField(
            model_name="organization",
            name="soft_locked_through",
            field=models.DateField(editable=False, null=True),
        ),
        migrations.RunSQL(
            "grant update (soft_locked_through) on organizations_organization to crane_app", migrations.RunSQL.noop
        ),
    ]
