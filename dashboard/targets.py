"""Where the items of a plan go, as the step Target and conflicts shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator

from dashboard.pulse import digest
from dashboard.run_page import KnownPaginator
from dashboard.states import Look
from migrator.models import Conflict, ConflictChoice, Plan, PlanItem
from migrator.services.targets.choices import (
    Choices,
    action_for,
    allowed,
    choices_for,
    is_open,
    is_out_of_date,
    is_to_decide,
)
from migrator.services.targets.standing import Standing, standings_of

ITEMS = 20  # workspaces on one page
ROWS = 25  # conflicts on one page
_P, _S, _A = Conflict.Part, Conflict.State, ConflictChoice.Action

STATE_LOOKS = {
    _S.IDENTICAL: Look("ok", "checkmark--filled", "Identical"),
    _S.DIFFERS: Look("warn", "compare", "Differs"),
    _S.UNKNOWN: Look("warn", "unknown", "There, could not be compared"),
    _S.SOURCE_ONLY: Look("idle", "add", "Only in the archive"),
    _S.TARGET_ONLY: Look("idle", "subtract--alt", "Only in the target"),
}
BUTTONS = {
    _A.KEEP: "Keep the target's",
    _A.LEAVE: "Leave out",
    _A.ADD: "Add",
    _A.RENAME: "Add under another name",
    _A.REPLACE: "Replace the target's",
}


@dataclass(frozen=True)
class Targets:
    """All items of a plan, exceptions first, page by page."""

    page: Page[Standing]
    standings: list[Standing]
    mark: str

    @property
    def is_moving(self) -> bool:
        """True while a target is being read."""
        return any(one.is_being_read for one in self.standings)

    @property
    def ready(self) -> list[Standing]:
        """Those with an archive, which can be read."""
        return [one for one in self.standings if one.archive is not None]

    @property
    def unread(self) -> list[Standing]:
        """Those whose target was not read, or not since the last change."""
        return [one for one in self.ready if not one.is_read and not one.is_being_read]

    @property
    def exceptions(self) -> int:
        """How many are not simply restored into a new workspace of the same name."""
        return sum(one.rank < 4 for one in self.standings)

    @property
    def announcement(self) -> str:
        """What a screen reader is told."""
        read = sum(one.is_read for one in self.standings)
        return f"{read} of {len(self.standings)} targets read."


def targets_of(plan: Plan, number: str | None = None) -> Targets:
    """The page's content; `number` is the page of workspaces."""
    standings = sorted(standings_of(plan), key=lambda one: (one.rank, one.item.pk))
    shown = [
        (one.item.pk, one.rank, one.reading and (one.reading.pk, one.reading.finished_at))
        for one in standings
    ]
    progress = [
        (one.reading.done, one.reading.total)
        for one in standings
        if one.is_being_read and one.reading
    ]
    page = Paginator(standings, ITEMS).get_page(number)
    return Targets(page, standings, digest(shown, progress))


def look_of(one: Standing) -> Look:
    """The state of one item's target in a word."""
    failed = one.reading is not None and bool(one.reading.problem) and not one.is_stale
    looks = (
        (one.archive is None, Look("idle", "circle-dash", "No archive yet")),
        (one.is_being_read, Look("run", "in-progress", "Being read")),
        (bool(one.obstacles), Look("wait", "hourglass", "Needs you")),
        (failed, Look("error", "error--filled", "Could not be read")),
        (one.is_stale, Look("warn", "renew", "Changed since it was read")),
        (not one.is_read, Look("idle", "unknown", "Not inspected")),
        (one.outdated > 0, Look("warn", "renew", "Choose again")),
    )
    ready = Look("ok", "checkmark--filled", "Ready")
    return next((look for holds, look in looks if holds), ready)


# What comes of an object about which nothing is chosen.
_PASSIVE: dict[tuple[str, str], str] = {
    (_P.DOCUMENT_SET, _S.DIFFERS): "Gets the documents that are brought",
    (_P.DOCUMENT_SET, _S.SOURCE_ONLY): "Comes with its documents",
    **{(part, _S.TARGET_ONLY): "Stays as it is" for part in _P.values},
}


