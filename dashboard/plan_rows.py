"""Plans as rows of a list."""

from collections.abc import Iterable
from dataclasses import dataclass

from dashboard.wizard import PhaseView, StepView, next_open, phases_of, steps_of
from migrator.models import Plan, StepStatus

# Done from the start where there is nothing to do: it says nothing of how far a plan is.
_BY_ITSELF = frozenset({"work", "models"})


@dataclass(frozen=True)
class PlanRow:
    """A plan with how far it is."""

    plan: Plan
    steps: list[StepView]

    @property
    def phases(self) -> list[PhaseView]:
        """The five phases."""
        return phases_of(self.steps)

    @property
    def next(self) -> StepView | None:
        """Where to go on."""
        return next_open(self.steps)

    @property
    def reached(self) -> StepView | None:
        """The furthest step that is done; None where only such are done as need nobody."""
        done = [view for view in self.steps if view.state.status == StepStatus.DONE]
        return next((view for view in reversed(done) if view.step.key not in _BY_ITSELF), None)

    @property
    def waiting(self) -> list[StepView]:
        """The steps that need somebody."""
        return [view for view in self.steps if view.state.status == StepStatus.NEEDS_YOU]

    @property
    def items_all(self) -> int:
        """How many workspaces it is about."""
        count: int = vars(self.plan)["items_all"]
        return count


def rows_of(plans: Iterable[Plan]) -> list[PlanRow]:
    """The rows of plans that came from `with_states`."""
    return [PlanRow(plan, steps_of(plan)) for plan in plans]
