"""Annotation work of a plan's workspaces, from assigned to promoted, and what of it is at risk.

Only what was promoted to ground truth is in a download. Counts are documents of annotation sets;
one that several people annotate counts once for each.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch

from migrator.models import (
    AnnotationTask,
    Archive,
    Plan,
    PlanItem,
    Worksheet,
    WorksheetRow,
)
from migrator.services.worksheets.known import is_finished

# How the service words the state of an annotation set, by how far its documents are. Words that
# are not known here count as under way.
_ADJUDICATED = frozenset({"accepted", "approved", "adjudicated", "in conflict", "in_conflict"})
_SUBMITTED = frozenset({"submitted"})


@dataclass(frozen=True)
class SetWork:
    """One annotation set of a task: how many of its documents got how far; None where not known."""

    task: str
    name: str
    annotator: str
    state: str
    documents: int | None
    annotated: int | None

    @property
    def is_promoted(self) -> bool:
        """True where the service says that nothing is left to do."""
        return is_finished(self.state)

    @property
    def is_adjudicated(self) -> bool:
        """True where somebody accepted what was annotated."""
        return self.is_promoted or _plain(self.state) in _ADJUDICATED

    @property
    def done(self) -> int | None:
        """Documents that were annotated; all where the set was handed in."""
        handed_in = self.is_adjudicated or _plain(self.state) in _SUBMITTED
        return self.documents if handed_in else self.annotated

    @property
    def at_risk(self) -> int:
        """Documents with annotations that no download will have."""
        return 0 if self.is_promoted else self.done or 0


@dataclass(frozen=True)
class Work:
    """The work on one workspace; `is_known` is False where nobody looked and nothing was noted.

    `mentions_per_document` is that of the last backup, None where there was none.
    """

    item: PlanItem
    sets: list[SetWork] = field(default_factory=list)
    is_known: bool = True
    mentions_per_document: float | None = None

    @property
    def assigned(self) -> int | None:
        """Documents given to somebody."""
        return _total(one.documents for one in self.sets)

    @property
    def annotated(self) -> int | None:
        """Of these, annotated."""
        return _total(one.done for one in self.sets)

    @property
    def adjudicated(self) -> int | None:
        """Of these, accepted."""
        return _total(one.documents if one.is_adjudicated else 0 for one in self.sets)

    @property
    def promoted(self) -> int | None:
        """Of these, in ground truth: what a download has."""
        return _total(one.documents if one.is_promoted else 0 for one in self.sets)

    @property
    def unfinished(self) -> list[SetWork]:
        """The sets that somebody still has to finish."""
        return [one for one in self.sets if not one.is_promoted]

    @property
    def at_risk(self) -> int:
        """Documents with annotations that no download will have."""
        return sum(one.at_risk for one in self.sets)

    @property
    def mentions_at_risk(self) -> int | None:
        """About how many mentions these have, by the density of the last backup.

        Knowledge Studio shows a draft to its annotator only, so nobody can count them.
        """
        if self.mentions_per_document is None:
            return None
        return round(self.at_risk * self.mentions_per_document)

    @property
    def mark(self) -> dict[str, Any]:
        """What somebody who accepts the loss accepts: another number is another question."""
        return {
            "unfinished": sorted((one.task, one.name) for one in self.unfinished),
            "at_risk": self.at_risk,
        }


def work_of(plan: Plan) -> list[Work]:
    """The work on each workspace of the plan; a constant number of queries.

    From the inventory where it looked, else from what people noted in the worksheet of the tasks.
    """
    items = list(plan.items.all())
    seen = {item.pk for item in items if item.workspace and item.workspace.inventory_id}
    tasks: dict[int, list[AnnotationTask]] = {}
    for task in AnnotationTask.objects.filter(workspace__plan_items__in=seen).distinct():
        tasks.setdefault(task.workspace_id, []).append(task)
    noted = _noted([item for item in items if item.pk not in seen])
    density = _density(item.workspace_id for item in items if item.workspace_id)
    return [
        Work(
            item,
            _sets_of_all(tasks.get(item.workspace_id or 0, []))
            if item.pk in seen
            else noted.get(item.pk, []),
            item.pk in seen or item.pk in noted,
            density.get(item.workspace_id or 0),
        )
        for item in items
    ]


def _sets_of_all(tasks: Iterable[AnnotationTask]) -> list[SetWork]:
    return [one for task in tasks for one in _sets_of(task)]


def _sets_of(task: AnnotationTask) -> list[SetWork]:
    finished = is_finished(task.state)
    return [
        SetWork(
            task.name,
            one.get("name") or "",
            one.get("annotator") or "",
            task.state if finished else one.get("state") or task.state,
            one.get("documents"),
            one.get("annotated"),
        )
        for one in task.sets
    ]


def _noted(items: list[PlanItem]) -> dict[int, list[SetWork]]:
    """What people noted, by item; a worksheet that is neither filled nor settled says nothing."""
    if not items:
        return {}
    rows = WorksheetRow.objects.exclude(change=WorksheetRow.Change.GONE)
    sheets = Worksheet.objects.filter(item__in=items, kind=Worksheet.Kind.TASKS).prefetch_related(
        Prefetch("rows", queryset=rows)
    )
    return {
        sheet.item_id: [_noted_set(row) for row in sheet.rows.all()]
        for sheet in sheets
        if sheet.rows.all() or sheet.is_settled
    }


def _noted_set(row: WorksheetRow) -> SetWork:
    documents, annotated = row.cell("documents"), row.cell("annotated")
    return SetWork(
        str(row.cell("task")),
        str(row.cell("set")),
        str(row.cell("annotator")),
        str(row.cell("state")),
        documents if isinstance(documents, int) else None,
        annotated if isinstance(annotated, int) else None,
    )


def _density(workspaces: Iterable[int]) -> dict[int, float]:
    """Mentions for each document in the newest archive of each workspace."""
    counted = Archive.objects.filter(workspace__in=list(workspaces)).order_by("created_at", "pk")
    rows = counted.values_list("workspace_id", "counts__mentions", "counts__documents")
    return {
        workspace: mentions / documents
        for workspace, mentions, documents in rows
        if workspace and mentions and documents
    }


def _total(counts: Iterable[int | None]) -> int | None:
    """The sum; None where one of them is not known."""
    shown = list(counts)
    return None if None in shown else sum(count or 0 for count in shown)


def _plain(state: str) -> str:
    return state.strip().casefold()
