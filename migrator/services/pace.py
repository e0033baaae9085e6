"""The pace of a step and how long it still takes, as far as its own numbers tell."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from migrator.models import Step

LEAST = timedelta(seconds=10)  # a pace measured over less tells nothing
LEAST_SHARE = 0.02  # nor does one measured over less of the work
# A service answers now faster, now slower: what is left is named as a range around the pace.
FASTER, SLOWER = 0.8, 1.3


@dataclass(frozen=True)
class Pace:
    """`rate` in units a second; what is left between `soonest` and `latest`, None where unknown."""

    rate: float
    soonest: timedelta | None = None
    latest: timedelta | None = None


def pace_of(step: Step, now: datetime) -> Pace | None:
    """The pace since this worker took the step, up to its last beat; None without enough data.

    Pauses, waits and what earlier tries did are left out. Nothing is said while the step is
    silent: nobody knows then.
    """
    if step.status != Step.Status.RUNNING or step.is_silent_at(now):
        return None
    begun, seen = step.claimed_at, step.beat_at
    made = step.done - step.done_before
    if begun is None or seen is None or made <= 0 or seen - begun < LEAST:
        return None
    rate = made / (seen - begun).total_seconds()
    if not step.total or step.done >= step.total or made < LEAST_SHARE * step.total:
        return Pace(rate)
    left = (step.total - step.done) / rate - (now - seen).total_seconds()
    left = max(left, 0.0)
    return Pace(rate, timedelta(seconds=left * FASTER), timedelta(seconds=left * SLOWER))
