"""How performing a step can end."""

from dataclasses import dataclass, field
from typing import Any

from migrator.formats.errors import StatedError


@dataclass(frozen=True)
class Done:
    """The step is done: its outcome (Step.Outcome), what the log says, and what it found."""

    outcome: str
    said: str
    facts: dict[str, Any] = field(default_factory=dict)
    warnings: int = 0


class NeedsPerson(Exception):
    """The step waits for a person: `needs` (Step.Needs) and the words that say for what."""

    def __init__(self, needs: str, words: StatedError) -> None:
        super().__init__(needs)
        self.needs = needs
        self.words = words


class NotYet(Exception):
    """The other side is still working: look again in `delay` seconds, without holding a worker."""

    def __init__(self, delay: float) -> None:
        super().__init__(delay)
        self.delay = delay
