"""A run's pulse: what tells, in one query, whether anything that is shown has changed."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from migrator.models import Run, RunState, Step
from migrator.models.step_conditions import SILENT_AFTER


@dataclass(frozen=True)
class Pulse:
    """`mark` changes with whatever is shown; `active_at` is the last sign of life."""

    mark: str
    active_at: datetime
    # The oldest last beat among the running steps where it is over a minute ago.
    silent_since: datetime | None
    # True where something is to be done, nothing is at work, and nothing happened for a minute.
    is_stalled: bool
    # (kind, status): number of steps
    counts: dict[tuple[str, str], int]


def pulse_of(run: Run) -> Pulse:
    """The pulse of a run that comes with state and proof."""
    rows = list(
        Step.objects.current()
        .filter(run=run)
        .order_by("kind", "status")
        .values("kind", "status")
        .annotate(
            n=Count("pk", distinct=True),
            newest=Max("pk"),
            beat=Max("beat_at"),
            oldest_beat=Min("beat_at"),
            due=Max("not_before"),
            started=Max("started_at"),
            finished=Max("finished_at"),
            attempts=Max("attempts"),
            answered=Count("pk", filter=~Q(answer={}), distinct=True),
            file_count=Count("files", distinct=True),
            newest_file=Max("files__pk"),
        )
    )
    shown = {name: n for name, n in run.__dict__.items() if name.startswith(("steps_", "proofs_"))}
    asked = (run.pause_asked_at, run.cancel_asked_at, run.finished_at)
    signs = [row[name] for row in rows for name in ("beat", "started", "finished") if row[name]]
    active_at = max([run.started_at, *signs])
    silent_since = _silent_since(rows)
    is_stalled = _is_stalled(run, active_at, rows)
    return Pulse(
        # Silence changes no row, but it has to show: it is part of the mark.
        mark=digest(rows, shown, asked, silent_since, is_stalled),
        active_at=active_at,
        silent_since=silent_since,
        is_stalled=is_stalled,
        counts={(row["kind"], row["status"]): row["n"] for row in rows},
    )


def _silent_since(rows: Iterable[Mapping[str, Any]]) -> datetime | None:
    running = [row["oldest_beat"] for row in rows if row["status"] == Step.Status.RUNNING]
    oldest: datetime | None = min(filter(None, running), default=None)
    return oldest if oldest and oldest < timezone.now() - SILENT_AFTER else None


def _is_stalled(run: Run, active_at: datetime, rows: Iterable[Mapping[str, Any]]) -> bool:
    now = timezone.now()
    if run.state != RunState.RUNNING or run.steps_running:
        return False
    if any(row["due"] and row["due"] > now for row in rows):
        return False  # the next try has its time
    return active_at < now - SILENT_AFTER


def digest(*parts: object) -> str:
    """A short mark of `parts`, for addresses and entity tags."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
