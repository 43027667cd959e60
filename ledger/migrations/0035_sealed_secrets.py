from django.db import migrations

from organizations.fields import SealedField


class Migration(migrations.Migration):
    dependencies = [("ledger", "0034_recorded_movements")]

    operations = [migrations.AlterField("connection", "secret", SealedField())]
