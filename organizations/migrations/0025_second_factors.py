"""Second factors of people, and what the application may do in the tables of django-otp and django-axes.

Those belong to no organization: they are read before anybody is known to be somebody.
"""

from django.db import migrations, models

GRANTS = """
grant select, insert, update, delete on otp_totp_totpdevice, otp_static_staticdevice, axes_accessattempt to crane_app;
grant select, insert, delete on otp_static_statictoken to crane_app;
grant usage on sequence otp_totp_totpdevice_id_seq, otp_static_staticdevice_id_seq, otp_static_statictoken_id_seq
    to crane_app;
grant select, delete on axes_accessattemptexpiration to crane_app;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0024_credit_pools"),
        ("axes", "0010_accessattemptexpiration"),
        ("otp_static", "0003_add_timestamps"),
        ("otp_totp", "0003_add_timestamps"),
    ]

    operations = [
        migrations.CreateModel(
            name="Authenticator",
            fields=[],
            options={"proxy": True, "indexes": [], "constraints": []},
            bases=("otp_totp.totpdevice",),
        ),
        migrations.AddField(
            model_name="user",
            name="second_factor_since",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
