"""The Celery application. A message carries primary keys only; the row is the truth."""

import os
from typing import Any

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "migrator.settings")

app = Celery("migrator")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["migrator"])


@signals.setup_logging.connect
def keep_our_logging(**_kwargs: Any) -> None:
    """A listener here keeps Celery from setting levels and handlers of its own over ours."""
