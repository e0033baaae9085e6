"""What of a workspace no backup can hold, item by item, from what the inventory saw."""

from typing import Any

Facts = dict[str, Any]
Loss = dict[str, Any]


def cannot_move(facts: Facts) -> list[Loss]:
    """The loss list: {what, items, why, todo}; what was not looked at is said to be unknown.

    Source: IBM's documentation of what a download contains (see the formats' documentation).
    """
    return [
        *_looked_at("Read-only dictionaries", facts["dictionaries"], _read_only, _READ_ONLY),
        *_looked_at("Annotation tasks", facts["tasks"], _tasks, _TASKS),
        *_looked_at("Models and their snapshots", facts["models"], _models, _MODELS),
        *_looked_at("Roles of people", facts["members"], _members, _ROLES),
        *_looked_at(
            "Documents pre-annotated by Natural Language Understanding",
            facts["document_sets"],
            _preannotated,
            _PREANNOTATED,
        ),
        *_looked_at(
            "Annotations not promoted to ground truth", facts["document_sets"], _drafts, _DRAFTS
        ),
    ]


_READ_ONLY = (
    "Knowledge Studio does not download dictionaries that were uploaded as read-only.",
    "Keep the CSV files they were made from, and upload those as read-only again.",
)
_TASKS = (
    "Tasks and annotation sets are in no download.",
    "Finish them before the backup, or create them again in the target.",
)
_MODELS = (
    "A model cannot be uploaded into another workspace, and its snapshots stay behind.",
    "Train again after the restore, take a snapshot and deploy it. Undeploy the old ones before "
    "the workspace is deleted, or they go on charging.",
)
_ROLES = (
    "Roles belong to the instance, not to the download.",
    "Invite the people into the target instance and give them their roles there.",
)
_PREANNOTATED = (
    "Knowledge Studio makes such documents unreadable in a download, human annotations included.",
    "They can only go back into Knowledge Studio; keep the original files as well.",
)
_DRAFTS = (
    "Only annotations that were promoted to ground truth are in a download.",
    "Finish the annotation, adjudicate and promote it, then back up again.",
)


def _looked_at(
    what: str, rows: list[Facts] | None, pick: Any, words: tuple[str, str]
) -> list[Loss]:
    why, todo = words
    if rows is None:
        return [{"what": what, "items": None, "why": why, "todo": todo}]
    items = pick(rows)
    return [{"what": what, "items": items, "why": why, "todo": todo}] if items else []


def _read_only(rows: list[Facts]) -> list[str]:
    return [row["name"] for row in rows if row["read_only"]]


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
