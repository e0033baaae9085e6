"""The model versions of a workspace with where they are deployed, in one query."""

from dataclasses import dataclass, field
from datetime import datetime

from migrator.models import ModelVersion, Workspace

_FIELDS = ("pk", "kind", "version", "description", "score", "trained_at")
_DEPLOYED = ("deployments__service", "deployments__model_id", "deployments__status")


@dataclass(frozen=True)
class Deployed:
    """Where a version is deployed, in the words of Knowledge Studio."""

    service: str
    model_id: str
    status: str


@dataclass(frozen=True)
class Version:
    """One version with its deployments."""

    kind: str
    version: str
    description: str
    score: float | None
    trained_at: datetime | None
    deployments: list[Deployed] = field(default_factory=list)


def versions_of(workspace: Workspace) -> list[Version]:
    """In Knowledge Studio's order."""
    rows = ModelVersion.objects.filter(workspace=workspace).values_list(*_FIELDS, *_DEPLOYED)
    found: dict[int, Version] = {}
    for pk, kind, version, description, score, trained_at, *deployed in rows:
        row = found.setdefault(pk, Version(kind, version, description, score, trained_at))
        if deployed[1] is not None:
            row.deployments.append(Deployed(*deployed))
    return list(found.values())
