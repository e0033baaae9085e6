"""Models that services serve and charge for, and what was decided about each."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.utils import timezone

from migrator.models.instances import Instance
from migrator.models.inventories import Inventory
from migrator.models.model_conditions import doomed_items
from migrator.models.model_services import ModelService
from migrator.models.plans import PlanItem
from migrator.models.workspaces import Workspace

# How long "keep for now" holds until somebody is reminded.
REMIND_AFTER = timedelta(days=7)


class Standing(models.TextChoices):
    """What is to be thought of a deployed model (never stored)."""

    AT_RISK = "at_risk", "At risk"
    ORPHAN = "orphan", "Orphaned"
    UNKNOWN = "unknown", "Workspace unknown"
    NEEDED = "needed", "Needed"
    KEPT = "kept", "Kept on purpose"


class ServedModelQuerySet(models.QuerySet["ServedModel"]):
    """Named questions about deployed models."""

    def present(self) -> "ServedModelQuerySet":
        """Those that the last complete scan of their service still listed."""
        return self.filter(gone_at=None)

    def present_or_undeployed(self) -> "ServedModelQuerySet":
        """These, and those that went because somebody undeployed them here."""
        done = Undeployment.objects.filter(model=OuterRef("pk")).exclude(gone_at=None)
        return self.filter(Q(gone_at=None) | Q(Exists(done)))

    def with_standing(self) -> "ServedModelQuerySet":
        """With `standing` and the workspace they come from, in the same query."""
        same = Workspace.objects.filter(workspace_id=OuterRef("workspace_id"))
        doomed = doomed_items().filter(workspace__workspace_id=OuterRef("workspace_id"))
        nearest = same.order_by(F("gone_at").asc(nulls_first=True), "pk")
        whens = [
            When(decision=ServedModel.Decision.KEEP, then=Value("kept")),
            When(workspace_id="", then=Value("unknown")),
            When(Exists(doomed), then=Value("at_risk")),
            When(Exists(same.present()), then=Value("needed")),
            When(Exists(same), then=Value("orphan")),
            # An instance that was never read may well hold the workspace.
            When(Exists(_unread()), then=Value("unknown")),
        ]
        found = {
            "workspace_pk": Subquery(nearest.values("pk")[:1]),
            "workspace_name": Subquery(nearest.values("name")[:1]),
            "standing": Case(*whens, default=Value("orphan"), output_field=models.CharField()),
        }
        return self.annotate(**found)

    def open(self) -> "ServedModelQuerySet":
        """Present ones that nobody decided to keep on purpose."""
        return self.present().exclude(decision=ServedModel.Decision.KEEP)

    def undecided(self) -> "ServedModelQuerySet":
        """Open ones that are not to wait for the proof of the copy either."""
        return self.open().exclude(decision=ServedModel.Decision.AFTER)

    def waiting_for_proof(self) -> "ServedModelQuerySet":
        """Present ones that are undeployed after the copy of their workspace is proved."""
        return self.present().filter(decision=ServedModel.Decision.AFTER)

    def most_pressing_first(self) -> "ServedModelQuerySet":
        """At risk before orphaned before unknown, and what is settled last; needs the standing."""
        ranks = [When(standing=each, then=Value(rank)) for rank, each in enumerate(Standing.values)]
        rank = Case(*ranks, output_field=models.IntegerField())
        order: list[Any] = [rank, "workspace_name", "-created", "pk"]
        return self.order_by(*order)

    def for_listing(self) -> "ServedModelQuerySet":
        """With standing, service and an undeployment under way."""
        under_way = Undeployment.objects.filter(model=OuterRef("pk")).under_way()
        return (
            self.with_standing()
            .select_related("service")
            .annotate(undeployment_pk=Subquery(under_way.values("pk")[:1]))
        )


def _unread() -> models.QuerySet[Instance]:
    complete = Inventory.objects.filter(instance=OuterRef("pk"), problem="").exclude(
        finished_at=None
    )
    return Instance.objects.filter(~Exists(complete), model_services__pk=OuterRef("service_id"))


class ServedModel(models.Model):
    """One model that a service lists; what the last complete scan saw."""

    class Decision(models.TextChoices):
        OPEN = "", "Not decided"
        UNDEPLOY = "undeploy", "Undeploy"
        AFTER = "after", "Undeploy after the copy is proved"
        LATER = "later", "Keep for now"
        KEEP = "keep", "Keep on purpose"

    service = models.ForeignKey(ModelService, models.CASCADE, related_name="served")
    model_id = models.CharField(max_length=200)
    # Survives redeployments, which the model's id does not; empty where the service named none.
    workspace_id = models.CharField(max_length=100, blank=True, db_index=True)
    version = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=256, blank=True)
    description = models.TextField(blank=True)
    language = models.CharField(max_length=20, blank=True)
    # The service's word: publishing, available, error.
    status = models.CharField(max_length=40, blank=True)
    created = models.DateTimeField(null=True, blank=True)
    first_seen = models.DateTimeField()
    seen_at = models.DateTimeField()
    # When a complete scan first did not list it any more.
    gone_at = models.DateTimeField(null=True, blank=True)

    decision = models.CharField(max_length=10, choices=Decision, default=Decision.OPEN, blank=True)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # The name at that time, since users may be deleted.
    decided_who = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    remind_at = models.DateTimeField(null=True, blank=True)

    objects = ServedModelQuerySet.as_manager()

    # Set by `with_standing`.
    standing: str
    workspace_pk: int | None
    workspace_name: str | None

    class Meta:
        ordering = ["workspace_id", "-created", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["service", "model_id"], name="one_row_per_served_model")
        ]

    def __str__(self) -> str:
        return self.model_id

    @property
    def origin(self) -> str:
        """The name of its workspace, else its own, else its id; needs `with_standing`."""
        return self.workspace_name or self.name or self.model_id

    @property
    def is_to_remind(self) -> bool:
        """True where it was kept for now and that time is over."""
        return self.remind_at is not None and self.remind_at <= timezone.now()


class UndeploymentQuerySet(models.QuerySet["Undeployment"]):
    """Named questions about undeployments."""

    def under_way(self) -> "UndeploymentQuerySet":
        """Those whose model was not yet seen to be gone."""
        return self.filter(gone_at=None, withdrawn_at=None)

    def due(self) -> "UndeploymentQuerySet":
        """Those that are to be sent or looked after now."""
        return self.under_way().filter(look_at__lte=timezone.now())


class Undeployment(models.Model):
    """One model to be taken down: asked for, sent, and looked after until it is gone.

    asked -> sent -> gone     (sent: the service accepted it, or a person said it is done)
      |----> withdrawn        (a person decided otherwise before it was sent)
    """

    class Performer(models.TextChoices):
        CONNECTOR = "connector", "the product"
        PERSON = "person", "you"

    model = models.ForeignKey(ServedModel, models.CASCADE, related_name="undeployments")
    performer = models.CharField(max_length=10, choices=Performer)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    asked_who = models.CharField(max_length=150)
    asked_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    # The last complete look after it was sent.
    looked_at = models.DateTimeField(null=True, blank=True)
    # When a worker tries or looks next; None while it waits for a person.
    look_at = models.DateTimeField(null=True, blank=True)
    gone_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    # What went wrong the last time; empty where nothing did.
    problem = models.TextField(blank=True)

    objects = UndeploymentQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["gone_at", "look_at"], name="undeployments_to_look_after")]
        constraints = [
            models.UniqueConstraint(
                fields=["model"],
                condition=Q(gone_at=None, withdrawn_at=None),
                name="one_undeployment_per_model",
            )
        ]

    def __str__(self) -> str:
        return f"undeployment {self.pk} of {self.model_id}"


class ModelReplacement(models.Model):
    """Which new model took the place of an old one, for the applications that name the old id."""

    item = models.ForeignKey(PlanItem, models.CASCADE, related_name="replacements")
    old_model_id = models.CharField(max_length=200)
    new_model_id = models.CharField(max_length=200)
    # Where the new one is served, as people know it.
    new_service = models.CharField(max_length=300, blank=True)
    new_version = models.CharField(max_length=60, blank=True)
    # Who matched them; empty where the product did.
    noted_who = models.CharField(max_length=150, blank=True)
    noted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["item", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "old_model_id"], name="one_replacement_per_old_model"
            )
        ]

    def __str__(self) -> str:
        return f"{self.old_model_id} -> {self.new_model_id}"
