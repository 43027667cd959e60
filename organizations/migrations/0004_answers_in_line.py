from django.db import migrations


class Migration(migrations.Migration):
    """Answers and states of some kilobytes stay in their row: compressing each cost more than the insert."""

    dependencies = [("organizations", "0003_recording")]
    operations = [
        migrations.RunSQL(
            """
            alter table organizations_event set (toast_tuple_target = 8160);
            alter table organizations_idempotencykey set (toast_tuple_target = 8160);
            """,
            migrations.RunSQL.noop,
        )
    ]
