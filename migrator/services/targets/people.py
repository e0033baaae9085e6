"""Which people get which role in the target: a preview first, then the same performed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from migrator.models import PlanItem

# From the lowest to the highest; IBM's documentation, page `roles`: no role is ever lowered.
ROLES = ("Human annotator", "Project manager", "Admin")
MANAGING = frozenset(ROLES[1:])


@dataclass(frozen=True)
class Wish:
    """A person of the source workspace, and who that is in the target; empty where unmapped."""

    source_user: str
    source_role: str
    target_user: str
    target_role: str


@dataclass(frozen=True)
class Given:
    """What a wish comes to in the target as it was read.

    `result` is add, raise, same, higher (kept, since roles are never lowered), unmapped, no_role,
    lite (a Lite plan has one user) or unknown (the target was not inspected).
    """

    wish: Wish
    present: str
    result: str

    @property
    def changes(self) -> bool:
        """True where the restore gives something."""
        return self.result in ("add", "raise")


def given_to(
    wishes: Iterable[Wish], users: Iterable[Mapping[str, Any]] | None, plan: str | None
) -> list[Given]:
    """What each wish comes to; `users` are the target's, None where nobody looked."""
    roles = None if users is None else {one["user_id"]: one["role"] or "" for one in users}
    is_full = bool(roles) and (plan or "").lower() == "lite"
    return [_given(wish, roles, is_full=is_full) for wish in wishes]


def _given(wish: Wish, roles: Mapping[str, str] | None, *, is_full: bool) -> Given:
    if not wish.target_user:
        return Given(wish, "", "unmapped")
    if wish.target_role not in ROLES:
        return Given(wish, "", "no_role")
    if roles is None:
        return Given(wish, "", "unknown")
    present = roles.get(wish.target_user)
    if present is None:
        return Given(wish, "", "lite" if is_full else "add")
    return Given(wish, present, compared_roles(present, wish.target_role))


def compared_roles(present: str, wanted: str) -> str:
    """`raise`, `same`, or `higher` where the person has more already."""
    rank = ROLES.index(present) if present in ROLES else -1
    wish = ROLES.index(wanted)
    return "raise" if rank < wish else "same" if rank == wish else "higher"


def managers_among(wishes: Iterable[Wish]) -> list[str]:
    """Who is to manage the workspace: an annotator takes part by the tasks instead."""
    return [one.target_user for one in wishes if one.target_user and one.target_role in MANAGING]


def wishes_of(item: PlanItem) -> list[Wish]:
    """The people of the item's workspace, as its plan maps them; nobody where nothing is mapped."""
    return []
