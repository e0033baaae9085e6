"""Events: the log of a run."""

from django.db import models
from django.utils import timezone

from migrator.models.runs import Run
from migrator.models.steps import Step


class Event(models.Model):
    """One line of a run's log: ids, names and counts, never document text or a secret."""

    class Level(models.TextChoices):
        NOTE = "note", "Note"
        WARNING = "warning", "Warning"
        ERROR = "error", "Error"

    run = models.ForeignKey(Run, models.CASCADE, related_name="events")
    step = models.ForeignKey(Step, models.CASCADE, null=True, blank=True, related_name="events")
    at = models.DateTimeField(default=timezone.now)
    level = models.CharField(max_length=10, choices=Level, default=Level.NOTE)
    text = models.TextField()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["run", "-at"], name="events_of_a_run")]

    def __str__(self) -> str:
        return self.text
