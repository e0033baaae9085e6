"""What the last inventory listed of many workspaces, a query for each kind of list."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet

from migrator.checks.facts import (
    DictionaryFacts,
    Lists,
    MemberFacts,
    SetFacts,
    TaskFacts,
    TaskSetFacts,
    VersionFacts,
    WorkspaceFacts,
)
from migrator.models import (
    AnnotationTask,
    Deployment,
    Dictionary,
    DocumentSet,
    Member,
    ModelVersion,
    Workspace,
)

ByWorkspace = dict[int, list[Any]]


def lists_by_workspace(pks: Sequence[int]) -> dict[int, Lists]:
    """All lists of these workspaces, empty ones where nothing was listed, in the order of names."""
    sets, dictionaries, tasks = _sets(pks), _dictionaries(pks), _tasks(pks)
    versions, members = _versions(pks), _members(pks)
    return {
        pk: Lists(
            sets=tuple(sets[pk]),
            dictionaries=tuple(dictionaries[pk]),
            tasks=tuple(tasks[pk]),
            versions=tuple(versions[pk]),
            members=tuple(members[pk]),
        )
        for pk in pks
    }


def workspace_facts(row: Workspace) -> WorkspaceFacts:
    """The workspace's own row."""
    classes = row.rule_classes
    return WorkspaceFacts(
        name=row.name,
        language=row.language,
        tokenizer=row.tokenizer,
        documents=row.documents,
        rule_classes=None if classes is None else tuple(classes),
    )


def _rows(rows: QuerySet[Any], pks: Sequence[int], *columns: str) -> Iterable[tuple[Any, ...]]:
    return rows.filter(workspace__in=pks).values_list("workspace", *columns)


def _sets(pks: Sequence[int]) -> ByWorkspace:
    found: ByWorkspace = defaultdict(list)
    columns = ("set_id", "name", "type", "annotator", "in_ground_truth", "preannotated")
    for pk, set_id, name, kind, annotator, truth, preannotated in _rows(
        DocumentSet.objects.order_by("name", "set_id"), pks, *columns
    ):
        one = SetFacts(
            id=set_id,
            name=name,
            type=kind,
            annotator=annotator,
            in_ground_truth=truth,
            preannotated=preannotated,
        )
        found[pk].append(one)
    return found


def _dictionaries(pks: Sequence[int]) -> ByWorkspace:
    found: ByWorkspace = defaultdict(list)
    rows = Dictionary.objects.order_by("name", "dictionary_id")
    for pk, name, read_only, entries, label in _rows(
        rows, pks, "name", "read_only", "entries", "entity_type"
    ):
        one = DictionaryFacts(name=name, read_only=read_only, entries=entries, entity_type=label)
        found[pk].append(one)
    return found


def _tasks(pks: Sequence[int]) -> ByWorkspace:
    found: ByWorkspace = defaultdict(list)
    rows = AnnotationTask.objects.order_by("name", "task_id")
    for pk, name, state, sets in _rows(rows, pks, "name", "state", "sets"):
        inside = tuple(_task_set(one) for one in sets)
        found[pk].append(TaskFacts(name=name, state=state, sets=inside))
    return found


def _task_set(said: dict[str, Any]) -> TaskSetFacts:
    return TaskSetFacts(
        id=said["id"],
        name=said.get("name") or said["id"],
        annotator=said.get("annotator") or "",
        documents=said.get("documents"),
        annotated=said.get("annotated"),
        state=said.get("state") or "",
    )


def _versions(pks: Sequence[int]) -> ByWorkspace:
    deployed: ByWorkspace = defaultdict(list)
    rows = Deployment.objects.filter(version__workspace__in=pks).order_by("model_id")
    for version, *deployment in rows.values_list("version", "model_id", "service", "status"):
        deployed[version].append(tuple(deployment))
    found: ByWorkspace = defaultdict(list)
    versions = ModelVersion.objects.order_by("kind", "version", "pk")
    for pk, version, kind, number in _rows(versions, pks, "pk", "kind", "version"):
        one = VersionFacts(kind=kind, version=number, deployments=tuple(deployed[version]))
        found[pk].append(one)
    return found


def _members(pks: Sequence[int]) -> ByWorkspace:
    found: ByWorkspace = defaultdict(list)
    rows = Member.objects.order_by("user_id")
    for pk, user_id, name, role in _rows(rows, pks, "user_id", "name", "role"):
        found[pk].append(MemberFacts(user_id=user_id, name=name, role=role))
    return found
