"""What the questions about steps are made of: conditions on a step's neighbours and instance."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Case, F, OuterRef, Q, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual

if TYPE_CHECKING:
    from migrator.models.steps import Step

# No step is put off for longer, whatever the other side asks for.
LONGEST_WAIT = timedelta(hours=1)


def due(now: datetime) -> Q:
    """Not put off, or put off until now; longer than LONGEST_WAIT only a set clock can do."""
    return Q(not_before=None) | Q(not_before__lte=now) | Q(not_before__gt=now + LONGEST_WAIT)


def earlier() -> models.QuerySet["Step"]:
    """Current steps of an earlier stage of the same item."""
    return (
        _all()
        .filter(superseded_at=None)
        .filter(run=OuterRef("run"), item=OuterRef("item"), stage__lt=OuterRef("stage"))
    )


def unfinished_before() -> models.QuerySet["Step"]:
    """Of these, those that are not done."""
    return earlier().exclude(status="done")


def of_a_lost_session() -> Q:
    """Steps of an instance that wants a new credential: each would only fail on its own."""
    return Q(performer="connector") & (
        Q(run__kind="backup", run__plan__source__connection="session_lost")
        | Q(run__kind="restore", run__plan__target__connection="session_lost")
    )


# The instance that the connector works on for a step.
AT_INSTANCE = Case(
    When(run__kind="backup", then=F("run__plan__source")), default=F("run__plan__target")
)


def of_a_busy_instance() -> Q:
    """Steps of an instance on which as many work already as it takes at once."""
    at_work = (
        _all()
        .alias(at_instance=AT_INSTANCE)
        .filter(at_instance=OuterRef("at_instance"), status="running", performer="connector")
        .order_by()
        .values("performer")
        .annotate(n=models.Count("pk"))
        .values("n")
    )
    busy = Coalesce(models.Subquery(at_work, output_field=models.IntegerField()), 0)
    return Q(performer="connector") & Q(GreaterThanOrEqual(busy, settings.INSTANCE_STEPS))


def stopped_before() -> models.QuerySet["Step"]:
    """Of these, those that failed or were cancelled."""
    return earlier().filter(status__in=["failed", "cancelled"])


def _all() -> models.QuerySet["Step"]:
    # By name: the model's own questions are made of these.
    return cast("models.QuerySet[Step]", apps.get_model("migrator", "Step").objects.all())
