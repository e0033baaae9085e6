from typing import Any

from django.db import migrations


def share(apps: Any, _schema: Any) -> None:
    """One row for each address: it may serve several instances."""
    service = apps.get_model("migrator", "ModelService")
    first: dict[str, Any] = {}
    for row in service.objects.order_by("pk"):
        kept = first.setdefault(row.address, row)
        kept.instances.add(row.instance_id)
        if kept.pk != row.pk:
            credential = row.credential
            row.delete()
            if credential is not None:
                credential.delete()


class Migration(migrations.Migration):
    dependencies = [("migrator", "0008_deployed_models")]
    operations = [migrations.RunPython(share, migrations.RunPython.noop)]
