"""The audit log: who did what, append-only, each entry chained to the one before."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils import timezone


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    """Named questions about entries; what was written is neither changed nor deleted."""

    def chained(self) -> "AuditQuerySet":
        """Those that have their place in the chain, in its order."""
        return self.exclude(position=None).order_by("position")

    def unchained(self) -> "AuditQuerySet":
        """Those written a moment ago, in the order in which they get their places."""
        return self.filter(position=None).order_by("pk")

    def update(self, **changes: Any) -> NoReturn:
        """Refused: see AuditEntry."""
        raise AppendOnly

    def delete(self) -> NoReturn:
        """Refused: see AuditEntry."""
        raise AppendOnly


class AppendOnly(Exception):
    """Code tried to change or delete an audit entry: a bug."""


class AuditEntry(models.Model):
    """One thing that somebody did; never changed and never deleted by the product.

    It is written in the transaction of what was done, and gets its place in the chain right after:
    a place taken earlier would make everybody who does something wait for everybody else.
    """

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
    # 1, 2, 3, … without a gap; None until the entry is chained.
    position = models.PositiveBigIntegerField(null=True, blank=True, unique=True, editable=False)
    # SHA-256 in hexadecimal of the entry before, and of this one with that in it.
    previous_hash = models.CharField(max_length=64, blank=True, editable=False)
    hash = models.CharField(max_length=64, blank=True, editable=False)

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_newest_first"),
            models.Index(fields=["action"], name="audit_by_action"),
        ]

    def __str__(self) -> str:
        return f"{self.who} {self.action} {self.subject}"

    def save(self, **options: Any) -> None:
        """Write a new entry; AppendOnly for one that is there."""
        if self.pk is not None:
            raise AppendOnly
        super().save(**options)

    def delete(self, using: Any = None, keep_parents: bool = False) -> NoReturn:
        """Refused: see the class."""
        raise AppendOnly

    @property
    def said(self) -> list[tuple[str, Any]]:
        """The details as pairs: a template would take a detail named "items" for the method."""
        return list(self.details.items())


class AuditChain(models.Model):
    """The chain's end, and what its last check found; one row."""

    THE_ONE = 1

    # Position and hash of the last entry.
    length = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=64, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_length = models.PositiveBigIntegerField(default=0)
    # The position at which the last check found it broken, and how; empty where it was intact.
    broken_at = models.PositiveBigIntegerField(null=True, blank=True)
    problem = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"audit chain of {self.length}"

    @property
    def is_intact(self) -> bool:
        """True where it was checked and nothing was found."""
        return self.checked_at is not None and not self.problem
