"""The log of a run: the one place that writes it."""

from migrator.models import Event, Run, Step


def note(step: Step, text: str, level: str = Event.Level.NOTE) -> None:
    """Write one line about `step`: names and counts, never document text or a secret."""
    Event.objects.create(run_id=step.run_id, step=step, level=level, text=text)


def note_run(run: Run, text: str, level: str = Event.Level.NOTE) -> None:
    """Write one line about the whole run."""
    Event.objects.create(run=run, level=level, text=text)
