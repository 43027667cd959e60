"""The triggers of this app rest while an organization is deleted as a whole."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0006_documents"), ("ledger", "0038_deletions")]

    operations = [migrations.RunSQL("select crane_let_leave()", migrations.RunSQL.noop)]
