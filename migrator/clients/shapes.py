"""What the tool answers, as structs. Times are epoch milliseconds, None where nothing was said.

Unknown fields are ignored and most may be missing: the interface is unpublished. Only ids, and
what a backup cannot do without, are demanded.
"""

from typing import Any

import msgspec


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """The base of all shapes."""


class Workspace(Shape, frozen=True, kw_only=True):
    """`tokenizer` is ml or dictionary; `documents` counts them; `plan` is the instance's."""

    id: str
    name: str
    description: str | None = None
    language: str
    tokenizer: str | None = None
    owner: str | None = None
    kind: str | None = None
    created: int | None = None
    modified: int | None = None
    documents: int | None = None
    plan: str | None = None


class User(Shape, frozen=True, kw_only=True):
    """`role` is Admin, Project manager or Human annotator; `state` as the service words it."""

    user_id: str
    name: str | None = None
    role: str | None = None
    state: str | None = None
    last_login: int | None = None


class Member(Shape, frozen=True, kw_only=True):
    """A user of one workspace."""

    user_id: str
    name: str | None = None
    role: str | None = None


class TypesUploaded(Shape, frozen=True, kw_only=True):
    """What a type system upload created."""

    entity_types: int | None = None
    relation_types: int | None = None


class RuleClass(Shape, frozen=True, kw_only=True):
    """A class of the rule-based model."""

    name: str


class Dictionary(Shape, frozen=True, kw_only=True):
    """`entity_type` is the label of the mapping, None where there is none."""

    id: str
    name: str
    read_only: bool = False
    entries: int | None = None
    entity_type: str | None = None


class DocumentSet(Shape, frozen=True, kw_only=True):
    """`type` as in sets.json; `preannotated` by Natural Language Understanding."""

    id: str
    name: str
    type: str | None = None
    count: int | None = None
    annotator: str | None = None
    in_ground_truth: bool | None = None
    preannotated: bool | None = None


class TaskSet(Shape, frozen=True, kw_only=True):
    """An annotation set within a task; `annotated` of `documents` are done."""

    id: str
    name: str | None = None
    annotator: str | None = None
    documents: int | None = None
    annotated: int | None = None
    state: str | None = None


class Task(Shape, frozen=True, kw_only=True):
    """An annotation task; `due` in epoch milliseconds."""

    id: str
    name: str | None = None
    due: int | None = None
    state: str | None = None
    sets: list[TaskSet] = []


class AnnotationSet(Shape, frozen=True, kw_only=True):
    """An annotation set that was drawn from a base set."""

    id: str
    name: str | None = None
    annotator: str | None = None


class Deployment(Shape, frozen=True, kw_only=True):
    """`service` is natural-language-understanding or discovery."""

    service: str | None = None
    instance: str | None = None
    model_id: str
    status: str | None = None


class ModelVersion(Shape, frozen=True, kw_only=True):
    """A snapshot with its deployments."""

    version: str
    description: str | None = None
    created: int | None = None
    deployments: list[Deployment] = []


class Model(Shape, frozen=True, kw_only=True):
    """`kind` is ml or rule."""

    kind: str
    trained_at: int | None = None
    score: float | None = None
    versions: list[ModelVersion] = []


class JobStarted(Shape, frozen=True, kw_only=True):
    """The id under which `read_job` tells how far it is."""

    job: str


class Job(Shape, frozen=True, kw_only=True):
    """`state` is queued, running, done or failed; `progress` is 0 to 100.

    `result` of a finished document import is `{"documents": n}`.
    """

    id: str
    kind: str | None = None
    state: str
    progress: float | None = None
    error: str | None = None
    result: dict[str, Any] | None = None


# Under which name each shape, and each shape inside it, stands in the profile's `answers`.
NAMES: dict[type[Shape], str] = {
    Workspace: "workspace",
    User: "user",
    Member: "member",
    TypesUploaded: "types_uploaded",
    RuleClass: "rule_class",
    Dictionary: "dictionary",
    DocumentSet: "document_set",
    TaskSet: "task_set",
    Task: "task",
    AnnotationSet: "annotation_set",
    Deployment: "deployment",
    ModelVersion: "model_version",
    Model: "model",
    JobStarted: "job_started",
    Job: "job",
}
INSIDE: dict[tuple[str, str], str] = {
    ("task", "sets"): "task_set",
    ("model", "versions"): "model_version",
    ("model_version", "deployments"): "deployment",
}


def translated(given: Any, name: str, answers: dict[str, dict[str, str]]) -> Any:
    """`given` with the service's field names replaced by ours, for the shape called `name`.

    What is no object stays as it is: the conversion that follows refuses it.
    """
    if not isinstance(given, dict):
        return given
    ours = {our: given[theirs] for our, theirs in answers[name].items() if theirs in given}
    for field in ours.keys() & {field for shape, field in INSIDE if shape == name}:
        inner = INSIDE[name, field]
        if isinstance(ours[field], list):
            ours[field] = [translated(item, inner, answers) for item in ours[field]]
    return ours
