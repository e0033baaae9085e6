"""What stays when a run is cancelled: on the target of a restore, here of a backup."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import OuterRef, Subquery

from dashboard.templatetags.words import plural
from migrator.models import Archive, Event, LedgerEntry, Run, Step

MOST = 50  # workspaces that are listed one by one

_K, _S = Step.Kind, Step.Status
# The steps that change the target.
CHANGING = (
    _K.TARGET,
    _K.RESTORE_TYPES,
    _K.RESTORE_DICTIONARIES,
    _K.MAP_DICTIONARIES,
    _K.RESTORE_DOCUMENTS,
)
_CHANGED = (Step.Outcome.CREATED, Step.Outcome.UPDATED)
# What a step that is not done wrote into the ledger, by its kind there.
_WRITTEN = {
    "workspace": "the workspace was created",
    "entity_type": "entity type",
    "upload": "upload",
}


@dataclass
class Left:
    """What one workspace of the run leaves behind."""

    name: str
    lines: list[str] = field(default_factory=list)


def left_on_target(run: Run) -> list[Left]:
    """What a restore made on the target so far, by workspace; without those it did not touch."""
    said = Event.objects.filter(step=OuterRef("pk")).order_by("-pk").values("text")[:1]
    steps = Step.objects.current().filter(run=run, kind__in=CHANGING)
    touched = steps.exclude(status=_S.PENDING, ledger=None).distinct()
    rows = touched.annotate(said=Subquery(said)).select_related("item").order_by("item", "stage")
    found: dict[int, Left] = {}
    for step in rows.prefetch_related("ledger"):
        line = _line(step)
        if line:
            found.setdefault(step.item_id, Left(step.item.name)).lines.append(line)
    return list(found.values())


def archives_of(run: Run) -> list[Archive]:
    """The archives that a backup sealed so far."""
    made = Archive.objects.filter(item__plan=run.plan_id, created_at__gte=run.started_at)
    return list(made.defer("facts", "findings").order_by("pk"))


def _line(step: Step) -> str:
    """One sentence about what the step changed; empty where it changed nothing."""
    if step.status == _S.DONE:
        return step.said or "" if step.outcome in _CHANGED else ""  # type: ignore[attr-defined]
    written = _written(step.ledger.all())
    if not written and step.status != _S.RUNNING:
        return ""
    what = written or "what it is sending now may be there"
    return f"{step.get_kind_display()}, not finished: {what}."


def _written(entries: Iterable[LedgerEntry]) -> str:
    listed = list(entries)
    parts = []
    for kind, noun in _WRITTEN.items():
        answered = [entry for entry in listed if entry.kind == kind and entry.target_id]
        if answered:
            parts.append(noun if kind == "workspace" else f"{plural(len(answered), noun)} sent")
    if any(not entry.target_id for entry in listed):
        parts.append("one more was sent, but its answer did not come yet")
    return ", ".join(parts)
