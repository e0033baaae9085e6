"""When an instance last answered: noted seldom, so that calls are not slowed down by it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from migrator.models import Instance

# A later answer within this time is not noted, by this client or by another one.
NOTED_EVERY = timedelta(minutes=1)


def noting(instance: Instance) -> Callable[[], None]:
    """What to run after each call that `instance` answered: one short write a minute at most."""
    last = instance.contacted_at

    def note() -> None:
        nonlocal last
        now = timezone.now()
        if last is None or last < now - NOTED_EVERY:
            _note(instance.pk, now)
            last = now

    return note


def _note(pk: int, now: datetime) -> None:
    """Unless somebody else did within the minute."""
    stale = Q(contacted_at=None) | Q(contacted_at__lt=now - NOTED_EVERY)
    Instance.objects.filter(stale, pk=pk).update(contacted_at=now)
