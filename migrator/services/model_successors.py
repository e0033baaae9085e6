"""Old and new model ids: which new deployment took the place of which old one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from migrator.clients.shapes import Deployment
from migrator.errors import ServiceError
from migrator.models import Archive, ModelReplacement, ModelService, PlanItem, Step
from migrator.services import audit, events
from migrator.services.permissions import requires


@dataclass(frozen=True)
class OldModel:
    """A deployment that the source had, as its archive tells; `kind` is ml or rule."""

    model_id: str
    kind: str
    version: str
    service: str


def old_models(facts: dict[str, Any]) -> list[OldModel]:
    """What was deployed from the source when it was backed up; `facts` are the archive's."""
    return [
        OldModel(
            deployment["model_id"],
            model["kind"],
            version["version"],
            deployment.get("instance") or deployment.get("service") or "",
        )
        for model in facts.get("models") or []
        for version in model["versions"]
        for deployment in version["deployments"]
    ]


def model_kinds(facts: dict[str, Any]) -> list[str]:
    """Which kinds of model the source had: ml, rule."""
    return sorted({model["kind"] for model in facts.get("models") or []})


def note_successors(
    step: Step, made: list[tuple[ModelService, Deployment]], version: str, kind: str
) -> None:
    """Match every old deployment of this kind with a new one: in the same service, else the first.

    What a person matched stays.
    """
    archive = step.item.archive or newest_archive(step.item)
    if archive is None or not made:
        return
    for old in old_models(archive.facts):
        if old.kind == kind:
            service, new = _nearest(old, made)
            ModelReplacement.objects.get_or_create(
                item=step.item,
                old_model_id=old.model_id,
                defaults={
                    "new_model_id": new.model_id,
                    "new_service": str(service),
                    "new_version": version,
                },
            )
            events.note(step, f"Model {old.model_id} is followed by {new.model_id}.")


def _nearest(
    old: OldModel, made: list[tuple[ModelService, Deployment]]
) -> tuple[ModelService, Deployment]:
    return next((each for each in made if each[0].guid == old.service), made[0])


def newest_archive(item: PlanItem) -> Archive | None:
    """The archive that the plan restores from."""
    return Archive.objects.filter(item=item).order_by("-created_at", "-pk").first()


@requires("migrator.start_run")
@transaction.atomic
def note_by_person(item: PlanItem, old_model_id: str, *, new_model_id: str, user: User) -> None:
    """Note by name which new model follows an old one; ServiceError without an id."""
    if not new_model_id.strip():
        raise ServiceError(
            "The new model id is missing.",
            meaning="Nothing was noted.",
            remedy="Copy it from Knowledge Studio's Versions page or from Deployed models.",
        )
    ModelReplacement.objects.update_or_create(
        item=item,
        old_model_id=old_model_id,
        defaults={
            "new_model_id": new_model_id.strip(),
            "new_service": "",
            "new_version": "",
            "noted_who": user.get_username(),
        },
    )
    audit.record(user, "model.successor_noted", item, old=old_model_id, new=new_model_id.strip())


def table_of(
    items: Iterable[PlanItem], archives: dict[int, Archive]
) -> Iterator[tuple[PlanItem, OldModel, ModelReplacement | None]]:
    """A line for each old deployment; None where nothing follows it yet. One query."""
    listed = list(items)
    rows = ModelReplacement.objects.filter(item__in=[item.pk for item in listed])
    found = {(row.item_id, row.old_model_id): row for row in rows}
    for item in listed:
        archive = archives.get(item.pk)
        for old in old_models(archive.facts) if archive else []:
            yield item, old, found.get((item.pk, old.model_id))
