"""What a restore will do and will not do, in numbers from the archives and the readings."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from migrator.models import Conflict, ConflictChoice, Plan
from migrator.services.losses import KINDS
from migrator.services.people_map import Effect, PersonChoice, given_of, people_map_of
from migrator.services.targets.standing import Standing, standings_of

_P, _S, _A = Conflict.Part, Conflict.State, ConflictChoice.Action
# What an archive brings, by the name of its count.
_BROUGHT = (
    "entity_types",
    "relation_types",
    "dictionaries",
    "entries",
    "documents",
    "mentions",
    "relations",
)
_PARTS = {
    "entity_types": _P.ENTITY_TYPE,
    "relation_types": _P.RELATION_TYPE,
    "dictionaries": _P.DICTIONARY,
    "read_only": _P.READ_ONLY,
    "mappings": _P.MAPPING,
    "documents": _P.DOCUMENT,
}


# The kind of loss of which an effect says what comes of it.
_TOLD = {"read_only": "dictionary", "people": "roles", "mappings": "mapping"}


@dataclass
class Effects:
    """What comes of a restore: numbers by noun. `created` may be an upper bound: `at_most`."""

    created: Counter[str] = field(default_factory=Counter)
    updated: Counter[str] = field(default_factory=Counter)
    identical: Counter[str] = field(default_factory=Counter)
    # Left out or kept as the target has it.
    skipped: Counter[str] = field(default_factory=Counter)
    cannot: Counter[str] = field(default_factory=Counter)
    # Workspaces whose target was not inspected.
    uninspected: int = 0
    at_most: bool = False
    # Nobody looked which of the people have their role already.
    people_at_most: bool = False

    def add(self, other: "Effects") -> None:
        """Add another workspace's to these."""
        for mine, theirs in zip(self._counters, other._counters, strict=True):
            mine.update(theirs)
        self.uninspected += other.uninspected
        self.at_most = self.at_most or other.at_most

    @property
    def _counters(self) -> tuple[Counter[str], ...]:
        return self.created, self.updated, self.identical, self.skipped, self.cannot


@dataclass(frozen=True)
class ItemReview:
    """One workspace and what comes of its restore."""

    standing: Standing
    effects: Effects
    losses: list[dict[str, Any]]

    @property
    def skipped_count(self) -> int:
        """How many things stay as the target has them, or are left out."""
        return self.effects.skipped.total()


@dataclass(frozen=True)
class Review:
    """All workspaces of a plan, exceptions first, and what they add up to."""

    items: list[ItemReview]
    total: Effects
    # {what, count, known, workspaces, todo}: what no restore brings.
    losses: list[dict[str, Any]]
    # Who becomes whom, over all workspaces.
    people: list[PersonChoice]

    @property
    def standings(self) -> list[Standing]:
        """The workspaces alone."""
        return [one.standing for one in self.items]

    @property
    def obstacles(self) -> int:
        """How many workspaces something is in the way of."""
        return sum(
            bool(one.standing.obstacles or one.standing.archive is None) for one in self.items
        )

    @property
    def unread(self) -> int:
        """How many targets could be read and were not, or not since the last change."""
        return sum(not one.standing.is_read for one in self.items)

    @property
    def outdated(self) -> int:
        """How many choices were made for another state of a target."""
        return sum(one.standing.outdated for one in self.items)


def review_of(plan: Plan) -> Review:
    """The review; a fixed number of queries whatever the number of workspaces."""
    standings = sorted(standings_of(plan), key=lambda one: (one.rank, one.item.pk))
    items = [ItemReview(one, effects_of(one), _losses(one)) for one in standings]
    people = people_map_of(plan)
    total = Effects()
    for item in items:
        total.add(item.effects)
    _people(people, total)
    return Review(items, total, _joined(items, _told_apart(total)), people)


def inputs_of(standings: Iterable[Standing], people: Iterable[PersonChoice]) -> list[Any]:
    """What a confirmation depends on: another one of these makes it out of date."""
    return [
        given_of(people),
        *(_inputs(one) for one in sorted(standings, key=lambda one: one.item.pk)),
    ]


def _inputs(one: Standing) -> list[Any]:
    return [
        one.item.pk,
        one.archive.pk if one.archive else None,
        one.item.plan.target_id,
        one.item.target_workspace_id,
        one.item.new_name,
        one.tokenizer,
        one.item.mappings,
        one.reading.pk if one.reading and one.is_read else None,
        one.chosen.get("mark"),
    ]


