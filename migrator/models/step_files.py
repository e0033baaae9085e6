"""The files of steps."""

from django.db import models

from migrator.models.runs import Run
from migrator.models.steps import Step


class StepFile(models.Model):
    """A file of a step: downloaded, brought by a person, or offered to a person for upload.

    One that came while another was here counts for nothing until the person says what becomes of
    it (`instead`).
    """

    class Role(models.TextChoices):
        SAVED = "saved", "Saved"
        OFFERED = "offered", "To upload"
        INSTEAD = "instead", "To take the place of what is here"

    step = models.ForeignKey(Step, models.CASCADE, related_name="files")
    role = models.CharField(max_length=10, choices=Role, default=Role.SAVED)
    # What to call it when it is shown or downloaded; never used as a path.
    name = models.CharField(max_length=300)
    # Relative to settings.WORK_DIR, made by us.
    path = models.CharField(max_length=300)
    # What migrator.formats recognised.
    kind = models.CharField(max_length=20)
    # The sentence about it, where a person brought it.
    sentence = models.TextField(blank=True, db_default="")
    # bytes
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    # Knowledge Studio's id of the workspace that it is of, where content or name says it.
    workspace_id = models.CharField(max_length=100, blank=True, db_default="")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class UnsortedFile(models.Model):
    """A file that was brought for a run, of which nothing tells the workspace: a person says it."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="unsorted_files")
    # As it is called by the person; never used as a path.
    name = models.CharField(max_length=300)
    # Relative to settings.WORK_DIR, made by us.
    path = models.CharField(max_length=300)
    # What migrator.formats recognised, and its sentence.
    kind = models.CharField(max_length=20)
    sentence = models.TextField()
    workspace_id = models.CharField(max_length=100, blank=True)
    # bytes
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "sha256"], name="one_unsorted_file_by_content")
        ]

    def __str__(self) -> str:
        return self.name
