"""Services that models are deployed to, and looks at what they serve."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from migrator.models.instances import Credential, Instance
from migrator.models.model_conditions import FRESH_FOR


class ModelServiceQuerySet(models.QuerySet["ModelService"]):
    """Named questions about model services."""

    def with_last_scan(self) -> "ModelServiceQuerySet":
        """With what the newest scans found, in the same query; `ModelService.is_known` needs it."""
        scans = ModelScan.objects.filter(service=OuterRef("pk"))
        ended = scans.exclude(finished_at=None).order_by("-finished_at", "-pk")
        found = {
            "complete_at": Subquery(ended.filter(problem="").values("finished_at")[:1]),
            "ended_at": Subquery(ended.values("finished_at")[:1]),
            "scan_problem": Subquery(ended.values("problem")[:1]),
            "looked_by": Subquery(ended.values("looked_by")[:1]),
            "is_scanning": Exists(scans.filter(finished_at=None)),
        }
        return self.annotate(**found)


class ModelService(models.Model):
    """A Natural Language Understanding or Discovery instance that models are deployed to.

    One row, however many Knowledge Studio instances deploy to it. Without a credential a person
    looks at what it serves.
    """

    class Kind(models.TextChoices):
        NLU = "natural-language-understanding", "Natural Language Understanding"
        DISCOVERY = "discovery", "Discovery"

    instances = models.ManyToManyField(Instance, related_name="model_services")
    kind = models.CharField(max_length=40, choices=Kind, default=Kind.NLU)
    # What people call it; empty where nobody named it.
    name = models.CharField(max_length=100, blank=True)
    # Up to the instance's id, without a slash at the end.
    address = models.URLField(max_length=500, unique=True)
    # Where tokens come from; empty means IBM's public address.
    iam_url = models.URLField(max_length=500, blank=True)
    # A CA file (PEM) for a self-signed Cloud Pak for Data; empty means the system's.
    ca_file = models.CharField(max_length=500, blank=True)
    credential = models.OneToOneField(
        Credential, on_delete=models.SET_NULL, null=True, blank=True, related_name="model_service"
    )
    # What one deployed model costs a month, as the administrator entered it; never IBM's price.
    monthly_rate = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)

    objects = ModelServiceQuerySet.as_manager()

    # Set by `with_last_scan`.
    complete_at: datetime | None
    ended_at: datetime | None
    scan_problem: str | None
    looked_by: str | None
    is_scanning: bool

    class Meta:
        ordering = ["kind", "name", "address"]

    def __str__(self) -> str:
        return self.name or f"{self.get_kind_display()} at {self.address}"

    @property
    def title(self) -> str:
        """Its name, or what kind of service it is, where its address stands beside it."""
        return self.name or self.get_kind_display()

    @property
    def short_name(self) -> str:
        """Its name, or the end of its address."""
        return self.name or f"…{self.guid[-12:]}"

    @property
    def guid(self) -> str:
        """The id of the service's instance, by which Knowledge Studio names it."""
        return self.address.rstrip("/").rsplit("/", 1)[-1]

    @property
    def lists_models(self) -> bool:
        """True where it tells which workspace a model comes from."""
        return self.kind == self.Kind.NLU

    @property
    def is_known(self) -> bool:
        """True where the last scan is complete and not old; needs `with_last_scan`."""
        if self.complete_at is None or self.scan_problem:
            return False
        return self.complete_at >= timezone.now() - FRESH_FOR

    @property
    def doubt(self) -> str:
        """Why nobody knows what it serves, as a sentence; empty where it is known."""
        if self.is_known:
            return ""
        if self.ended_at is None:
            return f"{self} was never scanned."
        if self.scan_problem:
            return f"The last scan of {self} failed: {self.scan_problem}"
        return f"The last scan of {self} is older than 24 hours."


def doubt_about(instance: Instance, services: Iterable[ModelService], *, has_foreign: bool) -> str:
    """Why nobody knows all that is deployed from `instance`, as a sentence; empty where it is.

    `services` are those linked to it, by `with_last_scan`; `has_foreign` says whether it deployed
    models to one that is not linked.
    """
    listing = [each for each in services if each.lists_models]
    if not listing:
        return f"No Natural Language Understanding instance is linked to {instance.name}."
    doubt = next((each.doubt for each in listing if each.doubt), "")
    if not doubt and has_foreign:
        return f"{instance.name} deployed models to a service that is not linked here."
    return doubt


class ModelScan(models.Model):
    """One complete look at what a service serves, or one that failed; never a part as whole."""

    service = models.ForeignKey(ModelService, models.CASCADE, related_name="scans")
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    models_seen = models.PositiveIntegerField(default=0)
    # Why it failed; empty while it works and after success.
    problem = models.TextField(blank=True)
    # Who looked, where a person did; empty where we asked the service.
    looked_by = models.CharField(max_length=150, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-started_at", "-pk"]
        indexes = [models.Index(fields=["service", "-finished_at"], name="scans_of_a_service")]
        constraints = [
            models.UniqueConstraint(
                fields=["service"], condition=Q(finished_at=None), name="one_model_scan_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"model scan {self.pk} of {self.service_id}"

    @property
    def is_complete(self) -> bool:
        """True when every model was listed."""
        return self.finished_at is not None and not self.problem
