"""Named questions about steps."""

from functools import cache
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.db import models
from django.db.models import Exists, Q
from django.utils import timezone

from migrator.models.step_conditions import (
    LOST_AFTER,
    all_steps,
    due,
    of_a_busy_instance,
    of_a_lost_session,
    stopped_before,
    unfinished_before,
)

if TYPE_CHECKING:
    from migrator.models.steps import Step  # noqa: F401 - what the query set is of


class StepQuerySet(models.QuerySet["Step"]):
    """Named questions about steps."""

    def current(self) -> "StepQuerySet":
        """Without those that were replaced by a newer step for the same artifact."""
        return self.filter(superseded_at=None)

    def with_blocked(self) -> "StepQuerySet":
        """With `blocked`: an earlier stage of the same item failed or was cancelled."""
        return self.annotate(blocked=Exists(stopped_before()))

    def with_behind(self) -> "StepQuerySet":
        """With `behind`: an earlier stage is not done yet, or the instance wants a credential."""
        return self.annotate(behind=Q(Exists(unfinished_before())) | of_a_lost_session())

    def unblocked(self) -> "StepQuerySet":
        """Without those that an earlier stage of the same item keeps from ever starting."""
        return self.exclude(Exists(stopped_before()))

    def moving(self) -> "StepQuerySet":
        """Those that work, wait, or can still start."""
        return self.filter(
            Q(status__in=["running", "waiting"]) | (Q(status="pending") & ~Exists(stopped_before()))
        )

    def claimable(self) -> "StepQuerySet":
        """Ready ones for which their instance has a place: settings.INSTANCE_STEPS at once."""
        return self & _claimable(settings.INSTANCE_STEPS)

    def ready(self) -> "StepQuerySet":
        """Pending, due, with every earlier stage of their item done, in a run that goes on."""
        return self & _ready()

    def sent(self) -> "StepQuerySet":
        """Those for which a message was sent to the workers."""
        return self.filter(sent_at__isnull=False)

    def silent(self) -> "StepQuerySet":
        """Running, but without a beat for so long that the worker is given up for dead.

        A beat in the future is as old as it is ahead: the clock was set back since.
        """
        now = timezone.now()
        long_ago = Q(beat_at__lt=now - LOST_AFTER) | Q(beat_at__gt=now + LOST_AFTER)
        return self.filter(long_ago, status="running")


# Both are put together once: that takes longer than the database takes to answer.


@cache
def _ready() -> StepQuerySet:
    goes_on = {"run__pause_asked_at": None, "run__cancel_asked_at": None}
    return (
        cast(StepQuerySet, all_steps())
        .current()
        .filter(status="pending", **goes_on)
        .exclude(of_a_lost_session())
        .filter(due())
        .exclude(Exists(unfinished_before()))
        .order_by()
    )


@cache
def _claimable(places: int) -> StepQuerySet:
    return _ready().exclude(of_a_busy_instance(places))
