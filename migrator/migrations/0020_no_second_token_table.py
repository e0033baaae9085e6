"""The library's own table of tokens is never used: ours (ApiToken) takes its place.

Left there, it would refer to users from outside of what Django knows.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("knox", "0009_extend_authtoken_field"),
        ("migrator", "0019_receipts_signed_once"),
    ]

    operations = [
        migrations.RunSQL("DROP TABLE IF EXISTS knox_authtoken", migrations.RunSQL.noop),
    ]
