"""The audit log: who did what, append-only."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class AuditEntry(models.Model):
    """One thing that somebody did; never changed and never deleted by the product."""

    at = models.DateTimeField(default=timezone.now)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # The name at that time, since users may be deleted; "command line" without a user.
    who = models.CharField(max_length=150)
    # noun.verb, such as backup.started
    action = models.CharField(max_length=60)
    # What it was done to, such as "run 4".
    subject = models.CharField(max_length=200)
    details = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.who} {self.action} {self.subject}"
