"""Workspaces as the last inventory saw them, with what belongs to them as rows."""

from typing import Any

from django.apps import apps
from django.db import models
from django.db.models.functions import Coalesce

from migrator.models.instances import Instance
from migrator.models.inventories import Inventory
from migrator.models.model_conditions import asked_count, doomed_items, models_known, served_count


class WorkspaceQuerySet(models.QuerySet["Workspace"]):
    """Named questions about workspaces."""

    def present(self) -> "WorkspaceQuerySet":
        """Those that the last complete inventory still listed."""
        return self.filter(gone_at=None)

    def for_listing(self) -> "WorkspaceQuerySet":
        """With instance, deployed models and newest archive, in one query.

        `deployed_models` means nothing where `models_known` is false.
        """
        models_seen = {
            "deployed_models": served_count("workspace_id"),
            "models_known": models_known("instance"),
        }
        return self.select_related("instance").annotate(
            **models_seen,
            last_backup_at=_newest("created_at"),
            last_verified_at=_newest("verified_at", whole=True),
        )

    def with_lists(self) -> "WorkspaceQuerySet":
        """With the numbers of dictionaries, all and read-only ones, and the newest archive's key.

        The numbers mean nothing where no inventory listed the workspace.
        """
        archives = apps.get_model("migrator", "Archive")._default_manager
        newest = archives.filter(workspace=models.OuterRef("pk")).order_by("-created_at", "-pk")
        found = {
            "dictionary_count": _dictionaries(),
            "read_only_count": _dictionaries(read_only=True),
            "newest_archive": models.Subquery(newest.values("pk")[:1]),
        }
        return self.annotate(**found)

    def to_choose_from(self) -> "WorkspaceQuerySet":
        """With the little that a list to tick shows: hundreds stand on one page."""
        shown = self.only("instance", "name", "language", "documents")
        return shown.annotate(last_backup_at=_newest("created_at"))

    def with_doom(self) -> "WorkspaceQuerySet":
        """With the plan item that deletes it, and its models that nobody keeps on purpose."""
        item = doomed_items().filter(workspace=models.OuterRef("pk")).order_by("-plan", "pk")
        found = {
            "doomed_by": models.Subquery(item.values("pk")[:1]),
            "doomed_in": models.Subquery(item.values("plan")[:1]),
            "models_open": served_count("workspace_id", decision="keep"),
            "models_asked": asked_count("workspace_id"),
        }
        return self.annotate(**found)


def _dictionaries(**conditions: Any) -> Coalesce:
    """How many dictionaries a workspace has."""
    rows = Dictionary.objects.filter(workspace=models.OuterRef("pk"), **conditions)
    counted = rows.order_by().values("workspace").annotate(n=models.Count("pk")).values("n")
    return Coalesce(models.Subquery(counted, output_field=models.IntegerField()), 0)


def _newest(moment: str, *, whole: bool = False) -> models.Subquery:
    """The latest of such moments of a workspace's archives; None without one.

    `whole` leaves out those that were found damaged. Which these are is asked once for all, so that
    an index answers for each workspace: a row of an archive is large.
    """
    every = apps.get_model("migrator", "Archive")._default_manager
    archives = every.filter(workspace=models.OuterRef("pk"))
    if whole:
        damaged = every.exclude(verify_problem="").order_by().values("pk")
        archives = archives.exclude(pk__in=damaged)
    found = archives.order_by().values("workspace").annotate(last=models.Max(moment))
    return models.Subquery(found.values("last"))


class Workspace(models.Model):
    """One workspace of one instance."""

    instance = models.ForeignKey(Instance, models.CASCADE, related_name="workspaces")
    inventory = models.ForeignKey(
        Inventory, models.SET_NULL, null=True, blank=True, related_name="workspaces"
    )
    # Knowledge Studio's id; for an instance by hand one of ours until a file tells the real one.
    workspace_id = models.CharField(max_length=100)
    name = models.CharField(max_length=256)
    description = models.TextField(blank=True)
    language = models.CharField(max_length=10)
    # "ml" or "dictionary"; empty where it is not known.
    tokenizer = models.CharField(max_length=20, blank=True)
    owner = models.CharField(max_length=256, blank=True)
    kind = models.CharField(max_length=50, blank=True)
    plan = models.CharField(max_length=50, blank=True)
    # None where nobody counted.
    documents = models.PositiveIntegerField(null=True, blank=True)
    # Names of the classes of the rule-based model; None where nobody looked or nothing answered.
    rule_classes = models.JSONField(null=True, blank=True)
    created = models.DateTimeField(null=True, blank=True)
    modified = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField()
    # When a complete inventory first did not list it any more.
    gone_at = models.DateTimeField(null=True, blank=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        # A deployed model names its workspace, not the instance.
        indexes = [models.Index(fields=["workspace_id"], name="workspaces_by_their_id")]
        constraints = [
            models.UniqueConstraint(
                fields=["instance", "workspace_id"], name="one_row_per_workspace"
            )
        ]

    def __str__(self) -> str:
        return self.name


class DocumentSet(models.Model):
    """A document or annotation set of a workspace."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="document_sets")
    set_id = models.CharField(max_length=100)
    name = models.CharField(max_length=256)
    type = models.CharField(max_length=20)
    count = models.PositiveIntegerField(null=True, blank=True)
    annotator = models.CharField(max_length=256, blank=True)
    # None where the service did not say.
    in_ground_truth = models.BooleanField(null=True, blank=True)
    preannotated = models.BooleanField(null=True, blank=True)

    class Meta:
        ordering = ["type", "name", "pk"]

    def __str__(self) -> str:
        return self.name


class Dictionary(models.Model):
    """A dictionary of a workspace; a read-only one cannot be downloaded."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="dictionaries")
    dictionary_id = models.CharField(max_length=100)
    name = models.CharField(max_length=256)
    read_only = models.BooleanField(default=False)
    entries = models.PositiveIntegerField(null=True, blank=True)
    # The label of the entity type it is mapped to; empty where it is not mapped.
    entity_type = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name_plural = "dictionaries"

    def __str__(self) -> str:
        return self.name


class AnnotationTask(models.Model):
    """An annotation task; `sets` lists {id, name, annotator, documents, annotated, state}."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="tasks")
    task_id = models.CharField(max_length=100)
    name = models.CharField(max_length=256)
    due = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=50, blank=True)
    sets = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class ModelVersion(models.Model):
    """A version (snapshot) of the machine-learning or rule-based model of a workspace."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="model_versions")
    # "ml" or "rule".
    kind = models.CharField(max_length=10)
    # Empty for the trained model of which no snapshot was taken.
    version = models.CharField(max_length=20, blank=True)
    description = models.TextField(blank=True)
    score = models.FloatField(null=True, blank=True)
    trained_at = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["kind", "version", "pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.version}".strip()


class Deployment(models.Model):
    """A model version running in another service, which charges for it."""

    version = models.ForeignKey(ModelVersion, models.CASCADE, related_name="deployments")
    service = models.CharField(max_length=60)
    service_instance = models.CharField(max_length=256, blank=True)
    model_id = models.CharField(max_length=120)
    status = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["model_id"]

    def __str__(self) -> str:
        return self.model_id


class Member(models.Model):
    """A person with a role in a workspace; the role is Knowledge Studio's word."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="members")
    user_id = models.CharField(max_length=256)
    name = models.CharField(max_length=256, blank=True)
    role = models.CharField(max_length=40)

    class Meta:
        ordering = ["role", "user_id"]

    def __str__(self) -> str:
        return f"{self.role} {self.pk}"
