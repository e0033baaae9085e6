"""The ledger of a restore: what was created on the other side, so that nothing is created twice."""

from django.db import models
from django.utils import timezone

from migrator.models.steps import Step


class LedgerEntry(models.Model):
    """One object that a step created on the target."""

    step = models.ForeignKey(Step, models.CASCADE, related_name="ledger")
    # workspace, entity_type, dictionaries, upload (a part of the documents), …
    kind = models.CharField(max_length=30)
    source_id = models.CharField(max_length=300)
    # The id the target gave; empty between the call and its answer.
    target_id = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "ledger entries"
        constraints = [
            models.UniqueConstraint(
                fields=["step", "kind", "source_id"], name="one_ledger_entry_per_object"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.source_id} -> {self.target_id}"
