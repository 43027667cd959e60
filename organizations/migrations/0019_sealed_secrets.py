"""Webhooks get a root of their own, sealed. That of those before is what their secrets came from: the receivers' stay."""

import hashlib

from django.conf import settings
from django.db import migrations

from organizations.fields import SealedField
from organizations.sealing import seal


def keep_roots(apps, schema_editor) -> None:
    """Row by row within each organization's walls, which bind the owner of the tables too."""
    root = hashlib.sha256(settings.SECRET_KEY.encode()).hexdigest()
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("select set_config('app.superuser', 'on', true)")
        cursor.execute("select id from organizations_organization")
        for (number,) in cursor.fetchall():
            walls = "select set_config('app.organization_id', %s, true), set_config('app.reach', %s, true)"
            cursor.execute(walls, [f"{number}", f"{{{number}}}"])
            cursor.execute(
                "update organizations_webhook set root = %s where organization_id = %s and root is null",
                [seal(root, number), number],
            )
        cursor.execute("select set_config('app.superuser', '', true), set_config('app.organization_id', '', true)")
        cursor.execute("select set_config('app.reach', '', true)")


class Migration(migrations.Migration):
    dependencies = [("organizations", "0018_credits")]

    operations = [
        migrations.AddField("webhook", "root", SealedField(null=True)),
        migrations.RunPython(keep_roots, migrations.RunPython.noop),
    ]
