"""After a step that changed the target, what is known of it is read anew."""

from collections.abc import Callable
from functools import wraps

from migrator.formats.errors import StatedError
from migrator.models import Event, ModelService, Step
from migrator.services import events, inventories, model_scans
from migrator.services.connections import connect
from migrator.services.perform.obtain import instance_of, workspace_id_of
from migrator.services.perform.results import Done

Perform = Callable[[Step], Done]


def then_look_again(perform: Perform) -> Perform:
    """Perform the step, then store what its workspace holds now, so that pages tell the truth.

    Where that cannot be read the step is done all the same: the log says so, and the rows keep the
    time at which they were seen.
    """

    @wraps(perform)
    def performed(step: Step) -> Done:
        done = perform(step)
        if instance_of(step).is_connected and (workspace_id := workspace_id_of(step)):
            _look_again(step, workspace_id)
        return done

    return performed


def _look_again(step: Step, workspace_id: str) -> None:
    try:
        # Asked without signs of life: whoever pauses the run now does not undo what is done.
        with connect(instance_of(step)) as client:
            facts = inventories.read_facts(client, workspace_id)
        inventories.keep_facts(instance_of(step), facts)
        for service in ModelService.objects.filter(pk__in=step.facts.get("services") or []):
            model_scans.scan_now(service, user=None)
    except StatedError as problem:
        events.note(
            step,
            f"What {instance_of(step)} holds now could not be read. {problem.happened} Read its "
            "inventory again later.",
            Event.Level.WARNING,
        )
