"""What went wrong in a run, each with what mends it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from migrator.models import Run, Step, Worksheet
from migrator.services.perform.obtain import ACCEPTED

_K = Step.Kind
# What these did is mended by choosing an entity type for a dictionary.
_OF_TYPES = frozenset({_K.MAP_DICTIONARIES})


@dataclass(frozen=True)
class Problem:
    """A step that failed, or that is done and left something undone for want of an answer."""

    step: Step
    run: Run

    @property
    def is_failed(self) -> bool:
        """True where the step failed; else it is done, and something of it was left."""
        return self.step.status == Step.Status.FAILED

    @property
    def title(self) -> str:
        """What was left, of a step that is done."""
        noun = "dictionary has" if self.left == 1 else "dictionaries have"
        return f"{self.step.item.name}: {self.left:,} {noun} no entity type in the target."

    @property
    def left(self) -> int:
        """Dictionaries that could not be mapped."""
        return int(self.step.facts.get("outcomes", {}).get("cannot", 0))

    @property
    def may_be_mended(self) -> bool:
        """True while its run may go on."""
        return self.is_failed and self.run.cancel_asked_at is None

    @property
    def takes_file(self) -> bool:
        """True where another file mends it."""
        return self.step.performer == Step.Performer.PERSON and self.step.kind in ACCEPTED

    @property
    def is_too_large(self) -> bool:
        """True where what was sent was refused for its size, and goes in smaller parts."""
        return bool(self.step.facts.get("too_large"))

    @property
    def type_url(self) -> str:
        """Where the entity types of dictionaries are chosen; empty where nowhere."""
        if self.step.kind not in _OF_TYPES or not self.run.plan.is_guided:
            return ""
        return reverse("plan-worksheet", args=[self.step.item_id, Worksheet.Kind.MAPPINGS])

    @property
    def mark(self) -> str:
        """Changes with what is shown of it."""
        return repr((self.step.pk, self.step.problem, self.is_too_large, self.left))


def problems_of(run: Run, steps: Iterable[Step]) -> list[Problem]:
    """Those of `steps`, failed ones first."""
    found = [Problem(step, run) for step in steps]
    failed = [each for each in found if each.is_failed]
    return failed + [each for each in found if _left_something(each)]


def _left_something(problem: Problem) -> bool:
    step = problem.step
    is_done = step.status == Step.Status.DONE and step.kind in _OF_TYPES
    return is_done and problem.left > 0
