"""Performing a run's steps in this process, without a broker: the command line's way."""

import threading
from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from migrator.models import Run, Step
from migrator.services.steps import run_step

# Seconds between two looks when another worker has the step that is next.
LOOK_AGAIN = 0.2


def drive(run: Run, *, after_step: Callable[[], None] = lambda: None) -> None:
    """Perform steps until none is left that can be performed now or later without a person.

    `after_step` is called whenever one was performed.
    """
    pause = threading.Event()
    while True:
        step = Step.objects.claimable().filter(run=run).first()
        if step is not None:
            run_step(step)
            after_step()
        elif not _anything_comes(run):
            return
        else:
            pause.wait(_seconds_until_next(run))


def _anything_comes(run: Run) -> bool:
    steps = Step.objects.current().filter(run=run)
    busy = steps.filter(status=Step.Status.RUNNING).exists()
    due_later = steps.unblocked().filter(status=Step.Status.PENDING).exclude(not_before=None)
    # Ready, but their instance is busy with the steps of others.
    busy = busy or steps.ready().exists()
    return busy or due_later.filter(not_before__gt=timezone.now() - timedelta(seconds=1)).exists()


def _seconds_until_next(run: Run) -> float:
    due = (
        Step.objects.current()
        .filter(run=run, status=Step.Status.PENDING)
        .exclude(not_before=None)
        .order_by("not_before")
        .values_list("not_before", flat=True)
        .first()
    )
    if due is None:
        return LOOK_AGAIN
    return max(LOOK_AGAIN, (due - timezone.now()).total_seconds())
