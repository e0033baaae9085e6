"""Mapping dictionaries to entity types: no download holds it, so it is set again."""

from migrator.clients.shapes import Dictionary
from migrator.clients.tool import ToolClient
from migrator.errors import ServiceError
from migrator.models import Event, Step
from migrator.services import events
from migrator.services.perform.by_person import done_by_person
from migrator.services.perform.obtain import connected, workspace_id_of
from migrator.services.perform.results import Done


def map_dictionaries(step: Step) -> Done:
    """Give each dictionary of the plan its entity type."""
    mappings = step.item.mappings
    if not mappings:
        return Done(Step.Outcome.NOTHING, "no mapping is known.")
    if step.performer == Step.Performer.PERSON:
        return done_by_person(step, [])
    with connected(step) as client:
        there = {one.name: one for one in client.dictionaries(workspace_id_of(step))}
        outcomes = [_map(step, client, there.get(wish["dictionary"]), wish) for wish in mappings]
    return _outcome(outcomes)


def _map(
    step: Step, client: ToolClient, dictionary: Dictionary | None, wish: dict[str, str]
) -> str:
    """`set`, `same` or `not there` for one wish."""
    if dictionary is None:
        events.note(
            step,
            f"The dictionary {wish['dictionary']} is not in the target, so it was not mapped.",
            Event.Level.WARNING,
        )
        return "not there"
    if dictionary.entity_type == wish["entity_type"]:
        return "same"
    try:
        client.map_dictionary(workspace_id_of(step), dictionary.id, wish["entity_type"])
    except ServiceError as error:
        if error.http_status != 422:  # 422: the target has no such entity type
            raise
        events.note(step, str(error), Event.Level.WARNING)
        return "not there"
    return "set"


def _outcome(outcomes: list[str]) -> Done:
    done, same, lacking = (outcomes.count(word) for word in ("set", "same", "not there"))
    said = f"{done:,} mapped, {same:,} already mapped so, {lacking:,} not possible."
    outcome = Step.Outcome.UPDATED if done else Step.Outcome.IDENTICAL
    return Done(outcome, said, warnings=lacking)
