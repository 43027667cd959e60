from django.db import migrations, models

RULES = """
grant update (ownership) on organizations_organization to crane_app;
alter table organizations_organization
    add constraint organization_ownership_by_date check (
        jsonb_typeof(ownership) = 'array' and jsonb_array_length(ownership) <= 100);
"""


class Migration(migrations.Migration):
    """From which day on how much of an organization belongs to its parent."""

    dependencies = [("organizations", "0015_notices")]
    operations = [
        migrations.AddField(
            model_name="organization",
            name="ownership",
            field=models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.RunSQL(RULES, migrations.RunSQL.noop),
    ]
