"""Sealing: the archive is written, read back, and only then becomes a row."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from migrator.archives.age.files import SUFFIX
from migrator.archives.check import Checked, recorded_counts
from migrator.archives.contents import Contents
from migrator.archives.graph import contents_graph
from migrator.archives.write import Sealed, write_archive
from migrator.models import Archive, PlanItem, Step, StepFile
from migrator.services import archives
from migrator.services.beats import progress_of
from migrator.services.losses import cannot_move
from migrator.services.perform.encrypt import encrypt_sealed, encrypted_path
from migrator.services.perform.obtain import instance_of
from migrator.services.perform.results import Done
from migrator.services.work_files import absolute, new_folder, new_path, saved_files
from migrator.services.worksheets.archiving import sheets_to_seal

_K = Step.Kind


def seal(step: Step) -> Done:
    """Write the workspace's archive, read it back, and store it, once.

    It is not inspected again: what is sealed has the fingerprints of what was inspected.
    """
    stored = _stored_before(step)
    if stored is not None:
        return _done(stored)
    created_at = timezone.now()
    contents = _contents(step, created_at)
    path = new_path(step, ".zip")
    sealed = write_archive(path, contents, progress=progress_of(step, "bytes"))
    checked = _checked(sealed, contents)
    name = _storage_name(step, created_at)
    encrypted = encrypt_sealed(step, path, checked)
    if encrypted is not None:
        path, name = encrypted_path(path), name + SUFFIX
    # Noted first: whoever takes over finds what was stored, although this worker could not say so.
    note = {"file": name, "sha256": checked.sha256 if encrypted is None else encrypted.sha256}
    step.update_if_ours(facts={**step.facts, "sealed": note})
    archive = archives.store_archive(
        path,
        checked,
        item=step.item,
        instance=instance_of(step),
        workspace=step.item.workspace,
        user=step.run.started_by,
        name=name,
        encrypted=encrypted,
    )
    return _done(archive)


def _done(archive: Archive) -> Done:
    return Done(
        Step.Outcome.CREATED,
        f"sealed and verified, {_how(archive)}{archive.size:,} bytes, SHA-256 {archive.sha256}.",
        {"archive": archive.pk, "sha256": archive.sha256},
    )


def _how(archive: Archive) -> str:
    if not archive.is_encrypted:
        return ""
    return f"encrypted {archive.get_encryption_display().lower()}, "


def _stored_before(step: Step) -> Archive | None:
    """The archive that an earlier claim stored; a file that it stored without a row is removed."""
    sealed = step.facts.get("sealed")
    if not sealed:
        return None
    archive = Archive.objects.filter(item=step.item, sha256=sealed["sha256"]).first()
    if archive is None:
        archives.remove_unrecorded(sealed["file"], sealed["sha256"])
    return archive


def _checked(sealed: Sealed, contents: Contents) -> Checked:
    inspection = contents.portable_inspection()
    return Checked(
        size=sealed.size,
        sha256=sealed.sha256,
        bag=sealed.bag,
        workspace=contents.workspace_json(),
        inspection=inspection,
        counts=recorded_counts(inspection),
        graph=contents_graph(contents),
    )


def _contents(step: Step, created_at: datetime) -> Contents:
    types, dictionaries, corpora = (
        _files(step, kind) for kind in (_K.TYPES, _K.DICTIONARIES, _K.DOCUMENTS)
    )
    known = {absolute(file): file.sha256 for file in (*types, *dictionaries, *corpora)}
    return Contents(
        workspace=workspace_json(step, created_at),
        inspection=_facts_of(step, _K.DOCUMENTS)["inspection"],
        created_at=created_at,
        types=absolute(types[0]),
        dictionaries=[absolute(file) for file in dictionaries],
        corpus=absolute(corpora[0]),
        fingerprints=known,
        worksheets=sheets_to_seal(step.item, new_folder(step)),
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


def _files(step: Step, kind: str) -> list[StepFile]:
    return saved_files(step.item, step.run, kind)


def _facts_of(step: Step, kind: str) -> dict[str, Any]:
    other = Step.objects.current().get(run=step.run, item=step.item, kind=kind)
    return dict(other.facts)


def _storage_name(step: Step, created_at: datetime) -> str:
    item: PlanItem = step.item
    return archives.storage_name(instance_of(step).name, item.name, created_at)
