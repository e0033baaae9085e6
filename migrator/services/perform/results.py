"""How performing a step can end."""

from dataclasses import asdict, dataclass, field
from typing import Any

from migrator.formats.errors import StatedError
from migrator.models import Step


@dataclass(frozen=True)
class Done:
    """The step is done: its outcome (Step.Outcome), what the log says, and what it found."""

    outcome: str
    said: str
    facts: dict[str, Any] = field(default_factory=dict)
    warnings: int = 0


@dataclass
class Outcomes:
    """How many objects of a step came to what; each is counted once."""

    created: int = 0
    updated: int = 0
    identical: int = 0
    skipped: int = 0
    cannot: int = 0

    @property
    def facts(self) -> dict[str, Any]:
        """What the step keeps of it."""
        return {"outcomes": {name: count for name, count in asdict(self).items() if count}}

    @property
    def outcome(self) -> str:
        """The step's own outcome, which follows from the counts."""
        if self.updated or (self.created and (self.identical or self.skipped)):
            return Step.Outcome.UPDATED
        if self.created:
            return Step.Outcome.CREATED
        if self.identical:
            return Step.Outcome.IDENTICAL
        return Step.Outcome.SKIPPED if self.skipped else Step.Outcome.NOTHING

    def count(self, word: str) -> None:
        """Count one object under `word`, the name of a field."""
        setattr(self, word, getattr(self, word) + 1)

    def said(self, *notes: str) -> str:
        """The counts in a sentence, then `notes`."""
        words = {
            "created": self.created,
            "updated": self.updated,
            "already identical": self.identical,
            "skipped by choice": self.skipped,
            "cannot move": self.cannot,
        }
        counts = ", ".join(f"{count:,} {word}" for word, count in words.items() if count)
        return " ".join([f"{counts or 'nothing'}.", *(note for note in notes if note)])


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
