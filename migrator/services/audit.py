"""The audit log: the one place that writes it."""

from typing import Any

from django.contrib.auth.models import User
from django.db.models import Model

from migrator.models import AuditEntry


def record(user: User | None, action: str, subject: Model, **details: Any) -> None:
    """Note that `user` (None: the command line) did `action` to `subject`; never a secret in it."""
    AuditEntry.objects.create(
        user=user,
        who=user.get_username() if user else "command line",
        action=action,
        subject=f"{subject._meta.verbose_name} {subject.pk}",
        details=details,
    )
