"""The heartbeat of a step: progress, and obedience between chunks of work."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import timezone

from migrator.models import Run, Step
from migrator.services import disk

# Seconds between two writes of one step: SQLite's writers starve the pages when unpaced.
PACE = 1.0

Progress = Callable[[int, int | None], None]
# (step, done, total, unit)
Watcher = Callable[[Step, int, int | None, str], None]

_watcher: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


@contextmanager
def watching(watcher: Watcher) -> Iterator[None]:
    """Within this block `watcher` hears of every chunk of work in this thread, unpaced."""
    token = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(token)


class CancelAsked(Exception):
    """A person cancelled the run: the step stops here."""


class PauseAsked(Exception):
    """A person paused the run: the step goes back and keeps its place."""


def progress_of(step: Step, unit: str) -> Progress:
    """A callback that beats for `step` at most once a second and raises when it is to stop.

    It raises CancelAsked, PauseAsked, or LostClaim when another worker has the step.
    """
    last = 0.0
    watcher = _watcher.get()

    def report(done: int, total: int | None) -> None:
        nonlocal last
        if watcher is not None:
            watcher(step, done, total, unit)
        step.done, step.unit = done, unit  # what a failure is judged by, written or not
        now = time.monotonic()
        if now - last < PACE and done != total:
            return
        last = now
        beat(step, done=done, total=total, unit=unit)

    return report


def beat(step: Step, *, done: int, total: int | None, unit: str) -> None:
    """Write the progress of `step` and obey what a person asked of its run meanwhile."""
    step.update_if_ours(beat_at=timezone.now(), done=done, total=total, unit=unit)
    obey(step)
    disk.refuse_when_nearly_full()


def before_calls_of(step: Step) -> Callable[[], None]:
    """What to run before each call to the other side: a sign of life, at most once a second.

    A call that hangs and is repeated would else look like a dead worker.
    """
    last = 0.0

    def sign() -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= PACE:
            last = now
            about_to_change(step)

    return sign


def about_to_change(step: Step) -> None:
    """Call right before something is created on the other side.

    Raises LostClaim where the step was given to another worker while this one hung in a call, so
    that the two never create the same thing; CancelAsked and PauseAsked as `obey` does.
    """
    step.update_if_ours(beat_at=timezone.now())
    obey(step)


def obey(step: Step) -> None:
    """Raise CancelAsked or PauseAsked where a person asked for it."""
    asked = Run.objects.values_list("cancel_asked_at", "pause_asked_at").get(pk=step.run_id)
    if asked[0]:
        raise CancelAsked
    if asked[1]:
        raise PauseAsked
