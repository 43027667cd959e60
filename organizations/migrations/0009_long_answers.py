from django.db import migrations


class Migration(migrations.Migration):
    """The answers of large batches are kept as they are: compressing one took as long as a third of its postings."""

    dependencies = [("organizations", "0008_recorded_xid")]
    operations = [
        migrations.RunSQL(
            "alter table organizations_idempotencykey alter column body set storage external",
            migrations.RunSQL.noop,
        )
    ]
