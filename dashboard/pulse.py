"""A run's pulse: what tells, in one query, whether anything that is shown has changed."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q

from migrator.models import Run, Step


@dataclass(frozen=True)
class Pulse:
    """`mark` changes with whatever is shown; `active_at` is the last sign of life."""

    mark: str
    active_at: datetime
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
    return Pulse(
        mark=digest(rows, shown, asked),
        active_at=max([run.started_at, *signs]),
        counts={(row["kind"], row["status"]): row["n"] for row in rows},
    )


def digest(*parts: object) -> str:
    """A short mark of `parts`, for addresses and entity tags."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
