"""Mapping dictionaries to entity types: no download holds it, so it is set again."""

from migrator.clients.shapes import Dictionary
from migrator.clients.tool import ToolClient
from migrator.errors import ServiceError
from migrator.models import Conflict, ConflictChoice, Event, Step
from migrator.services import events
from migrator.services.perform.by_person import done_by_person
from migrator.services.perform.obtain import connected, workspace_id_of
from migrator.services.perform.results import Done, Outcomes
from migrator.services.targets.conflict_rows import key_of
from migrator.services.targets.decisions import Decisions, decisions_of

_A = ConflictChoice.Action
_PART = Conflict.Part.MAPPING


def map_dictionaries(step: Step) -> Done:
    """Give each dictionary of the plan its entity type."""
    mappings = step.item.mappings
    if not mappings:
        return Done(Step.Outcome.NOTHING, "no mapping is known.")
    if step.performer == Step.Performer.PERSON:
        return done_by_person(step, [])
    decisions = decisions_of(step.item, _PART)
    with connected(step) as client:
        there = {one.name: one for one in client.dictionaries(workspace_id_of(step))}
        outcomes = Outcomes()
        for wish in mappings:
            outcomes.count(_map(step, client, there.get(wish["dictionary"]), wish, decisions))
    warnings = outcomes.cannot + outcomes.skipped
    return Done(outcomes.outcome, outcomes.said(), outcomes.facts, warnings=warnings)


def _map(
    step: Step,
    client: ToolClient,
    dictionary: Dictionary | None,
    wish: dict[str, str],
    decisions: Decisions,
) -> str:
    """Map one dictionary where that is wanted; in which count it goes."""
    decision = decisions.of(_PART, key_of(wish["dictionary"]))
    if dictionary is None:
        said = f"The dictionary {wish['dictionary']} is not in the target, so it was not mapped."
        events.note(step, said, Event.Level.WARNING)
        return "cannot"
    if dictionary.entity_type == wish["entity_type"]:
        return "identical"
    if _stays(dictionary, decision.action):
        said = f"The dictionary {dictionary.name} keeps its entity type {dictionary.entity_type}."
        events.note(step, said)
        return "skipped"
    try:
        client.map_dictionary(workspace_id_of(step), dictionary.id, wish["entity_type"])
    except ServiceError as error:
        if error.http_status != 422:  # 422: the target has no such entity type
            raise
        events.note(step, str(error), Event.Level.WARNING)
        return "cannot"
    return "updated" if dictionary.entity_type else "created"


def _stays(dictionary: Dictionary, action: str) -> bool:
    """True where the target's own mapping is kept: the default for one that is mapped already."""
    if action == _A.LEAVE:
        return True
    return bool(dictionary.entity_type) and action != _A.REPLACE
