"""Inventories: one look at everything an instance lists."""

from django.db import models
from django.utils import timezone

from migrator.models.instances import Instance


class Inventory(models.Model):
    """One complete look at an instance, or one that failed; never a part shown as whole."""

    instance = models.ForeignKey(Instance, models.CASCADE, related_name="inventories")
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    workspaces_seen = models.PositiveIntegerField(default=0)
    # Why it failed; empty while it works and after success.
    problem = models.TextField(blank=True)

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["instance"],
                condition=models.Q(finished_at=None),
                name="one_inventory_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"inventory {self.pk} of {self.instance_id}"

    @property
    def is_complete(self) -> bool:
        """True when every workspace was read to the end."""
        return self.finished_at is not None and not self.problem
