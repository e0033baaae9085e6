"""Plans: what is to be done, before anything is done."""

from django.conf import settings
from django.db import models

from migrator.models.instances import Instance
from migrator.models.workspaces import Workspace


class Plan(models.Model):
    """What somebody wants done, as a row: reload, a second tab and a second person work."""

    class Purpose(models.TextChoices):
        BACKUP = "backup", "Back up"
        RESTORE = "restore", "Restore"

    purpose = models.CharField(max_length=10, choices=Purpose)
    source = models.ForeignKey(
        Instance, models.PROTECT, null=True, blank=True, related_name="plans_from"
    )
    target = models.ForeignKey(
        Instance, models.PROTECT, null=True, blank=True, related_name="plans_to"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"plan {self.pk}"


class PlanItem(models.Model):
    """One workspace of a plan, and for a restore where it goes."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="items")
    # The source workspace of a backup.
    workspace = models.ForeignKey(
        Workspace, models.SET_NULL, null=True, blank=True, related_name="plan_items"
    )
    # The source of a restore.
    archive = models.ForeignKey(
        "migrator.Archive", models.PROTECT, null=True, blank=True, related_name="restores"
    )
    name = models.CharField(max_length=256)
    # The existing workspace to restore into; empty means that a new one is created.
    target_workspace_id = models.CharField(max_length=100, blank=True)
    # What a new workspace gets; both cannot be changed later in Knowledge Studio.
    target_language = models.CharField(max_length=10, blank=True)
    target_tokenizer = models.CharField(max_length=20, blank=True)
    target_description = models.TextField(blank=True)
    # A list of {dictionary: name, entity_type: label}.
    mappings = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
