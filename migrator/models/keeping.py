"""How archives are kept: rules for all of them, and holds on single ones."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from migrator.models.archives import Archive


class ArchiveRules(models.Model):
    """What holds for all archives of this server; one row, made when somebody first sets a rule."""

    THE_ONE = 1

    # To whom every archive is encrypted that is sealed here; none: as each backup chooses.
    recipients = models.JSONField(default=list, blank=True)
    # An archive goes when it is older than this, in days; empty: none goes by its age.
    keep_days = models.PositiveIntegerField(null=True, blank=True)
    # The newest whole archives of each workspace that stay, whatever their age.
    keep_newest = models.PositiveIntegerField(default=1, db_default=1)
    # Whether archives that a receipt names as the reason why a workspace could be deleted go too.
    takes_receipts = models.BooleanField(default=False, db_default=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        permissions = [("keep_archives", "Can set how archives are encrypted and kept")]

    def __str__(self) -> str:
        return "the rules of the archives"


class ArchiveHold(models.Model):
    """A reason why an archive must not be deleted, until somebody lifts it; never deleted itself
    before the archive."""

    archive = models.ForeignKey(Archive, models.CASCADE, related_name="holds")
    reason = models.TextField()
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    placed_at = models.DateTimeField(default=timezone.now)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"hold {self.pk} on archive {self.archive_id}"
