"""The signs of life of a reading: at most one write a second."""

import time

from django.utils import timezone

from migrator.models import TargetReading
from migrator.services.beats import PACE, Progress


class ReadingLost(Exception):
    """Another worker has the reading: whoever gets this stops working on it."""


def signs_of(reading: TargetReading) -> Progress:
    """A callback that beats for `reading`; raises ReadingLost when it was given to another."""
    last = 0.0

    def report(done: int, total: int | None) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < PACE:
            return
        last = now
        ours = TargetReading.objects.filter(
            pk=reading.pk, claim_id=reading.claim_id, finished_at=None
        )
        if not ours.update(beat_at=timezone.now(), done=done, total=total):
            raise ReadingLost

    return report
