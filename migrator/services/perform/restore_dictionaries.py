"""Restoring the dictionaries: look first, upload those that the target lacks, keep the target's."""

from pathlib import Path

from migrator.clients.tool import ToolClient
from migrator.formats.dictionaries import Dictionary, read_dictionaries, write_dictionaries
from migrator.formats.kinds import Kind
from migrator.models import Event, Step
from migrator.services import events, work_files
from migrator.services.beats import about_to_change, progress_of
from migrator.services.perform.by_person import done_by_person
from migrator.services.perform.check_archive import source_paths
from migrator.services.perform.obtain import connected, fetch, workspace_id_of
from migrator.services.perform.results import Done

_K = Step.Kind


def restore_dictionaries(step: Step) -> Done:
    """Bring every editable dictionary of the archive into the target."""
    sources = source_paths(step, Kind.DICTIONARIES, Kind.DICTIONARY)
    wanted = [dictionary for path in sources for dictionary in read_dictionaries(path)]
    if not wanted:
        return Done(Step.Outcome.NOTHING, "the archive holds no dictionaries.")
    if step.performer == Step.Performer.PERSON:
        return done_by_person(step, sources)
    with connected(step) as client:
        return _restore(step, client, wanted)


def _restore(step: Step, client: ToolClient, wanted: list[Dictionary]) -> Done:
    there = {one.name: one for one in _dictionaries_there(step, client)}
    missing = [one for one in wanted if one.name not in there]
    differing = [
        one.name for one in wanted if one.name in there and not _same(one, there[one.name])
    ]
    for name in differing:
        events.note(
            step,
            f"The dictionary {name} is in the target with other entries; the target's was kept.",
            Event.Level.WARNING,
        )
    if missing:
        _upload(step, client, missing)
    return _outcome(len(wanted), len(missing), len(differing))


def _outcome(wanted: int, created: int, kept: int) -> Done:
    said = f"{created:,} created, {wanted - created - kept:,} already identical"
    said += f", {kept:,} kept as the target has them." if kept else "."
    if not created:
        return Done(Step.Outcome.IDENTICAL, said, warnings=kept)
    outcome = Step.Outcome.CREATED if created == wanted else Step.Outcome.UPDATED
    return Done(outcome, said, warnings=kept)


def _dictionaries_there(step: Step, client: ToolClient) -> list[Dictionary]:
    path, _ = fetch(step, client, progress_of(step, "bytes"), _K.PROOF_DICTIONARIES)
    try:
        return read_dictionaries(path)
    finally:
        path.unlink()


def _same(left: Dictionary, right: Dictionary) -> bool:
    return _content(left) == _content(right)


def _content(dictionary: Dictionary) -> list[tuple[str, str, tuple[str, ...]]]:
    return sorted(
        (entry.lemma, entry.poscode, tuple(entry.surfaces)) for entry in dictionary.entries
    )


def _upload(step: Step, client: ToolClient, missing: list[Dictionary]) -> None:
    path: Path = work_files.new_path(step, ".zip")
    with path.open("wb") as file:
        write_dictionaries(missing, file)
    about_to_change(step)
    try:
        client.upload_dictionaries(workspace_id_of(step), path, progress_of(step, "bytes"))
    finally:
        path.unlink()
