"""The collecting steps of a backup: facts, type system, dictionaries, documents."""

from typing import Any

from migrator.checks.answers import many
from migrator.formats.inspect import Inspection, inspect
from migrator.models import Step
from migrator.services import inventories, work_files
from migrator.services.beats import progress_of
from migrator.services.perform.obtain import obtain
from migrator.services.perform.results import Done, NeedsPerson
from migrator.services.perform.siblings import sibling_warning

_K = Step.Kind
SAVED = Step.Outcome.SAVED


def collect_facts(step: Step) -> Done:
    """Read what the instance says of the workspace; by hand, what a person typed."""
    workspace = step.item.workspace
    assert workspace is not None, "a backup's item names its workspace"
    if workspace.instance.is_connected:
        facts = inventories.refresh_workspace(workspace, progress=progress_of(step, "lists"))
    else:
        facts = inventories.facts_by_hand(workspace)
    return Done(SAVED, f"{workspace.name}, language {workspace.language}.", {"workspace": facts})


def collect_types(step: Step) -> Done:
    """The type system."""
    files = obtain(step)
    inspection = inspect([work_files.absolute(file) for file in files])
    return _inspected(inspection, "entity_types", "relation_types")


def collect_dictionaries(step: Step) -> Done:
    """The editable dictionaries: one ZIP downloaded, or any number of files brought."""
    if step.answer.get("none"):
        return Done(Step.Outcome.NOTHING, "none, as you said.")
    files = obtain(step)
    inspection = inspect([work_files.absolute(file) for file in files])
    return _inspected(inspection, "dictionaries", "entries")


def collect_documents(step: Step) -> Done:
    """The documents, inspected together with the type system and dictionaries they belong to."""
    files = obtain(step)
    others = work_files.saved_files(step.item, step.run, _K.TYPES, _K.DICTIONARIES)
    paths = [work_files.absolute(file) for file in [*others, *files]]
    inspection = inspect(paths, progress=progress_of(step, "documents"))
    strangers = sibling_warning(inspection)
    if strangers and step.performer == Step.Performer.PERSON and not step.answer.get("accepted"):
        work_files.drop_files(step)
        raise NeedsPerson(Step.Needs.FILE, strangers)
    return _inspected(inspection, "documents", "mentions", "relations")


_NOUNS = {
    "entity_types": ("entity type",),
    "relation_types": ("relation type",),
    "dictionaries": ("dictionary", "dictionaries"),
    "entries": ("entry", "entries"),
    "documents": ("document",),
    "mentions": ("mention",),
    "relations": ("relation",),
}


def _inspected(inspection: Inspection, *told: str) -> Done:
    facts: dict[str, Any] = inspection.to_json_dict()
    facts["details"] = inspection.details
    serious = [finding for finding in inspection.findings if finding.level != "note"]
    counts = ", ".join(many(inspection.counts[name], *_NOUNS[name]) for name in told)
    return Done(SAVED, f"{counts}.", {"inspection": facts}, warnings=len(serious))