@dataclass(frozen=True)
class ConflictRow:
    """One conflict with what holds for it and what else can be chosen."""

    conflict: Conflict
    choice: ConflictChoice | None
    action: str
    # (action, its words), without the one that holds; a replacement is chosen on its own page.
    others: list[tuple[str, str]]

    @property
    def look(self) -> Look:
        """Its state."""
        return STATE_LOOKS[_S(self.conflict.state)]

    @property
    def words(self) -> str:
        """What will happen with it."""
        if self.is_stuck:
            return "Needs you: add it in Knowledge Studio, then read the target again"
        if self.is_undecided:
            return "Needs you: the target can only keep its own"
        if not self.action:
            return _PASSIVE.get((self.conflict.part, self.conflict.state), "Nothing to do")
        return BUTTONS[_A(self.action)]

    @property
    def is_stuck(self) -> bool:
        """True where nothing can be done from here."""
        return is_open(self.conflict)

    @property
    def is_undecided(self) -> bool:
        """True where somebody has to say first that the target's may stay."""
        return is_to_decide(self.conflict) and not self.is_chosen

    @property
    def is_out_of_date(self) -> bool:
        """True where the choice was made for another state of the target."""
        return is_out_of_date(self.conflict, self.choice)

    @property
    def is_chosen(self) -> bool:
        """True where a person chose it, and not the default."""
        return self.choice is not None and not self.is_out_of_date

    @property
    def can_rename(self) -> bool:
        """True where another name may be typed."""
        return _A.RENAME in allowed(self.conflict)

    @property
    def can_replace(self) -> bool:
        """True where the target's can be overwritten."""
        return _A.REPLACE in allowed(self.conflict)


def rows_of(item: PlanItem, conflicts: Iterable[Conflict]) -> list[ConflictRow]:
    """The conflicts as rows of the table."""
    shown = list(conflicts)
    choices = choices_for(item, shown)
    return [_row(conflict, choices) for conflict in shown]


def _row(conflict: Conflict, choices: Choices) -> ConflictRow:
    action = action_for(conflict, choices)
    row = ConflictRow(conflict, choices.get((conflict.part, conflict.key)), action, [])
    holds = "" if row.is_undecided else action
    for other in allowed(conflict):
        if other not in (holds, _A.RENAME, _A.REPLACE):
            row.others.append((other, BUTTONS[_A(other)]))
    return row


@dataclass(frozen=True)
class CountRow:
    """One part in the overview: how many objects are in which state."""

    part: str
    label: str
    counts: dict[str, int]

    @property
    def cells(self) -> list[tuple[str, Look, int, bool]]:
        """State, its look, number, and whether each of them can be listed."""
        return [
            (state, look, count, bool(count) and (self.part, state) not in _UNLISTED)
            for state, look in STATE_LOOKS.items()
            for count in [self.counts.get(state, 0)]
        ]


def overview_of(one: Standing) -> list[CountRow]:
    """The parts that were compared, in the order of a restore."""
    return [
        CountRow(part, label, one.counts[part]) for part, label in _P.choices if part in one.counts
    ]


@dataclass(frozen=True)
class Table:
    """The conflicts of one item in one part and state, page by page."""

    part: str
    state: str
    page: Page[Any]
    rows: list[ConflictRow]
    # What can be chosen for all of them at once.
    bulk: list[tuple[str, str]]

    @property
    def title(self) -> str:
        """What is listed."""
        return f"{_P(self.part).label}: {STATE_LOOKS[_S(self.state)].word.lower()}"


def table_of(one: Standing, part: str, state: str, number: str | None) -> Table | None:
    """The conflicts asked for, else the first that meet something; None where nothing was read."""
    if one.reading is None or not one.is_read or not one.counts:
        return None
    part, state = _existing(one, part, state)
    conflicts = one.reading.conflicts.filter(part=part, state=state)
    page = KnownPaginator(conflicts, ROWS, one.counts[part].get(state, 0)).get_page(number)
    rows = rows_of(one.item, page.object_list)
    return Table(part, state, page, rows, _bulk(rows))


def _bulk(rows: list[ConflictRow]) -> list[tuple[str, str]]:
    actions = [allowed(row.conflict) for row in rows]
    offered = dict.fromkeys(action for each in actions for action in each)
    plain = [action for action in offered if action not in (_A.RENAME, _A.REPLACE)]
    is_asked = len(plain) > 1 or any(row.is_undecided for row in rows)
    return [(action, BUTTONS[_A(action)]) for action in plain] if is_asked else []


def _existing(one: Standing, part: str, state: str) -> tuple[str, str]:
    if one.counts.get(part, {}).get(state) and (part, state) not in _UNLISTED:
        return part, state
    for wanted in (_S.DIFFERS, _S.UNKNOWN, _S.SOURCE_ONLY, _S.IDENTICAL, _S.TARGET_ONLY):
        for found in _LISTED:
            if one.counts.get(found, {}).get(wanted) and (found, wanted) not in _UNLISTED:
                return found, wanted
    return part if part in _P.values else _P.ENTITY_TYPE, wanted


# Document sets come with their documents: nothing is chosen about them, so they come last.
_LISTED = sorted(_P.values, key=lambda part: part == _P.DOCUMENT_SET)
# Counted, but too many to have rows.
_UNLISTED = frozenset(
    (_P.DOCUMENT, state) for state in (_S.IDENTICAL, _S.SOURCE_ONLY, _S.TARGET_ONLY)
)
