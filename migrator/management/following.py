"""Driving a run from the command line and telling how it went."""

from collections.abc import Callable
from typing import Any

from migrator.management.answers import AnsweringCommand
from migrator.models import Event, Run, RunState, Step
from migrator.services import beats, queue, runs, steps
from migrator.services.drive import drive


def perform(command: AnsweringCommand, start: Callable[[], Run]) -> Run:
    """Start a run, perform its steps in this process and tell its problems.

    Ctrl-C cancels the run, so that it does not stay half done without a word.
    """
    with queue.in_process():
        run = start()
        follower = Follower(command, run)
        try:
            with beats.watching(follower.show):
                drive(run, after_step=follower.tell)
        except KeyboardInterrupt:
            follower.line.erase()
            runs.cancel_run(run, user=None)
            steps.put_back_own_steps()
            raise
    follower.tell()
    return Run.objects.with_state().get(pk=run.pk)


class Follower:
    """Tells on the command line what happens in a run: its log, and a line for what works."""

    def __init__(self, command: AnsweringCommand, run: Run) -> None:
        self.line = command.progress_line("", "")
        self._command = command
        self._run = run
        self._told = 0  # the newest event that was told

    def show(self, step: Step, done: int, total: int | None, unit: str) -> None:
        """Draw how far one step is."""
        self.line.label = f"{step.item.name}: {step.get_kind_display().lower()}"
        self.line.unit = unit
        self.line.show(done, total)

    def tell(self) -> None:
        """The events since the last time: notes as results, the rest as remarks."""
        self.line.erase()
        for event in self._run.events.filter(pk__gt=self._told).order_by("pk"):
            self._told = event.pk
            if event.level == Event.Level.NOTE:
                self._command.say(event.text)
            else:
                self._command.remark(f"{event.get_level_display()}: {event.text}")


def is_full_success(run: Run) -> bool:
    """True where every step is done; warnings are told but do not fail a command."""
    return run.state in {RunState.COMPLETED, RunState.WARNINGS}


def run_document(run: Run) -> dict[str, Any]:
    """The run for a machine."""
    rows = Step.objects.current().filter(run=run).select_related("item")
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
            for step in rows
        ],
    }
