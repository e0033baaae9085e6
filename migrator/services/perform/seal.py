"""Sealing: the archive is written, read back, checked, and only then becomes a row."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from migrator.archives.check import check_archive
from migrator.archives.contents import Contents
from migrator.archives.write import write_archive
from migrator.models import Archive, PlanItem, Step, StepFile
from migrator.services import archives, work_files
from migrator.services.beats import progress_of
from migrator.services.losses import cannot_move
from migrator.services.perform.obtain import instance_of
from migrator.services.perform.results import Done

_K = Step.Kind


def seal(step: Step) -> Done:
    """Write the workspace's archive, check it by reading it back, and store it, once."""
    stored = _stored_before(step)
    if stored is not None:
        return _done(stored)
    created_at = timezone.now()
    contents = _contents(step, created_at)
    path = work_files.new_path(step, ".zip")
    write_archive(path, contents, progress=progress_of(step, "bytes"))
    checked = check_archive(path, progress=progress_of(step, "bytes"))
    name = _storage_name(step, created_at)
    # Noted first: whoever takes over finds what was stored, although this worker could not say so.
    sealed = {"file": name, "sha256": checked.sha256}
    step.update_if_ours(facts={**step.facts, "sealed": sealed})
    archive = archives.store_archive(
        path,
        checked,
        item=step.item,
        instance=instance_of(step),
        workspace=step.item.workspace,
        user=step.run.started_by,
        name=name,
    )
    return _done(archive)


def _done(archive: Archive) -> Done:
    return Done(
        Step.Outcome.CREATED,
        f"sealed and verified, {archive.size:,} bytes, SHA-256 {archive.sha256}.",
        {"archive": archive.pk, "sha256": archive.sha256},
    )


def _stored_before(step: Step) -> Archive | None:
    """The archive that an earlier claim stored; a file that it stored without a row is removed."""
    sealed = step.facts.get("sealed")
    if not sealed:
        return None
    archive = Archive.objects.filter(item=step.item, sha256=sealed["sha256"]).first()
    if archive is None:
        archives.remove_unrecorded(sealed["file"], sealed["sha256"])
    return archive


def _contents(step: Step, created_at: datetime) -> Contents:
    types = _paths(step, _K.TYPES)
    corpora = _paths(step, _K.DOCUMENTS)
    return Contents(
        workspace=workspace_json(step, created_at),
        inspection=_facts_of(step, _K.DOCUMENTS)["inspection"],
        created_at=created_at,
        types=types[0],
        dictionaries=_paths(step, _K.DICTIONARIES),
        corpus=corpora[0],
    )


def workspace_json(step: Step, captured_at: datetime) -> dict[str, Any]:
    """The archive's workspace.json: every fact that no download holds, and the loss list."""
    instance = instance_of(step)
    facts = _facts_of(step, _K.FACTS)["workspace"]
    return {
        "format": 1,
        "captured_at": captured_at.isoformat(),
        "instance": {"name": instance.name, "kind": instance.kind, "address": instance.address},
        **facts,
        "mappings": _mappings(facts["dictionaries"]),
        "cannot_move": cannot_move(facts),
    }


def _mappings(dictionaries: list[dict[str, Any]] | None) -> list[dict[str, str]] | None:
    if dictionaries is None:
        return None
    return [
        {"dictionary": row["name"], "entity_type": row["entity_type"]}
        for row in dictionaries
        if row["entity_type"]
    ]


def _paths(step: Step, kind: str) -> list[Path]:
    files: list[StepFile] = work_files.saved_files(step.item, step.run, kind)
    return [work_files.absolute(file) for file in files]


def _facts_of(step: Step, kind: str) -> dict[str, Any]:
    other = Step.objects.current().get(run=step.run, item=step.item, kind=kind)
    return dict(other.facts)


def _storage_name(step: Step, created_at: datetime) -> str:
    item: PlanItem = step.item
    return archives.storage_name(instance_of(step).name, item.name, created_at)
