"""When an instance last answered: noted seldom, so that calls are not slowed down by it."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from migrator.models import Instance

# A later answer within this time is not noted, by this process or by another one.
NOTED_EVERY = timedelta(minutes=1)

_noted: dict[int, float] = {}
_lock = threading.Lock()


def noting(instance: Instance) -> Callable[[], None]:
    """What to run after each call that `instance` answered: one short write a minute at most."""
    return lambda: note_contact(instance.pk)


def note_contact(pk: int) -> None:
    """Note that the instance answered just now, unless somebody did within a minute."""
    if not _is_due(pk):
        return
    now = timezone.now()
    stale = Q(contacted_at=None) | Q(contacted_at__lt=now - NOTED_EVERY)
    Instance.objects.filter(stale, pk=pk).update(contacted_at=now)


def _is_due(pk: int) -> bool:
    """True once a minute for each instance; then this call is the one that notes it."""
    with _lock:
        now = time.monotonic()
        if now - _noted.get(pk, -NOTED_EVERY.total_seconds()) < NOTED_EVERY.total_seconds():
            return False
        _noted[pk] = now
        return True
