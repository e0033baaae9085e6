"""The audit log: the one place that writes it."""

from typing import Any

from celery import current_task
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Model

from migrator.models import AuditEntry
from migrator.services.audit_chain import extend_chain


def _nobody() -> str:
    """Who acts where nobody is signed in: a worker within a task, else the command line."""
    return "worker" if current_task else "command line"


def record(user: User | None, action: str, subject: Model, **details: Any) -> None:
    """Note that `user` (None: the command line or a worker) did `action` to `subject`.

    Never a secret in `details`. The entry gets its place in the chain once the transaction holds;
    should that fail, the next entry or the beat gives it.
    """
    AuditEntry.objects.create(
        user=user,
        who=user.get_username() if user else _nobody(),
        action=action,
        subject=name_of(subject),
        details=details,
    )
    transaction.on_commit(extend_chain, robust=True)


def name_of(subject: Model) -> str:
    """What the log calls a row, such as "archive 4"."""
    return f"{subject._meta.verbose_name} {subject.pk}"
