"""The loss list of a plan as pages show it: grouped by what stays behind."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from migrator.models import Plan
from migrator.services.losses import KINDS, LossKind
from migrator.services.plan_losses import Losses, PlanLoss, Unknown, read_losses

# The step of the wizard whose page has the worksheet of what stays behind.
WORKSHEETS = {
    "dictionary": "capture",
    "mapping": "capture",
    "rules": "capture",
    "task": "capture",
    "model": "models",
    "roles": "capture",
    "preannotated": "assess",
    "drafts": "work",
}
BESIDE = 5  # losses of one kind that are named beside a step


def _told(losses: Iterable[PlanLoss]) -> str:
    """How many of them are done, waived, written down and open, in this order."""
    ways = Counter(_way(loss) for loss in losses)
    return ", ".join(f"{ways[way]:,} {way}" for way in sorted(ways, key=_WAYS.index))


_WAYS = ("done", "waived", "written down", "written down, not restored", "open")


def _way(loss: PlanLoss) -> str:
    if loss.is_ticked:
        return "done"
    return "waived" if loss.is_waived else _uncapped(loss.fate) or "open"


def _uncapped(words: str) -> str:
    return words[:1].lower() + words[1:]


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
    def told(self) -> str:
        """What became of them: how many are done, waived or written down."""
        if len(self.losses) == 1:
            return _uncapped(self.losses[0].fate) or "open"
        return _told(self.losses)

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
    unknown: list[Unknown]
    workspace_count: int

    @property
    def count(self) -> int:
        """How many things stay behind."""
        return sum(len(group.losses) for group in self.groups)

    @property
    def told(self) -> str:
        """How many of them are done, waived, written down and open."""
        return _told(loss for group in self.groups for loss in group.losses)

    @property
    def names_workspaces(self) -> bool:
        """True where each loss has to say of which workspace it is."""
        return self.workspace_count > 1


def loss_list(plan: Plan, urls: Mapping[str, str], known: Losses | None = None) -> LossList:
    """The loss list; `urls` are the addresses of the wizard's steps by key.

    What was read already need not be read again.
    """
    losses = known or read_losses(plan)
    groups = []
    for kind in KINDS:
        found = [loss for loss in losses.found if loss.kind == kind.key]
        if found:
            groups.append(LossGroup(kind, found, urls.get(WORKSHEETS[kind.key], "")))
    return LossList(groups, losses.unknown, len(plan.items.all()))
