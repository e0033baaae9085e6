"""What the inventory knows for each kind of worksheet, as lines of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from migrator.models import (
    AnnotationTask,
    DocumentSet,
    Plan,
    PlanItem,
    Worksheet,
    WorksheetRow,
    Workspace,
)
from migrator.models.work_progress import FINISHED
from migrator.services.worksheets.columns import ROLES

_K = Worksheet.Kind


@dataclass(frozen=True)
class Known:
    """One line: what the inventory knows it by, and its cells (empty ones are left out)."""

    key: str
    cells: Mapping[str, Any]


def workspaces_of(plan: Plan, item: PlanItem | None = None) -> dict[int, Workspace]:
    """The workspaces of the plan, or of one item of it, with their lists, by key."""
    rows: QuerySet[Workspace] = Workspace.objects.filter(plan_items__plan=plan)
    if item is not None:
        rows = rows.filter(plan_items=item)
    lists = ("document_sets", "dictionaries", "tasks", "members")
    found = rows.distinct().prefetch_related(*lists)
    return {workspace.pk: workspace for workspace in found}


def known_of(workspace: Workspace, kind: str) -> list[Known] | None:
    """The lines that are known of a workspace for a kind of worksheet; None where nobody looked.

    Of a workspace served by hand the facts are known, since a person typed them.
    """
    if workspace.inventory_id is None and kind != _K.FACTS:
        return None
    return _KNOWN[kind](workspace)


def noted_description(item: PlanItem) -> str:
    """The description of the workspace as its worksheet of facts has it; "" where it has none."""
    rows = WorksheetRow.objects.filter(worksheet__item=item, worksheet__kind=_K.FACTS)
    row = rows.exclude(worksheet__state=Worksheet.State.WAIVED).first()
    return str(row.cell("description")) if row else ""


def is_finished(state: str) -> bool:
    """True where the service's word says that nothing is left to do."""
    return state.strip().casefold() in FINISHED


def _facts(workspace: Workspace) -> list[Known]:
    return [
        _line(
            "workspace",
            name=workspace.name,
            description=workspace.description,
            owner=workspace.owner,
            language=workspace.language,
            tokenizer=workspace.tokenizer,
        )
    ]


def _tasks(workspace: Workspace) -> list[Known]:
    sets = {row.set_id: row for row in workspace.document_sets.all()}
    return [
        line
        for task in workspace.tasks.all()
        if not is_finished(task.state)
        for line in _sets_of(task, sets)
    ]


def _sets_of(task: AnnotationTask, sets: Mapping[str, DocumentSet]) -> list[Known]:
    head = {"task": task.name, "state": task.state}
    head["due"] = task.due.date().isoformat() if task.due else ""
    if not task.sets:
        return [_line(task.task_id, **head)]
    return [
        _line(
            f"{task.task_id}/{one['id']}",
            **head,
            set=one.get("name") or "",
            annotator=one.get("annotator") or "",
            documents=one.get("documents"),
            annotated=one.get("annotated"),
            outside=_outside(one, sets.get(one["id"])),
        )
        for one in task.sets
    ]


def _outside(one: Mapping[str, Any], row: DocumentSet | None) -> int | None:
    """Documents of the set that are not in ground truth; None where nobody can tell.

    The service says of a set whether anything of it is in ground truth, not how much: only *none*
    and *finished* are certain.
    """
    if is_finished(one.get("state") or ""):
        return 0
    if row is None or row.in_ground_truth is not False:
        return None
    documents: int | None = one.get("documents")
    return documents


def _read_only(workspace: Workspace) -> list[Known]:
    return [
        _line(
            row.dictionary_id, dictionary=row.name, entries=row.entries, entity_type=row.entity_type
        )
        for row in workspace.dictionaries.all()
        if row.read_only
    ]


def _roles(workspace: Workspace) -> list[Known]:
    return [
        _line(row.user_id, user=row.user_id, name=row.name, role=_role(row.role))
        for row in workspace.members.all()
    ]


def _role(word: str) -> str:
    """IBM's spelling of a role, whatever its case."""
    return next((role for role in ROLES if role.casefold() == word.strip().casefold()), word)


def _mappings(workspace: Workspace) -> list[Known]:
    return [
        _line(row.name, dictionary=row.name, entity_type=row.entity_type)
        for row in workspace.dictionaries.all()
        if row.entity_type
    ]


def _rules(workspace: Workspace) -> list[Known] | None:
    """The classes: the only part of a rule-based model that anything lists."""
    if workspace.rule_classes is None:
        return None
    return [_line(f"Class/{name}", sort="Class", name=name) for name in workspace.rule_classes]


_KNOWN: Mapping[str, Callable[[Workspace], list[Known] | None]] = {
    _K.FACTS: _facts,
    _K.TASKS: _tasks,
    _K.READ_ONLY: _read_only,
    _K.ROLES: _roles,
    _K.MAPPINGS: _mappings,
    _K.RULES: _rules,
}


def _line(key: str, **cells: Any) -> Known:
    return Known(key, {name: value for name, value in cells.items() if value not in (None, "")})
