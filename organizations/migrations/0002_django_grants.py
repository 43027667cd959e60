"""What the application's role may do in Django's own tables: the back office's sessions, groups and log."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0001_core"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(
            """
            grant select, insert, update, delete on django_session, auth_group, auth_group_permissions to crane_app;
            grant select, insert on django_admin_log to crane_app;
            grant select on django_content_type, auth_permission, django_migrations to crane_app;
            grant usage on all sequences in schema public to crane_app;
            """,
            migrations.RunSQL.noop,
        ),
    ]
