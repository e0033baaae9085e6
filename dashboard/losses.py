"""The loss list of a plan as pages show it: grouped by what stays behind."""

from collections.abc import Mapping
from dataclasses import dataclass

from migrator.models import Plan, PlanItem
from migrator.services.losses import KINDS, LossKind
from migrator.services.plan_losses import PlanLoss, losses_of, unknown_of

# The step of the wizard whose page has the worksheet of what stays behind.
WORKSHEETS = {
    "dictionary": "capture",
    "task": "capture",
    "model": "models",
    "roles": "capture",
    "preannotated": "assess",
    "drafts": "work",
}
BESIDE = 5  # losses of one kind that are named beside a step


@dataclass(frozen=True)
class LossGroup:
    """What stays behind of one sort, over all workspaces of the plan."""

    kind: LossKind
    losses: list[PlanLoss]
    # The address of the step that captures it; "" where there is none.
    url: str

    @property
    def done_count(self) -> int:
        """How many are dealt with."""
        return sum(loss.is_dealt_with for loss in self.losses)

    @property
    def workspace_count(self) -> int:
        """In how many workspaces."""
        return len({loss.item.pk for loss in self.losses})

    @property
    def is_done(self) -> bool:
        """True where all of them are dealt with."""
        return self.done_count == len(self.losses)

    @property
    def named(self) -> list[PlanLoss]:
        """As many as are named beside a step, those not dealt with first."""
        return sorted(self.losses, key=lambda loss: loss.is_dealt_with)[:BESIDE]

    @property
    def more_count(self) -> int:
        """How many are not named beside a step."""
        return max(len(self.losses) - BESIDE, 0)


@dataclass(frozen=True)
class LossList:
    """All that stays behind, and the workspaces of which that is not known."""

    groups: list[LossGroup]
    unknown: list[PlanItem]
    workspace_count: int

    @property
    def count(self) -> int:
        """How many things stay behind."""
        return sum(len(group.losses) for group in self.groups)

    @property
    def done_count(self) -> int:
        """How many of them are dealt with."""
        return sum(group.done_count for group in self.groups)

    @property
    def names_workspaces(self) -> bool:
        """True where each loss has to say of which workspace it is."""
        return self.workspace_count > 1


def loss_list(plan: Plan, urls: Mapping[str, str]) -> LossList:
    """The loss list; `urls` are the addresses of the wizard's steps by key."""
    losses = losses_of(plan)
    groups = []
    for kind in KINDS:
        found = [loss for loss in losses if loss.kind == kind.key]
        if found:
            groups.append(LossGroup(kind, found, urls.get(WORKSHEETS[kind.key], "")))
    return LossList(groups, unknown_of(plan), len(plan.items.all()))
