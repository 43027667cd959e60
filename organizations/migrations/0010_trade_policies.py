from django.db import migrations, models

import organizations.tenants.models

RULES = """
grant update (tax_rounding, require_contact_on_control_accounts, exchange_rate_max_age_days)
    on organizations_organization to crane_app;
alter table organizations_organization
    add constraint organization_tax_rounding check (tax_rounding in ('line', 'document')),
    add constraint organization_rate_age check (exchange_rate_max_age_days between 0 and 366);
"""


class Migration(migrations.Migration):
    """How an organization rounds taxes, whether control accounts need a contact, and how long a rate serves."""

    dependencies = [("organizations", "0009_long_answers")]
    operations = [
        migrations.AddField(
            model_name="organization",
            name="tax_rounding",
            field=models.CharField(
                choices=organizations.tenants.models.tax_roundings, db_default="line", default="line", max_length=8
            ),
        ),
        migrations.AddField(
            model_name="organization",
            name="require_contact_on_control_accounts",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="organization",
            name="exchange_rate_max_age_days",
            field=models.SmallIntegerField("exchange rates serve for days", db_default=7, default=7),
        ),
        migrations.RunSQL(RULES, migrations.RunSQL.noop),
    ]
