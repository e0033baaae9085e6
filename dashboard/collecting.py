"""The newest backup of a plan, as the step Collect shows it: each workspace with its files."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, Prefetch

from dashboard.findings import Described, described
from dashboard.pulse import digest
from dashboard.run_page import in_place
from dashboard.unsorted import ByKind, Unsorted, takes_files, unsorted_of
from dashboard.waiting import Panel, panels_of
from migrator.models import Plan, PlanItem, Run, Step, StepFile
from migrator.models.plan_progress import COLLECTING

ITEMS = 20  # workspaces on one page
_S = Step.Status
# The workspaces that need somebody come first, then those that work.
_URGENT = (_S.WAITING, _S.FAILED, _S.CANCELLED, _S.RUNNING, _S.PENDING)


@dataclass(frozen=True)
class Row:
    """One workspace with the steps that collect it; none where it joined after the backup."""

    item: PlanItem
    steps: list[Step]

    @property
    def files(self) -> list[Step]:
        """The steps that bring files: types, dictionaries, documents."""
        return [step for step in self.steps if step.kind != Step.Kind.FACTS]

    @property
    def problems(self) -> list[Step]:
        """Those that failed."""
        return [step for step in self.steps if step.status == _S.FAILED]

    @property
    def findings(self) -> list[Described]:
        """What the inspections noticed, notes left out; that of the documents covers all files."""
        seen = [step for step in self.steps if step.facts["inspection"]["findings"]]
        whole = [step for step in seen if step.kind == Step.Kind.DOCUMENTS] or seen
        found = [row for step in whole for row in step.facts["inspection"]["findings"]]
        return [each for each in described(found) if each.level != "note"]


@dataclass(frozen=True)
class Collecting:
    """What the page shows of the run that collects; `run` is None before the first backup."""

    run: Run | None
    page: Page[PlanItem]
    rows: list[Row]
    panels: list[Panel]
    # Workspaces that wait for files: more than one, and their files may be dropped together.
    taking_count: int
    # Files of which nothing told the workspace.
    unsorted: list[Unsorted]
    # (status of the least advanced step): number of workspaces
    counts: Counter[str]
    mark: str
    panel_mark: str

    @property
    def done_count(self) -> int:
        """Workspaces of which everything is here."""
        return self.counts[_S.DONE]

    @property
    def failed_count(self) -> int:
        """Workspaces of which something failed."""
        return self.counts[_S.FAILED]

    @property
    def takes_many(self) -> bool:
        """True where files of several workspaces may be brought at once."""
        return self.taking_count > 1 or bool(self.unsorted)

    @property
    def dictionaries_count(self) -> int:
        """Workspaces shown that have dictionaries, of which nobody said that these are all."""
        asks = [ask for panel in self.panels for ask in panel.asks]
        return sum(ask.is_waiting and ask.takes_several and bool(ask.brought) for ask in asks)

    @property
    def is_over(self) -> bool:
        """True where no backup is under way: the next one may be started."""
        return self.run is None or self.run.finished_at is not None

    @property
    def is_moving(self) -> bool:
        """True while it may change without a click on this page."""
        moving = (_S.RUNNING, _S.PENDING, _S.WAITING)
        going = self.run is not None and self.run.finished_at is None
        return going and any(self.counts[status] for status in moving)

    @property
    def announcement(self) -> str:
        """What a screen reader is told."""
        waiting = f" {self.counts[_S.WAITING]} waiting for you." if self.panels else ""
        return f"{self.done_count} of {self.page.paginator.count} workspaces collected.{waiting}"


def collecting_of(plan: Plan, number: str | None) -> Collecting:
    """The newest backup of `plan`, which comes from `dashboard.wizard.load_plan`.

    Three queries, and one more where a person brings the files.
    """
    run_pk = vars(plan)["backup_run"]
    by_kind = _statuses(run_pk)
    statuses = {pk: list(kinds.values()) for pk, kinds in by_kind.items()}
    items = sorted(plan.items.all(), key=lambda item: _urgency(statuses.get(item.pk, [])))
    page = Paginator(items, ITEMS).get_page(number)
    rows = _rows(plan, run_pk, page.object_list)
    run = next((step.run for row in rows for step in row.steps), None)
    panels = [panel for row in rows if run for panel in panels_of(run, row.item, row.steps)]
    counts = Counter(_worst(statuses[item.pk]) for item in items if item.pk in statuses)
    taking = _taking(plan, run, by_kind)
    unsorted = unsorted_of(run_pk, plan.items.all(), by_kind) if taking else []
    left = [(one.file.pk, len(one.choices)) for one in unsorted]
    shown = [(s.pk, s.status, s.done, s.problem, s.warnings) for row in rows for s in row.steps]
    panel_mark = digest([panel.mark for panel in panels], run and run.finished_at, statuses, left)
    mark = digest(shown, statuses, panel_mark, run and run.pause_asked_at)
    return Collecting(run, page, rows, panels, taking, unsorted, counts, mark, panel_mark)


def _statuses(run_pk: int | None) -> dict[int, dict[str, str]]:
    """The status of each collecting step of each workspace, by kind."""
    found: dict[int, dict[str, str]] = {}
    steps = Step.objects.current().filter(run=run_pk, kind__in=COLLECTING)
    for item, kind, status in steps.order_by("pk").values_list("item", "kind", "status"):
        found.setdefault(item, {})[kind] = status
    return found


def _taking(plan: Plan, run: Run | None, by_kind: ByKind) -> int:
    """How many workspaces wait for files that a person brings."""
    if run is None or run.finished_at or plan.source is None or plan.source.is_connected:
        return 0
    return sum(takes_files(kinds) for kinds in by_kind.values())


def _worst(statuses: list[str]) -> str:
    return next((status for status in _URGENT if status in statuses), _S.DONE)


def _urgency(statuses: list[str]) -> int:
    worst = _worst(statuses)
    return [*_URGENT, _S.DONE].index(_S(worst)) if statuses else len(_URGENT)


def _rows(plan: Plan, run_pk: int | None, items: Iterable[PlanItem]) -> list[Row]:
    rows = {item.pk: Row(item, []) for item in items}
    files = Prefetch("files", queryset=StepFile.objects.order_by("pk"))
    steps = Step.objects.current().with_blocked().filter(run=run_pk, item__in=rows)
    for step in (
        steps.filter(kind__in=COLLECTING)
        .annotate(
            found_counts=F("facts__inspection__counts"),
            found_findings=F("facts__inspection__findings"),
        )
        .defer("facts")
        .select_related("run")
        .order_by("pk")
        .prefetch_related(files)
    ):
        row = rows[step.item_id]
        step.item, step.run.plan = row.item, plan
        step.facts = _slim(step)
        row.steps.append(step)
    for row in rows.values():
        row.steps.sort(key=in_place)
    return list(rows.values())


def _slim(step: Step) -> dict[str, Any]:
    """As much of the facts as is shown: an inspection's details are large."""
    said: dict[str, Any] = vars(step)
    counts, findings = said["found_counts"], said["found_findings"]
    return {"inspection": {"counts": counts or {}, "findings": findings or []}}
