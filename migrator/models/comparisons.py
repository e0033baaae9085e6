"""Comparisons of two archives of one workspace: what changed between two backups."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from migrator.models.archives import Archive
from migrator.models.step_conditions import LOST_AFTER


class ArchiveComparison(models.Model):
    """What comparing two archives by content gave; asked for again, the row starts anew."""

    older = models.ForeignKey(Archive, models.CASCADE, related_name="comparisons_with_newer")
    newer = models.ForeignKey(Archive, models.CASCADE, related_name="comparisons_with_older")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    # The last sign of life of the worker that compares, or when it was sent; None when it ended.
    working_at = models.DateTimeField(null=True, blank=True)
    # When it ended, and what it ended with where it could not compare.
    finished_at = models.DateTimeField(null=True, blank=True)
    problem = models.TextField(blank=True)
    # {count name: [older, newer]}
    compared = models.JSONField(default=dict)
    # {difference kind: n}; every difference is counted here.
    totals = models.JSONField(default=dict)
    # The first differences, as migrator.formats.differences.Difference: they hold document texts.
    examples = models.JSONField(default=list)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["older", "newer"], name="one_comparison_per_pair")
        ]

    def __str__(self) -> str:
        return f"comparison {self.pk}"

    @property
    def is_working(self) -> bool:
        """True while it waits for a worker or one compares; not where the worker fell silent."""
        return self.working_at is not None and self.working_at >= timezone.now() - LOST_AFTER

    @property
    def is_identical(self) -> bool:
        """True where it came to its end and found nothing."""
        return self.finished_at is not None and not self.problem and not self.totals

    @property
    def difference_count(self) -> int:
        """All differences, listed or not."""
        return sum(self.totals.values())