def effects_of(one: Standing) -> Effects:
    """What comes of restoring one item."""
    effects = Effects()
    if one.archive is None:
        return effects
    if one.is_new:
        _into_new(one, effects)
    elif one.is_read:
        _into_read(one, effects)
    else:
        _brought(one, effects)
        effects.at_most = True
    effects.uninspected = int(not one.is_read)
    return effects


def effects_document(effects: Effects) -> dict[str, dict[str, int]]:
    """The numbers for machines: {outcome: {noun: number}}, without what there is none of."""
    told = {
        "creates": effects.created,
        "updates": effects.updated,
        "already_identical": effects.identical,
        "leaves": effects.skipped,
        "cannot_bring": effects.cannot,
    }
    return {
        outcome: {noun: number for noun, number in counted.items() if number > 0}
        for outcome, counted in told.items()
    }


def _into_new(one: Standing, effects: Effects) -> None:
    effects.created["workspaces"] += 1
    _brought(one, effects)
    effects.created["mappings"] += len(one.item.mappings)
    with_file, without = one.facts.get("read_only") or (0, 0)
    effects.created["read_only"] += with_file
    effects.cannot["read_only"] += without


def _brought(one: Standing, effects: Effects) -> None:
    assert one.archive is not None
    for noun in _BROUGHT:
        effects.created[noun] += int(one.archive.counts.get(noun) or 0)


def _into_read(one: Standing, effects: Effects) -> None:
    for noun, part in _PARTS.items():
        effects.identical[noun] += one.count(part, _S.IDENTICAL)
        effects.skipped[noun] += one.count(part, _S.DIFFERS) + one.count(part, _S.UNKNOWN)
        effects.created[noun] += one.count(part, _S.SOURCE_ONLY)
    if not one.counts.get(_P.DOCUMENT):
        # A person brought no documents of the target: then nobody knows how many are there.
        assert one.archive is not None
        effects.created["documents"] += int(one.archive.counts.get("documents") or 0)
        effects.at_most = True
    for part, count in one.chosen.get("cannot", {}).items():
        noun = _noun(part)
        effects.created[noun] -= count
        effects.cannot[noun] += count
    for part, actions in one.chosen.get("counts", {}).items():
        for action, count in actions.items():
            _chosen(_noun(part), action, count, effects)


def _noun(part: str) -> str:
    return next(noun for noun, listed in _PARTS.items() if listed == part)


def _chosen(noun: str, action: str, count: int, effects: Effects) -> None:
    """Move objects from where their default had counted them."""
    left, reached = {
        _A.LEAVE: (effects.created, effects.skipped),
        _A.REPLACE: (effects.skipped, effects.updated),
        _A.ADD: (effects.skipped, effects.created),
        _A.RENAME: (effects.skipped, effects.created),
    }[_A(action)]
    left[noun] -= count
    reached[noun] += count


def _people(people: Iterable[PersonChoice], effects: Effects) -> None:
    for one in people:
        if not one.is_given:
            effects.skipped["people"] += 1
        elif one.effect in {Effect.ADD, Effect.UNKNOWN}:
            effects.created["people"] += 1
            effects.people_at_most |= one.effect == Effect.UNKNOWN
        elif one.effect == Effect.RAISE:
            effects.updated["people"] += 1
        else:
            effects.identical["people"] += 1


def _losses(one: Standing) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (one.archive.facts if one.archive else {}).get(
        "cannot_move"
    ) or []
    return found


def _told_apart(total: Effects) -> set[str]:
    """The sorts of losses of which the effects say what comes of each."""
    counters = (total.created, total.updated, total.identical, total.skipped, total.cannot)
    told = {noun for counter in counters for noun in _TOLD if counter[noun]}
    return {kind.what for kind in KINDS if kind.key in {_TOLD[noun] for noun in told}}


def _joined(items: Iterable[ItemReview], told: set[str]) -> list[dict[str, Any]]:
    """The losses of all workspaces, each sort once, without those that are told apart."""
    joined: dict[str, dict[str, Any]] = {}
    for item in items:
        for loss in item.losses:
            if loss["what"] in told:
                continue
            row = joined.setdefault(
                loss["what"],
                {"what": loss["what"], "count": 0, "unknown": 0, "todo": loss["todo"]},
            )
            row["count"] += len(loss["items"] or [])
            row["unknown"] += loss["items"] is None
    return list(joined.values())
