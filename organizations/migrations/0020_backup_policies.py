"""The schema's owner, whom row security binds as well, may read everything for a backup."""

from django.db import migrations

from organizations.tables import BACKUP

POLICIES = f"""
do $$
declare
    name text;
begin
    for name in
        select c.relname from pg_class c
         where c.relnamespace = 'public'::regnamespace and c.relrowsecurity
           and not exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'backup_read')
    loop
        execute format($policy$
            create policy backup_read on %I for select to current_user using ({BACKUP})
        $policy$, name);
    end loop;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("organizations", "0019_sealed_secrets")]

    operations = [migrations.RunSQL(POLICIES, migrations.RunSQL.noop)]
