"""Turn workspace.json and inspection.json into the tables of the archive's page.

A section of workspace.json that is null was not looked at, and the page says so: unknown is never
shown as none. Values are shown as they come; nothing here reads a document's text.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

NOT_LOOKED_AT = (
    "This was not looked at when the backup was taken. It does not mean that there is none."
)

COUNT_LABELS = {
    "documents": "Documents",
    "document_sets": "Document sets",
    "characters": "Characters",
    "sentences": "Sentences",
    "tokens": "Tokens",
    "mentions": "Mentions",
    "relations": "Relations",
    "coreferences": "Coreference chains",
    "entity_types": "Entity types",
    "relation_types": "Relation types",
    "relation_labels": "Relation labels",
    "dictionaries": "Dictionaries",
    "entries": "Dictionary entries",
}


@dataclass(frozen=True)
class Column:
    """A heading, and whether figures stand below it."""

    label: str
    is_number: bool = False


@dataclass(frozen=True)
class Table:
    """A caption, columns and rows of text; `remark` stands in for the rows where there are none."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    remark: str = ""


@dataclass(frozen=True)
class _Field:
    key: str
    label: str
    show: Callable[[Any], str]
    is_number: bool = False


def text(value: Any) -> str:
    """A value for a reader: yes and no, lists joined, a dash for nothing."""
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(text(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {text(item)}" for key, item in value.items())
    return number(value) if isinstance(value, int) else str(value)


def number(value: Any) -> str:
    """An integer with separators; a dash where it is not known."""
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else "–"


def moment(value: Any) -> str:
    """A time for a reader, from epoch milliseconds or ISO 8601; anything else as it came."""
    try:
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return _utc(datetime.fromtimestamp(value / 1000, tz=UTC))
        if isinstance(value, str) and "T" in value:
            return _utc(datetime.fromisoformat(value))
    except (ValueError, OverflowError, OSError):
        return str(value)
    return text(value or None)


def _utc(value: datetime) -> str:
    if value.tzinfo is None:
        return f"{value:%Y-%m-%d %H:%M}"
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


_FACTS = [
    ("name", "Name", text),
    ("description", "Description", text),
    ("language", "Language of documents", text),
    ("tokenizer", "Tokenizer", text),
    ("kind", "Kind", text),
    ("owner", "Owner", text),
    ("plan", "Plan", text),
    ("created", "Created", moment),
    ("modified", "Modified", moment),
    ("id", "Workspace ID", text),
]

LISTED = {
    "document_sets": (
        "Document sets",
        [
            _Field("name", "Name", text),
            _Field("type", "Type", text),
            _Field("count", "Documents", number, is_number=True),
            _Field("annotator", "Annotator", text),
            _Field("in_ground_truth", "In ground truth", text),
            _Field("preannotated", "Pre-annotated", text),
        ],
    ),
    "dictionaries": (
        "Dictionaries",
        [
            _Field("name", "Name", text),
            _Field("entries", "Entries", number, is_number=True),
            _Field("entity_type", "Entity type", text),
            _Field("read_only", "Read-only", text),
        ],
    ),
    "mappings": (
        "Dictionary to entity type",
        [_Field("dictionary", "Dictionary", text), _Field("entity_type", "Entity type", text)],
    ),
    "members": (
        "People",
        [
            _Field("user_id", "User", text),
            _Field("name", "Name", text),
            _Field("role", "Role", text),
            _Field("state", "State", text),
        ],
    ),
}


def facts_table(workspace: Mapping[str, Any]) -> Table:
    """The workspace's own fields, and where and when they were read."""
    facts = workspace.get("workspace") or {}
    instance = workspace.get("instance") or {}
    rows = [[label, show(facts.get(key))] for key, label, show in _FACTS if facts.get(key)]
    rows.append(["Instance", text(instance.get("name"))])
    rows.append(["Address", text(instance.get("address"))])
    rows.append(["Recorded", moment(workspace.get("captured_at"))])
    return Table("The workspace", [Column("What"), Column("Value")], rows)


def listed_table(workspace: Mapping[str, Any], section: str) -> Table:
    """A list of workspace.json; only columns that a row fills."""
    caption, fields = LISTED[section]
    items = workspace.get(section)
    if items is None:
        return Table(caption, [], [], NOT_LOOKED_AT)
    rows = [item if isinstance(item, dict) else {fields[0].key: item} for item in items]
    used = [field for field in fields if any(field.key in row for row in rows)]
    shown = [[field.show(row.get(field.key)) for field in used] for row in rows]
    columns = [Column(field.label, field.is_number) for field in used]
    return Table(caption, columns, shown, "" if shown else "None.")


def task_table(workspace: Mapping[str, Any]) -> Table:
    """Annotation tasks, a row for each annotation set, so that a person can make them again."""
    columns = [
        Column("Task"),
        Column("Due"),
        Column("State"),
        Column("Annotation set"),
        Column("Annotator"),
        Column("Annotated", is_number=True),
    ]
    tasks = workspace.get("tasks")
    if tasks is None:
        return Table("Annotation tasks", columns, [], NOT_LOOKED_AT)
    rows = [row for task in tasks for row in _task_rows(task)]
    return Table("Annotation tasks", columns, rows, "" if rows else "None.")


def _task_rows(task: Mapping[str, Any]) -> list[list[str]]:
    head = [text(task.get("name")), moment(task.get("due")), text(task.get("state"))]
    sets = task.get("sets") or [{}]
    return [[*head, text(one.get("name")), text(one.get("annotator")), _share(one)] for one in sets]


def _share(annotation_set: Mapping[str, Any]) -> str:
    if "documents" not in annotation_set:
        return "–"
    done, all_of_them = annotation_set.get("annotated"), annotation_set.get("documents")
    return f"{number(done)} of {number(all_of_them)}"


def model_table(workspace: Mapping[str, Any]) -> Table:
    """Model versions, a row for each deployment."""
    columns = [
        Column("Model"),
        Column("Trained"),
        Column("Score", is_number=True),
        Column("Version"),
        Column("Description"),
        Column("Created"),
        Column("Deployed to"),
        Column("Model ID"),
    ]
    models = workspace.get("models")
    if models is None:
        return Table("Models", columns, [], NOT_LOOKED_AT)
    rows = [row for model in models for row in _model_rows(model)]
    return Table("Models", columns, rows, "" if rows else "None.")


_MODEL_KINDS = {"ml": "Machine learning", "rule": "Rule-based"}


def _model_rows(model: Mapping[str, Any]) -> list[list[str]]:
    kind = _MODEL_KINDS.get(str(model.get("kind")), text(model.get("kind")))
    rows = []
    for version in model.get("versions") or [{}]:
        head = [kind, moment(model.get("trained_at")), text(model.get("score"))]
        head += [text(version.get("version")), text(version.get("description"))]
        head.append(moment(version.get("created")))
        for deployment in version.get("deployments") or [{}]:
            target = [deployment.get("service"), deployment.get("instance")]
            place = ", ".join(str(part) for part in target if part) or "not deployed"
            rows.append([*head, place, text(deployment.get("model_id"))])
    return rows


def count_table(inspection: Mapping[str, Any]) -> Table:
    """The counts under their names for a reader, zeros included."""
    counts = inspection.get("counts") or {}
    rows = [[label, number(counts[key])] for key, label in COUNT_LABELS.items() if key in counts]
    columns = [Column("What"), Column("Number", is_number=True)]
    return Table("Counts", columns, rows, "" if rows else NOT_LOOKED_AT)
