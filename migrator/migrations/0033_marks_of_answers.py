"""What a check says gets a mark of its own: an acceptance holds while that stays the same."""

import hashlib
import json
from typing import Any

from django.db import migrations, models


def mark_accepted(apps: Any, schema_editor: Any) -> None:
    """Acceptances that hold now go on to do so while the same is found."""
    results = apps.get_model("migrator", "CheckResult")
    held = results.objects.filter(
        accepted_at__isnull=False, accepted_fingerprint=models.F("fingerprint")
    )
    for row in held.iterator():
        shown = [row.state, row.level, row.found, row.allowed, row.items]
        mark = hashlib.blake2b(json.dumps(shown).encode(), digest_size=16).hexdigest()
        row.accepted_mark = row.answer_mark = mark
        row.accepted_answer = {"state": row.state, "found": row.found, "named": row.items}
        row.save(update_fields=["accepted_mark", "answer_mark", "accepted_answer"])


class Migration(migrations.Migration):
    dependencies = [("migrator", "0032_damaged_archives")]

    operations = [
        migrations.AddField(
            model_name="checkresult",
            name="accepted_answer",
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="checkresult",
            name="accepted_mark",
            field=models.CharField(blank=True, db_default="", max_length=32),
        ),
        migrations.AddField(
            model_name="checkresult",
            name="answer_mark",
            field=models.CharField(blank=True, db_default="", max_length=32),
        ),
        migrations.RunPython(mark_accepted, migrations.RunPython.noop, elidable=True),
    ]
