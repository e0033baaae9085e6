"""What pictures are drawn from: too large for the rows that lists read, so it stands apart."""

from django.db import models

from migrator.models.archives import Archive
from migrator.models.verifications import Verification


class ArchiveFigures(models.Model):
    """The type system of an archive as a graph with counts, as `TypeGraph.to_json_dict` gives it.

    An archive without a type system has none.
    """

    archive = models.OneToOneField(Archive, models.CASCADE, related_name="figures")
    types = models.JSONField()

    class Meta:
        verbose_name_plural = "archive figures"

    def __str__(self) -> str:
        return f"figures of archive {self.archive_id}"


class ProofFigures(models.Model):
    """Both type systems as they were compared, and how many documents did not come out equal."""

    verification = models.OneToOneField(Verification, models.CASCADE, related_name="figures")
    # As ArchiveFigures.types; None where that side brought no type system.
    source_types = models.JSONField(null=True)
    target_types = models.JSONField(null=True)
    # Documents of the archive that are missing, or whose text or annotations differ; documents
    # that are only split otherwise are not among them.
    documents_differing = models.PositiveIntegerField()
    # Those: of equal text and annotations, with sentences or tokens cut otherwise. None where the
    # proof is from before they were counted.
    documents_split_anew = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name_plural = "proof figures"

    def __str__(self) -> str:
        return f"figures of verification {self.verification_id}"
