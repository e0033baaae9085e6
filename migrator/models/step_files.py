"""The files of steps."""

from django.db import models

from migrator.models.steps import Step


class StepFile(models.Model):
    """A file of a step: downloaded, brought by a person, or offered to a person for upload."""

    class Role(models.TextChoices):
        SAVED = "saved", "Saved"
        OFFERED = "offered", "To upload"

    step = models.ForeignKey(Step, models.CASCADE, related_name="files")
    role = models.CharField(max_length=10, choices=Role, default=Role.SAVED)
    # What to call it when it is shown or downloaded; never used as a path.
    name = models.CharField(max_length=300)
    # Relative to settings.WORK_DIR, made by us.
    path = models.CharField(max_length=300)
    # What migrator.formats recognised.
    kind = models.CharField(max_length=20)
    # bytes
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
