"""What the questions about steps are made of: conditions on a step's neighbours and instance."""

from datetime import timedelta
from typing import TYPE_CHECKING, cast

from django.apps import apps
from django.db import models
from django.db.models import Case, F, OuterRef, Q, When
from django.db.models.functions import Now

if TYPE_CHECKING:
    from migrator.models.runs import Run
    from migrator.models.steps import Step

# A step that has not beaten for this long is shown as silent, and later given to another worker.
SILENT_AFTER = timedelta(seconds=60)
LOST_AFTER = timedelta(minutes=5)
# No step is put off for longer, whatever the other side asks for.
LONGEST_WAIT = timedelta(hours=1)


def due() -> Q:
    """Not put off, or put off until now; longer than LONGEST_WAIT only a set clock can do."""
    too_long = Q(not_before__gt=Now() + LONGEST_WAIT)
    return Q(not_before=None) | Q(not_before__lte=Now()) | too_long


def earlier() -> models.QuerySet["Step"]:
    """Current steps of an earlier stage of the same item."""
    return (
        all_steps()
        .filter(superseded_at=None)
        .filter(run=OuterRef("run"), item=OuterRef("item"), stage__lt=OuterRef("stage"))
    )


def unfinished_before() -> models.QuerySet["Step"]:
    """Of these, those that are not done."""
    return earlier().exclude(status="done")


def of_a_lost_session() -> Q:
    """Steps of an instance that wants a new credential: each would only fail on its own."""
    lost = Q(kind="backup", plan__source__connection="session_lost") | Q(
        kind="restore", plan__target__connection="session_lost"
    )
    return Q(performer="connector", run__in=_open_runs().filter(lost).values("pk"))


def of_a_busy_instance(places: int) -> Q:
    """Steps of an instance on which `places` work already."""
    at_work = all_steps().filter(status="running", performer="connector").order_by()
    busy = (
        at_work.values(at=_instance("run__"))
        .annotate(n=models.Count("pk"))
        .filter(n__gte=places)
        .values("at")
    )
    runs = _open_runs().alias(at=_instance()).filter(at__in=busy)
    return Q(performer="connector", run__in=runs.values("pk"))


def _instance(of: str = "") -> Case:
    """The instance that the connector works on for a run; `of` leads to the run."""
    backup = When(**{f"{of}kind": "backup"}, then=F(f"{of}plan__source"))
    return Case(backup, default=F(f"{of}plan__target"))


def stopped_before() -> models.QuerySet["Step"]:
    """Of these, those that failed or were cancelled."""
    return earlier().filter(status__in=["failed", "cancelled"])


def _open_runs() -> models.QuerySet["Run"]:
    # Asked once for all steps, where a question about each step's run is asked for each.
    return cast("models.QuerySet[Run]", apps.get_model("migrator", "Run").objects.open().order_by())


def all_steps() -> models.QuerySet["Step"]:
    """Every step."""
    # By name: the model's own questions are made of these.
    return cast("models.QuerySet[Step]", apps.get_model("migrator", "Step").objects.all())
