"""Archives: sealed files that hold one workspace each."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone

from migrator.models.instances import Instance
from migrator.models.plans import Plan, PlanItem
from migrator.models.step_conditions import LOST_AFTER
from migrator.models.workspaces import Workspace


class Locked(models.TextChoices):
    """What opens an encrypted archive."""

    RECIPIENTS = "recipients", "To recipients"
    PASSPHRASE = "passphrase", "With a passphrase"


class ArchiveQuerySet(models.QuerySet["Archive"]):
    """Named questions about archives."""

    def whole(self) -> "ArchiveQuerySet":
        """Those that were read to the end and found right when they were read last."""
        return self.filter(verify_problem="").exclude(verified_at=None)

    def newest_whole_of(self, workspace_id: str) -> "Archive | None":
        """The newest whole one of the workspace with this id in Knowledge Studio."""
        if not workspace_id:
            return None
        return self.whole().filter(source_workspace_id=workspace_id).order_by("-created_at").first()

    def copies_of(self, archive: "Archive") -> "ArchiveQuerySet":
        """The other archives of the same workspace."""
        same = self.filter(source_workspace_id=archive.source_workspace_id)
        return same.exclude(pk=archive.pk)

    def to_replace(self) -> "ArchiveQuerySet":
        """The damaged ones that somebody has to do something about.

        Not those that only stay as the evidence of a restore, beside another whole one.
        """
        items = PlanItem.everything.filter(archive=OuterRef("pk"))
        used = Exists(items.exclude(plan__in=Plan.objects.drafts()))
        same = Archive.objects.filter(source_workspace_id=OuterRef("source_workspace_id"))
        return self.exclude(verify_problem="").exclude(used & Exists(same.whole()))


class Archive(models.Model):
    """One sealed archive in the storage; the row appears only when the file was read back."""

    # The name in Django's default storage.
    file = models.CharField(max_length=300, unique=True)
    # bytes
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    # What opens it; empty for one that is not encrypted. Size and SHA-256 are those of the file
    # as it lies there, these are those of the ZIP within.
    # (Defaults of the database too: the version before this one writes archives meanwhile.)
    encryption = models.CharField(
        max_length=10, choices=Locked, blank=True, default="", db_default=""
    )
    # The public keys that it was encrypted to, as far as they are known.
    recipients = models.JSONField(
        default=list, db_default=models.Value([], models.JSONField()), blank=True
    )
    plain_size = models.PositiveBigIntegerField(null=True, blank=True)
    plain_sha256 = models.CharField(max_length=64, blank=True, default="", db_default="")
    # When it was last opened with a key and its content found right.
    opened_at = models.DateTimeField(null=True, blank=True)
    # The item of the backup that made it; empty for one that was brought from outside.
    item = models.ForeignKey(
        PlanItem, models.SET_NULL, null=True, blank=True, related_name="archives"
    )
    workspace = models.ForeignKey(
        Workspace, models.SET_NULL, null=True, blank=True, related_name="archives"
    )
    instance = models.ForeignKey(
        Instance, models.SET_NULL, null=True, blank=True, related_name="archives"
    )
    # Kept here as well, since workspace and instance may be deleted before the archive.
    workspace_name = models.CharField(max_length=256)
    source_workspace_id = models.CharField(max_length=100)
    instance_name = models.CharField(max_length=100, blank=True)
    language = models.CharField(max_length=10, blank=True)
    # {count name: n} and the findings of the inspection, as in the archive's inspection.json.
    counts = models.JSONField(default=dict)
    findings = models.JSONField(default=list)
    # The archive's workspace.json.
    facts = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # When its content was last read and found right, and what was wrong the last time it was not.
    verified_at = models.DateTimeField(null=True, blank=True)
    verify_problem = models.TextField(blank=True)
    # The last sign of life of the worker that reads it again; empty while nobody does.
    verifying_at = models.DateTimeField(null=True, blank=True)

    objects = ArchiveQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="archives_newest_first"),
            # What the list of workspaces shows of them; a row itself is large, by its facts.
            models.Index(
                fields=["workspace", "created_at", "verified_at"], name="archives_of_a_workspace"
            ),
            # Few or none; without it every row is read to its end to find them.
            models.Index(
                fields=["id"], condition=~models.Q(verify_problem=""), name="damaged_archives"
            ),
        ]
        permissions = [("download_archive", "Can download archives and restore files")]

    def __str__(self) -> str:
        return self.file

    @property
    def is_being_verified(self) -> bool:
        """True while it waits for a worker or one reads it; not where the worker fell silent."""
        return self.verifying_at is not None and self.verifying_at >= timezone.now() - LOST_AFTER

    @property
    def is_encrypted(self) -> bool:
        """True where a key is needed to read it."""
        return bool(self.encryption)

    @property
    def media_type(self) -> str:
        """Of its file."""
        return "application/octet-stream" if self.is_encrypted else "application/zip"

    @property
    def content_sha256(self) -> str:
        """The SHA-256 of the ZIP: of the file itself, or of what it holds encrypted."""
        return self.plain_sha256 or self.sha256

    @property
    def is_locked(self) -> bool:
        """True where nobody gave a key that is still kept."""
        return self.is_encrypted and not (hasattr(self, "key") and self.key.until > timezone.now())
