import django.contrib.postgres.fields
from django.db import migrations, models

RULES = """
grant update (cors_origins) on organizations_organization to crane_app;
alter table organizations_organization
    add constraint organization_cors_origins check (
        cardinality(cors_origins) <= 20 and array_to_string(cors_origins, ' ') ~ '^(https?://[^ /*]+(:\\*)?( |$))*$');

-- The list of an organization, for requests that carry no key yet. It opens the record to itself and to nobody else.
create function crane_cors_origins(number bigint) returns text[] language plpgsql volatile as $$
declare
    before text := coalesce(current_setting('app.superuser', true), '');
    found text[];
begin
    perform set_config('app.superuser', 'on', true);
    select o.cors_origins::text[] into found from organizations_organization o where o.id = number;
    perform set_config('app.superuser', before, true);
    return coalesce(found, '{}');
end $$;
"""


class Migration(migrations.Migration):
    """Which web pages may call an organization's API."""

    dependencies = [("organizations", "0021_narrow_keys")]
    operations = [
        migrations.AddField(
            model_name="organization",
            name="cors_origins",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=300), blank=True, db_default=[], default=list, size=None
            ),
        ),
        migrations.RunSQL(RULES, migrations.RunSQL.noop),
    ]
