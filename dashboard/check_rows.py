"""The checks of a plan as pages show them: by check, as a grid, by workspace."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from dashboard.check_findings import Finding, findings_of
from dashboard.check_states import NOT_DUE, ORDER, State, look_of
from dashboard.states import Look
from migrator.checks.catalogue import CATALOGUE, CHECKS
from migrator.checks.check import Check, Group
from migrator.models import CheckResult, Plan, PlanItem
from migrator.pictures.shapes import Picture
from migrator.services.charts.plans import checks_picture
from migrator.services.checks import results_of

NAMED = 3  # workspaces that a row names; the check's page has all


@dataclass
class CheckRow:
    """One check over all workspaces of a plan: how many results there are of each look."""

    check: Check
    # State and whether it was accepted.
    counts: Counter[tuple[str, bool]] = field(default_factory=Counter)
    # Key and name of each workspace in which somebody has to do something about it.
    open_items: list[tuple[int, str]] = field(default_factory=list)
    # How many of them are of each state.
    open_states: Counter[str] = field(default_factory=Counter)
    lapsed_count: int = 0
    # What the only result says, where there is one alone.
    alone: str = ""
    # Name, what was found and the items of the first that are open.
    opened: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)

    @property
    def open_count(self) -> int:
        """In how many workspaces that is."""
        return len(self.open_items)

    @property
    def findings(self) -> list[Finding]:
        """What was found where somebody has to do something; else what the only result says."""
        if self.opened:
            return findings_of(self.opened)
        return [Finding((), self.alone)] if self.alone else []

    @property
    def worst(self) -> Look:
        """The look of the worst result: open ones before accepted ones."""
        if not self.counts:
            return NOT_DUE
        state, accepted = min(self.counts, key=lambda one: (one[1], ORDER[State(one[0])]))
        return look_of(state, accepted=accepted)

    @property
    def rank(self) -> tuple[int, int]:
        """For sorting: the worst first, then in the order of the catalogue."""
        worst = min((ORDER[State(state)] for state, done in self.counts if not done), default=9)
        return worst, CHECKS.index(self.check)

    @property
    def named(self) -> list[str]:
        """As many workspaces as a row names."""
        return [name for _, name in self.open_items[:NAMED]]

    @property
    def more_count(self) -> int:
        """How many it does not name."""
        return max(len(self.open_items) - NAMED, 0)

    @property
    def parts(self) -> list[tuple[Look, int]]:
        """How many results of each look there are, the worst first."""
        order = sorted(self.counts, key=lambda one: (one[1], ORDER[State(one[0])]))
        return [(look_of(state, accepted=done), self.counts[state, done]) for state, done in order]

    @property
    def action(self) -> str:
        """What the link to its page says."""
        states = {State(state) for state, accepted in self.counts if not accepted}
        if State.BLOCKING in states:
            return "Resolve"
        if State.COULD_NOT_CHECK in states:
            return "Answer" if self.check.question else "Look"
        return "Accept" if State.WARNING in states else "Look"


def rows_of(plan: Plan, groups: Collection[Group] = tuple(Group)) -> list[CheckRow]:
    """A row for each check of these groups, in the order of the catalogue; two queries."""
    rows = {check.code: CheckRow(check) for check in CHECKS if check.group in groups}
    results = results_of(plan).filter(code__in=rows)
    for code, state, accepted, count, said in results.count_looks():
        row = rows[code]
        row.alone = "" if row.counts or count > 1 else said
        row.counts[state, accepted] = count
    for code, item, name, state, accepted_at, said, items in results.name_open(NAMED):
        row = rows[code]
        row.open_items.append((item, name))
        row.open_states[state] += 1
        row.lapsed_count += accepted_at is not None
        if said is not None:
            row.opened.append((name, said, tuple(items)))
    return list(rows.values())


@dataclass(frozen=True)
class GroupRows:
    """The checks of one group."""

    group: Group
    rows: list[CheckRow]

    @property
    def open_count(self) -> int:
        """How many results need somebody."""
        return sum(row.open_count for row in self.rows)


def by_group(rows: Iterable[CheckRow]) -> list[GroupRows]:
    """The rows under their groups."""
    grouped: dict[Group, list[CheckRow]] = defaultdict(list)
    for row in rows:
        grouped[row.check.group].append(row)
    return [GroupRows(group, grouped[group]) for group in Group if group in grouped]


@dataclass(frozen=True)
class Cell:
    """One check of one workspace in the grid."""

    check: Check
    look: Look
    is_due: bool


@dataclass(frozen=True)
class GridRow:
    """One workspace in the grid."""

    item: PlanItem
    cells: list[Cell]
    open_count: int


@dataclass(frozen=True)
class Grid:
    """Workspaces against checks."""

    checks: list[Check]
    rows: list[GridRow]
    picture: Picture


def grid_of(items: Sequence[PlanItem], shown: list[Check]) -> Grid:
    """The grid over `items`, one page of them, with the picture that reports have; one query."""
    columns = ("item", "code", "state", "level", "fingerprint", "answer_mark", "accepted_at")
    results = CheckResult.objects.filter(
        item__in=[item.pk for item in items], code__in=[check.code for check in shown]
    )
    found = {
        (result.item_id, result.code): result
        for result in results.only(*columns, "accepted_fingerprint", "accepted_mark")
    }
    rows = [_grid_row(item, shown, found) for item in items]
    return Grid(shown, rows, checks_picture(items, list(found.values())))


def _grid_row(
    item: PlanItem, shown: list[Check], found: dict[tuple[int, str], CheckResult]
) -> GridRow:
    results = [found.get((item.pk, check.code)) for check in shown]
    cells = [_cell(check, result) for check, result in zip(shown, results, strict=True)]
    return GridRow(item, cells, sum(result.is_open for result in results if result))


def _cell(check: Check, result: CheckResult | None) -> Cell:
    if result is None:
        return Cell(check, NOT_DUE, is_due=False)
    return Cell(check, look_of(result.state, accepted=result.is_accepted), is_due=True)


@dataclass(frozen=True)
class ShownResult:
    """One result as it is shown whole."""

    result: CheckResult
    check: Check

    @property
    def look(self) -> Look:
        """Its look."""
        return look_of(self.result.state, accepted=self.result.is_accepted)

    @property
    def state_look(self) -> Look:
        """What was found, accepted or not."""
        return look_of(self.result.state)

    @property
    def mark(self) -> str:
        """What a form sends of it: what was accepted is what was seen."""
        return f"{self.result.pk}:{self.result.answer_mark}"

    @property
    def is_known(self) -> bool:
        """Somebody looked, or a person said it."""
        return self.result.state != State.COULD_NOT_CHECK

    @property
    def can_be_accepted(self) -> bool:
        """It is open, and may stay as it is where a person says so."""
        blocks = self.result.state == State.BLOCKING and not self.check.can_be_waived
        return self.result.is_open and not blocks

    @property
    def can_be_answered(self) -> bool:
        """A person may say what nobody else knows, or say it anew."""
        asked = {State.COULD_NOT_CHECK.value}
        said = self.result.source == CheckResult.Source.PERSON
        return self.check.question is not None and (said or self.result.state in asked)

    @property
    def is_unanswered(self) -> bool:
        """Nobody said yet what nobody else knows."""
        return self.can_be_answered and not self.is_known

    @property
    def can_be_chosen(self) -> bool:
        """The form below can do something about it."""
        return self.can_be_accepted or self.can_be_answered

    @property
    def is_ticked(self) -> bool:
        """It is what the form is for."""
        return self.result.is_open or self.is_unanswered


def shown(results: Iterable[CheckResult]) -> list[ShownResult]:
    """Results of checks that the catalogue knows."""
    return [ShownResult(row, CATALOGUE[row.code]) for row in results if row.code in CATALOGUE]


@dataclass(frozen=True)
class Alike:
    """Results of one check that say the same of several workspaces, shown once."""

    results: list[ShownResult]

    @property
    def first(self) -> ShownResult:
        """Any of them: they differ in the workspace only."""
        return self.results[0]

    @property
    def can_be_chosen(self) -> bool:
        """The form below can do something about them."""
        return self.first.can_be_chosen


def alike(results: Iterable[ShownResult]) -> list[Alike]:
    """The results, those that say the same together, in the order of the first of them."""
    grouped: dict[tuple[object, ...], list[ShownResult]] = defaultdict(list)
    for one in results:
        row = one.result
        what = (row.state, row.source, row.looked_at, row.found, tuple(row.items), row.fix)
        accepted = (row.is_accepted, row.accepted_at, row.accepted_as, row.accepted_why)
        grouped[*what, *accepted, str(row.accepted_answer)].append(one)
    return [Alike(group) for group in grouped.values()]


def part_of(plan: Plan, *groups: Group) -> list[GroupRows]:
    """What templates/dashboard/plans/parts/checks.html shows of these groups; two queries."""
    return by_group(rows_of(plan, groups))


def open_of_target(plan: Plan) -> list[CheckRow]:
    """The checks about the target that somebody has to do something about; one query."""
    rows: dict[str, CheckRow] = {}
    found = results_of(plan).open_of_target().order_by("item__name", "item")
    for code, state, item, name in found.values_list("code", "state", "item", "item__name"):
        row = rows.setdefault(code, CheckRow(CATALOGUE[code]))
        row.counts[state, False] += 1
        row.open_items.append((item, name))
    return sorted(rows.values(), key=lambda row: row.rank)
