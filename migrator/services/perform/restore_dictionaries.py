"""Restoring the dictionaries: look first, upload those that the target lacks, keep the target's."""

from pathlib import Path

import msgspec

from migrator.clients.tool import ToolClient
from migrator.formats.dictionaries import Dictionary, read_dictionaries, write_dictionaries
from migrator.formats.kinds import Kind
from migrator.models import Conflict, ConflictChoice, LedgerEntry, Step
from migrator.services import work_files
from migrator.services.beats import about_to_change, progress_of
from migrator.services.perform.by_person import done_by_person
from migrator.services.perform.check_archive import source_paths
from migrator.services.perform.obtain import connected, fetch, workspace_id_of
from migrator.services.perform.results import Done, Outcomes
from migrator.services.targets.conflict_rows import key_of
from migrator.services.targets.decisions import Decisions, decisions_of

_K = Step.Kind
_A = ConflictChoice.Action
_PART = Conflict.Part.DICTIONARY


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
    taken = {one.name for one in client.dictionaries(workspace_id_of(step))}
    decisions = decisions_of(step.item, _PART)
    sorted_out = [_sorted_out(one, there, taken, decisions) for one in wanted]
    missing = [one for one, _ in sorted_out if one is not None]
    if missing:
        _upload(step, client, missing)
    outcomes = Outcomes()
    for _, word in sorted_out:
        outcomes.count(word or "created")
    kept = outcomes.skipped
    note = f"{kept:,} left as the target has it: {_names(sorted_out, wanted)}." if kept else ""
    return Done(outcomes.outcome, outcomes.said(note), outcomes.facts, warnings=kept)


# What is to be uploaded, or else in which count it goes.
Sorted = tuple[Dictionary | None, str]


def _sorted_out(
    one: Dictionary, there: dict[str, Dictionary], taken: set[str], decisions: Decisions
) -> Sorted:
    decision = decisions.of(_PART, key_of(one.name))
    if decision.action == _A.RENAME:
        # The name was free when a person typed it, so what has it now is ours.
        renamed = msgspec.structs.replace(one, name=decision.new_name)
        return (renamed, "") if renamed.name not in taken else (None, "identical")
    if one.name not in taken:
        return (one, "") if decision.action != _A.LEAVE else (None, "skipped")
    is_same = one.name in there and _same(one, there[one.name])
    return None, "identical" if is_same else "skipped"


def _names(sorted_out: list[Sorted], wanted: list[Dictionary]) -> str:
    both = zip(wanted, sorted_out, strict=True)
    kept = [one.name for one, (_, word) in both if word == "skipped"]
    return ", ".join(kept[:5]) + (", …" if len(kept) > 5 else "")


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
    for one in missing:
        LedgerEntry.objects.get_or_create(
            step=step, kind="dictionary", source_id=key_of(one.name)[:300]
        )
