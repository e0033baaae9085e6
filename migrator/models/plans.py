"""Plans: what is to be done, before anything is done."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from migrator.models.instances import Instance
from migrator.models.workspaces import Workspace


class PlanQuerySet(models.QuerySet["Plan"]):
    """Named questions about plans."""

    def guided(self) -> "PlanQuerySet":
        """Those that the wizard walks, without what a quick start noted for its one run."""
        return self.filter(is_guided=True)

    def drafts(self) -> "PlanQuerySet":
        """Restores that somebody began to review and has not started."""
        return self.filter(is_guided=False, purpose="restore", runs=None)


class Plan(models.Model):
    """What somebody wants done, as a row: reload, a second tab and a second person work.

    A quick start makes a plan of its own for its one run. A guided plan is walked by the wizard
    from assessment to the end, and may have a backup and a restore, each more than once.
    """

    class Purpose(models.TextChoices):
        BACKUP = "backup", "Back up"
        MOVE = "move", "Move"
        COPY = "copy", "Copy"
        RESTORE = "restore", "Restore"

    purpose = models.CharField(max_length=10, choices=Purpose)
    is_guided = models.BooleanField(default=False)
    # What people call it; empty for a quick start.
    name = models.CharField(max_length=120, blank=True)
    # Will the source workspaces be deleted afterwards? None until somebody said.
    deletes_source = models.BooleanField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    # When somebody last changed what it is about, or answered something.
    changed_at = models.DateTimeField(default=timezone.now)
    # Fingerprint of purpose, instance and workspaces: what answers to the whole plan depend on.
    scope_mark = models.CharField(max_length=64, blank=True)
    copied_from = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="copies"
    )
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
    # When something last changed on which a review of the restore depends.
    target_changed_at = models.DateTimeField(null=True, blank=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.name or f"plan {self.pk}"

    @property
    def restores(self) -> bool:
        """True where it ends in a target, False for a backup alone."""
        return self.purpose != self.Purpose.BACKUP


class ChosenItems(models.Manager["PlanItem"]):
    """The workspaces that a plan is about now, without those that were taken out of it again."""

    def get_queryset(self) -> models.QuerySet["PlanItem"]:
        """Only those that are still chosen."""
        return super().get_queryset().filter(left_at=None)


class PlanItem(models.Model):
    """One workspace of a plan, and for a restore where it goes.

    `plan.items` and `PlanItem.objects` are those chosen now. One that was taken out of a guided
    plan keeps its row, since runs, archives and answers refer to it: `PlanItem.everything`.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="items")
    # The source workspace of a backup.
    workspace = models.ForeignKey(
        Workspace, models.SET_NULL, null=True, blank=True, related_name="plan_items"
    )
    # The source of a restore.
    archive = models.ForeignKey(
        "migrator.Archive", models.PROTECT, null=True, blank=True, related_name="restores"
    )
    # The workspace's name in the source.
    name = models.CharField(max_length=256)
    # The name of the new workspace in the target; empty means the same as in the source.
    target_name = models.CharField(max_length=256, blank=True)
    # The existing workspace to restore into; empty means that a new one is created.
    target_workspace_id = models.CharField(max_length=100, blank=True)
    # What a new workspace gets; both cannot be changed later in Knowledge Studio.
    target_language = models.CharField(max_length=10, blank=True)
    target_tokenizer = models.CharField(max_length=20, blank=True)
    target_description = models.TextField(blank=True)
    # A list of {dictionary: name, entity_type: label}.
    mappings = models.JSONField(default=list, blank=True)
    # A person decided that the source workspace stays although the plan deletes the others.
    keeps_source = models.BooleanField(default=False)
    # When it was taken out of the plan.
    left_at = models.DateTimeField(null=True, blank=True)

    objects = ChosenItems()
    everything = models.Manager["PlanItem"]()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def new_name(self) -> str:
        """What the workspace is called in the target."""
        return self.target_name or self.name


class PlanAnswer(models.Model):
    """What somebody answered or accepted in a plan, for all of it or for one workspace.

    It is kept when what it was given for changes; the fingerprint then tells that it is out of
    date.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="answers")
    item = models.ForeignKey(
        PlanItem, models.CASCADE, null=True, blank=True, related_name="answers"
    )
    # What was asked, such as "loss:dictionary:42".
    key = models.CharField(max_length=200)
    value = models.JSONField(default=dict, blank=True)
    # Of the inputs that the answer was given for.
    fingerprint = models.CharField(max_length=64)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "key"],
                condition=models.Q(item=None),
                name="one_answer_per_plan_and_key",
            ),
            models.UniqueConstraint(
                fields=["plan", "item", "key"], name="one_answer_per_item_and_key"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} of plan {self.plan_id}"
