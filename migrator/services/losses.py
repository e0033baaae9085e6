"""What of a workspace no backup can hold, item by item, from what the inventory saw."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Facts = dict[str, Any]
Loss = dict[str, Any]


@dataclass(frozen=True)
class LossKind:
    """One sort of thing that stays behind, in the words that pages and archives show."""

    key: str
    what: str
    why: str
    todo: str
    # The list of the facts that tells of it.
    part: str
    pick: Callable[[list[Any]], list[str]]


def cannot_move(facts: Facts) -> list[Loss]:
    """The loss list: {what, items, why, todo}; what was not looked at is said to be unknown.

    Source: IBM's documentation of what a download contains (see the formats' documentation).
    """
    return [loss for kind in KINDS for loss in _looked_at(kind, facts[kind.part])]


def _looked_at(kind: LossKind, rows: list[Any] | None) -> list[Loss]:
    said = {"what": kind.what, "why": kind.why, "todo": kind.todo}
    if rows is None:
        return [{**said, "items": None}]
    items = kind.pick(rows)
    return [{**said, "items": items}] if items else []


def _read_only(rows: list[Facts]) -> list[str]:
    return [row["name"] for row in rows if row["read_only"]]


def _mapped(rows: list[Facts]) -> list[str]:
    return [f"{row['name']}: {row['entity_type']}" for row in rows if row["entity_type"]]


def _classes(names: list[str]) -> list[str]:
    return list(names)


def _tasks(rows: list[Facts]) -> list[str]:
    return [f"{row['name'] or row['id']} ({row['state'] or 'state unknown'})" for row in rows]


def _models(rows: list[Facts]) -> list[str]:
    return [
        f"{model['kind']} {version['version']}"
        + (f", deployed {len(version['deployments'])}×" if version["deployments"] else "")
        for model in rows
        for version in model["versions"]
    ]


def _members(rows: list[Facts]) -> list[str]:
    return [f"{row['user_id']} ({row['role'] or 'role unknown'})" for row in rows]


def _preannotated(rows: list[Facts]) -> list[str]:
    return [row["name"] for row in rows if row["preannotated"]]


def _drafts(rows: list[Facts]) -> list[str]:
    return [row["name"] for row in rows if row["annotator"] and row["in_ground_truth"] is False]


KINDS = (
    LossKind(
        "dictionary",
        "Read-only dictionaries",
        "Knowledge Studio does not download dictionaries that were uploaded as read-only.",
        "Keep the CSV files they were made from, and upload those as read-only again.",
        "dictionaries",
        _read_only,
    ),
    LossKind(
        "mapping",
        "Dictionary-to-type mapping",
        "Which dictionary pre-annotates which entity type is in no download.",
        "Write it down in its worksheet; it is set again after the dictionaries are restored.",
        "dictionaries",
        _mapped,
    ),
    LossKind(
        "rules",
        "Rules, classes and regular expressions",
        "A rule-based model has no download, and of its parts only the classes are listed.",
        "Copy them into their worksheet, and write them again in the target.",
        "rule_classes",
        _classes,
    ),
    LossKind(
        "task",
        "Annotation tasks",
        "Tasks and annotation sets are in no download.",
        "Finish those that are open before the backup, or create them again in the target. "
        "Completed ones need nothing more.",
        "tasks",
        _tasks,
    ),
    LossKind(
        "model",
        "Models and their snapshots",
        "A model cannot be uploaded into another workspace, and its snapshots stay behind.",
        "Train again after the restore, take a snapshot and deploy it. Undeploy the old ones "
        "before the workspace is deleted, or they go on charging.",
        "models",
        _models,
    ),
    LossKind(
        "roles",
        "Roles of people",
        "Roles belong to the instance, not to the download.",
        "Invite the people into the target instance and give them their roles there.",
        "members",
        _members,
    ),
    LossKind(
        "preannotated",
        "Documents pre-annotated by Natural Language Understanding",
        "Knowledge Studio makes such documents unreadable in a download, human annotations "
        "included.",
        "They can only go back into Knowledge Studio; keep the original files as well.",
        "document_sets",
        _preannotated,
    ),
    LossKind(
        "drafts",
        "Annotations not promoted to ground truth",
        "Only annotations that were promoted to ground truth are in a download.",
        "Finish the annotation, adjudicate and promote it, then back up again.",
        "document_sets",
        _drafts,
    ),
)
