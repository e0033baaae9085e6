"""How far a step of a guided plan is, in words that every step shares."""

from dataclasses import dataclass

from django.db import models


class StepStatus(models.TextChoices):
    """The states of a step of the wizard (never stored: each follows from rows)."""

    NOT_STARTED = "not_started", "Not started"
    IN_PROGRESS = "in_progress", "In progress"
    NEEDS_YOU = "needs_you", "Needs you"
    DONE = "done", "Done"
    OUT_OF_DATE = "out_of_date", "Out of date"
    SKIPPED = "skipped", "Not needed"


@dataclass(frozen=True)
class StepState:
    """A step of the wizard for one plan: its status, a short sentence, and what is left to do."""

    status: StepStatus
    summary: str = ""
    todo_count: int = 0

    @property
    def is_settled(self) -> bool:
        """True where nothing has to be done for it now."""
        return self.status in {StepStatus.DONE, StepStatus.SKIPPED}
