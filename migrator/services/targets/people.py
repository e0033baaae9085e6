"""Who is given which role in the target: what the people map of the plan says was decided."""

from collections.abc import Iterable
from dataclasses import dataclass

from migrator.models import PlanItem
from migrator.services.people_map import people_map
from migrator.services.worksheets.columns import ROLES

MANAGING = frozenset(ROLES[1:])


@dataclass(frozen=True)
class Wish:
    """A user of the target and the role to be given."""

    user: str
    role: str


def wishes_of(item: PlanItem) -> list[Wish]:
    """The people of the item's workspace; whoever is unmapped or left out gets nothing."""
    return [Wish(one.target_user, one.role) for one in people_map(item) if one.is_given]


def managers_among(wishes: Iterable[Wish]) -> list[str]:
    """Who is to manage the workspace: an annotator takes part by the tasks instead."""
    return [one.user for one in wishes if one.role in MANAGING]
