"""The audit log: the one place that writes it."""

from typing import Any

from celery import current_task
from django.contrib.auth.models import User
from django.db.models import Model

from migrator.models import AuditEntry


def _nobody() -> str:
    """Who acts where nobody is signed in: a worker within a task, else the command line."""
    return "worker" if current_task else "command line"


def record(user: User | None, action: str, subject: Model, **details: Any) -> None:
    """Note that `user` (None: the command line or a worker) did `action` to `subject`.

    Never a secret in `details`.
    """
    AuditEntry.objects.create(
        user=user,
        who=user.get_username() if user else _nobody(),
        action=action,
        subject=f"{subject._meta.verbose_name} {subject.pk}",
        details=details,
    )
