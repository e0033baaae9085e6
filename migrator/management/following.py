"""Driving a run from the command line and telling how it went."""

from typing import Any

from migrator.management.answers import AnsweringCommand
from migrator.models import Event, Plan, Run, RunState, Step
from migrator.services import queue, runs
from migrator.services.drive import drive


def perform(command: AnsweringCommand, plan: Plan) -> Run:
    """Start a run of `plan`, perform its steps in this process and tell its problems.

    Ctrl-C cancels the run, so that it does not stay half done without a word.
    """
    with queue.in_process():
        run = runs.start_run(plan=plan, user=None)
        try:
            drive(run)
        except KeyboardInterrupt:
            runs.cancel_run(run, user=None)
            raise
    _tell(command, run)
    return Run.objects.with_state().get(pk=run.pk)


def is_full_success(run: Run) -> bool:
    """True where every step is done; warnings are told but do not fail a command."""
    return run.state in {RunState.COMPLETED, RunState.WARNINGS}


def run_document(run: Run) -> dict[str, Any]:
    """The run for a machine."""
    steps = Step.objects.current().filter(run=run).select_related("item")
    return {
        "run": run.pk,
        "state": str(run.state),
        "steps": [
            {
                "workspace": step.item.name,
                "kind": step.kind,
                "status": step.status,
                "outcome": step.outcome,
                "problem": step.problem,
                "meaning": step.problem_meaning,
                "remedy": step.problem_remedy,
                "reference": step.problem_reference,
            }
            for step in steps
        ],
    }


def _tell(command: AnsweringCommand, run: Run) -> None:
    for event in run.events.order_by("at", "pk"):
        line = event.text
        if event.level == Event.Level.NOTE:
            command.say(line)
        else:
            command.remark(f"{event.get_level_display()}: {line}")
