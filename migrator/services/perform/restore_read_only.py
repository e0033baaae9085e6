"""Read-only dictionaries go in again as read-only, from the CSV files that somebody kept."""

from pathlib import Path

from migrator.clients.tool import ToolClient
from migrator.models import Conflict, ConflictChoice, Event, LedgerEntry, Step
from migrator.services import events, work_files
from migrator.services.beats import about_to_change, progress_of
from migrator.services.perform.by_person import done_by_person
from migrator.services.perform.obtain import connected, workspace_id_of
from migrator.services.perform.results import Done, Outcomes
from migrator.services.targets.conflict_rows import key_of
from migrator.services.targets.decisions import Decision, decisions_of
from migrator.services.targets.read_only_files import files_of

_A = ConflictChoice.Action
_PART = Conflict.Part.READ_ONLY


def restore_read_only(step: Step) -> Done:
    """Upload each CSV as a read-only dictionary; one without a CSV is said to be missing."""
    folder = work_files.new_folder(step)
    wanted = files_of(step.item, folder)
    if not wanted:
        return Done(Step.Outcome.NOTHING, "the archive knows no read-only dictionaries.")
    if step.performer == Step.Performer.PERSON:
        return _by_person(step, wanted)
    with connected(step) as client:
        taken = {one.name for one in client.dictionaries(workspace_id_of(step))}
        decisions = decisions_of(step.item, _PART)
        outcomes = Outcomes()
        for name, path in wanted.items():
            decision = decisions.of(_PART, key_of(name))
            if (word := _left(step, name, decision, taken)) is None:
                word = _bring(step, client, name, _goal(name, decision), path)
            outcomes.count(word)
    warnings = outcomes.cannot + outcomes.skipped
    return Done(outcomes.outcome, outcomes.said(), outcomes.facts, warnings=warnings)


def _by_person(step: Step, wanted: dict[str, Path | None]) -> Done:
    files = [path for path in wanted.values() if path is not None]
    if not files:
        return Done(Step.Outcome.NOTHING, "no CSV file is attached.", warnings=len(wanted))
    done = done_by_person(step, files)
    return Done(done.outcome, done.said, done.facts, warnings=len(wanted) - len(files))


def _goal(name: str, decision: Decision) -> str:
    """The name under which it goes in."""
    return decision.new_name if decision.action == _A.RENAME else name


def _left(step: Step, name: str, decision: Decision, taken: set[str]) -> str | None:
    """In which count a dictionary goes of which nothing is to be uploaded; None for the others."""
    goal = _goal(name, decision)
    entry = step.ledger.filter(kind="read_only", source_id=key_of(name)[:300]).first()
    if entry is not None and goal in taken:
        return _ours(entry, goal)
    if goal in taken or decision.action == _A.LEAVE:
        events.note(step, f"The read-only dictionary {name} was left as the target has it.")
        return "skipped"
    return None


def _bring(step: Step, client: ToolClient, name: str, goal: str, path: Path | None) -> str:
    if path is None:
        events.note(step, f"No CSV file is attached to {name}.", Event.Level.WARNING)
        return "cannot"
    return _upload(step, client, name, goal, path)


def _upload(step: Step, client: ToolClient, name: str, goal: str, path: Path) -> str:
    about_to_change(step)
    # Noted after the look at the names and before the call: where the answer is lost, the
    # dictionary that is found under this name by the next try is ours.
    entry, _ = LedgerEntry.objects.get_or_create(
        step=step, kind="read_only", source_id=key_of(name)[:300]
    )
    client.upload_read_only_dictionary(
        workspace_id_of(step), path, goal, progress_of(step, "bytes")
    )
    return _ours(entry, goal)


def _ours(entry: LedgerEntry, goal: str) -> str:
    entry.target_id = goal[:300]
    entry.save(update_fields=["target_id"])
    return "created"
