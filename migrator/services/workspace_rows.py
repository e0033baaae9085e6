"""Writing what the tool listed of a workspace into rows."""

from datetime import UTC, datetime
from typing import Any

from migrator.models import (
    AnnotationTask,
    Deployment,
    Dictionary,
    DocumentSet,
    Instance,
    Member,
    ModelVersion,
    Workspace,
)

Facts = dict[str, Any]


def store_workspace(instance: Instance, facts: Facts, *, seen_at: datetime) -> Workspace:
    """Write one workspace and all that belongs to it, replacing what was known before.

    To be called in a transaction, so that nobody sees half of it.
    """
    said = facts["workspace"]
    workspace, _ = Workspace.objects.update_or_create(
        instance=instance,
        workspace_id=said["id"],
        defaults={
            "name": said["name"],
            "description": said["description"] or "",
            "language": said["language"],
            "tokenizer": said["tokenizer"] or "",
            "owner": said["owner"] or "",
            "kind": said["kind"] or "",
            "plan": said["plan"] or "",
            "documents": said["documents"],
            "rule_classes": facts["rule_classes"],
            "created": _time(said["created"]),
            "modified": _time(said["modified"]),
            "seen_at": seen_at,
        },
    )
    _store_lists(workspace, facts)
    _store_models(workspace, facts["models"])
    return workspace


def _store_lists(workspace: Workspace, facts: Facts) -> None:
    _replace(DocumentSet, workspace, [_document_set(row) for row in facts["document_sets"]])
    _replace(Dictionary, workspace, [_dictionary(row) for row in facts["dictionaries"]])
    _replace(AnnotationTask, workspace, [_task(row) for row in facts["tasks"]])
    _replace(Member, workspace, [_member(row) for row in facts["members"]])


def _replace(
    model: type[DocumentSet | Dictionary | AnnotationTask | Member],
    workspace: Workspace,
    rows: list[Facts],
) -> None:
    model._default_manager.filter(workspace=workspace).delete()
    made: list[Any] = [model(workspace=workspace, **row) for row in rows]
    model._default_manager.bulk_create(made)


def _document_set(said: Facts) -> Facts:
    return {
        "set_id": said["id"],
        "name": said["name"],
        "type": said["type"] or "",
        "count": said["count"],
        "annotator": said["annotator"] or "",
        "in_ground_truth": said["in_ground_truth"],
        "preannotated": said["preannotated"],
    }


def _dictionary(said: Facts) -> Facts:
    return {
        "dictionary_id": said["id"],
        "name": said["name"],
        "read_only": said["read_only"],
        "entries": said["entries"],
        "entity_type": said["entity_type"] or "",
    }


def _task(said: Facts) -> Facts:
    return {
        "task_id": said["id"],
        "name": said["name"] or "",
        "due": _time(said["due"]),
        "state": said["state"] or "",
        "sets": said["sets"],
    }


def _member(said: Facts) -> Facts:
    return {"user_id": said["user_id"], "name": said["name"] or "", "role": said["role"] or ""}


def _store_models(workspace: Workspace, models: list[Facts]) -> None:
    workspace.model_versions.all().delete()
    for model in models:
        trained = {"score": model["score"], "trained_at": _time(model["trained_at"])}
        for said in model["versions"]:
            version = ModelVersion.objects.create(
                workspace=workspace,
                kind=model["kind"],
                version=said["version"],
                description=said["description"] or "",
                created=_time(said["created"]),
                **trained,
            )
            Deployment.objects.bulk_create(
                Deployment(
                    version=version,
                    service=row["service"] or "",
                    service_instance=row["instance"] or "",
                    model_id=row["model_id"],
                    status=row["status"] or "",
                )
                for row in said["deployments"]
            )
        if not model["versions"] and model["trained_at"]:
            ModelVersion.objects.create(workspace=workspace, kind=model["kind"], **trained)


def _time(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, tz=UTC)
