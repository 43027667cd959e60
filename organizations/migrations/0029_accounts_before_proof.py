"""Accounts that were there before count as proven, as they are, but for those that a sign-up made.

Sign-up asked for no proof: such an account was made after its organization and before its membership, in one
transaction. An account that was made like it within a minute is taken for one; it only has to be proven.
"""

from django.db import migrations, transaction

AT_ONCE = 1000
SEEN = "select set_config('app.backup', 'on', true)"  # the rows of all organizations, to the schema's owner
NEXT = """
    with batch as (
        select id from organizations_user where id > %s order by id limit %s for no key update
    ), proven as (
        update organizations_user u set email_proven_at = u.date_joined
          from batch
         where u.id = batch.id and u.email_proven_at is null and u.password not like '!%%'
           and not exists (
               select from organizations_membership m
                 join organizations_organization o on o.id = m.organization_id
                where m.user_id = u.id and u.date_joined between o.created_at and m.created_at
                  and m.created_at < o.created_at + interval '1 minute')
    )
    select max(id) from batch
"""


# batches: 1000 accounts
def trust_who_was_there(apps, schema_editor):
    """A thousand accounts at a time, in the order of their ids."""
    last = 0
    while last is not None:
        with transaction.atomic(using=schema_editor.connection.alias), schema_editor.connection.cursor() as cursor:
            cursor.execute(SEEN)
            cursor.execute(NEXT, [last, AT_ONCE])
            (last,) = cursor.fetchone()


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("organizations", "0028_proven_addresses")]
    operations = [migrations.RunPython(trust_who_was_there, migrations.RunPython.noop)]
