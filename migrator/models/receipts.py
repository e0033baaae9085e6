"""Receipts: what was known when somebody said that a workspace may be deleted."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils import timezone

from migrator.models.audit import AppendOnly
from migrator.models.plans import Plan, PlanItem


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    """Named questions about receipts; what was signed is neither changed nor deleted."""

    def update(self, **changes: Any) -> NoReturn:
        """Refused: see Receipt."""
        raise AppendOnly

    def delete(self) -> NoReturn:
        """Refused: see Receipt."""
        raise AppendOnly


class Receipt(models.Model):
    """A signed statement about one workspace; written once, never changed, never deleted by us."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="receipts")
    item = models.ForeignKey(PlanItem, models.PROTECT, related_name="receipts")
    # Kept here as well, since the workspace may be gone when somebody reads this.
    workspace_name = models.CharField(max_length=256)
    workspace_id = models.CharField(max_length=100, blank=True)
    instance_name = models.CharField(max_length=100, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # The account at that time, and the name as the person wrote it.
    account = models.CharField(max_length=150)
    signed_name = models.CharField(max_length=150)
    signed_at = models.DateTimeField(default=timezone.now)
    # True where every condition was met; else some were accepted by name, with reasons.
    is_green = models.BooleanField()
    # Why those were acceptable; empty where every condition was met.
    reason = models.TextField(blank=True)
    # All that stands on it: conditions, archive, proof and models.
    content = models.JSONField()
    # SHA-256 of the JSON file, byte for byte as it is downloaded.
    sha256 = models.CharField(max_length=64)

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        ordering = ["-signed_at", "-pk"]

    def __str__(self) -> str:
        return f"receipt {self.pk} for {self.workspace_name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write it, once."""
        if self.pk is not None:
            raise AppendOnly
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused: what was signed stays."""
        raise AppendOnly
