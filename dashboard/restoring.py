"""The newest restore of a plan: each workspace with what came out of it and its proof."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.paginator import Page, Paginator
from django.db.models import F, Prefetch

from dashboard.pulse import digest
from dashboard.states import STEP, Look
from dashboard.waiting import Panel, panels_of
from migrator.models import Plan, PlanItem, Run, Step, StepFile, Verification

ITEMS = 20  # workspaces on one page
_S = Step.Status
_URGENT = (_S.WAITING, _S.FAILED, _S.CANCELLED, _S.RUNNING, _S.PENDING)
# The seven counts, in the order in which they are shown.
OUTCOMES = (
    ("created", "created"),
    ("updated", "updated"),
    ("identical", "already identical"),
    ("skipped", "skipped by choice"),
    ("cannot", "cannot move"),
)
# What each restoring step counts, as a row of the table.
COUNTED = (
    (Step.Kind.RESTORE_TYPES, "Types"),
    (Step.Kind.RESTORE_DICTIONARIES, "Dictionaries"),
    (Step.Kind.RESTORE_READ_ONLY, "Read-only dictionaries"),
    (Step.Kind.MAP_DICTIONARIES, "Mappings"),
    (Step.Kind.RESTORE_DOCUMENTS, "Documents"),
    (Step.Kind.RESTORE_PEOPLE, "People"),
)


@dataclass
class Row:
    """One workspace: its steps, what they counted, its proof."""

    item: PlanItem
    steps: list[Step] = field(default_factory=list)
    proof: Verification | None = None

    @property
    def look(self) -> Look:
        """How far it is: the least advanced of its steps."""
        if not self.steps:
            return Look("warn", "renew", "Not in this restore")
        return STEP[_S(worst([step.status for step in self.steps]))]

    @property
    def counts(self) -> list[tuple[str, list[tuple[int, str]]]]:
        """What each step that is done counted: name, [(number, word)]."""
        told = {step.kind: step.facts.get("outcomes") or {} for step in self.steps}
        named = [(label, told.get(kind, {})) for kind, label in COUNTED]
        return [
            (label, [(counted[key], word) for key, word in OUTCOMES if counted.get(key)])
            for label, counted in named
            if counted
        ]

    @property
    def problems(self) -> list[Step]:
        """What failed or waits."""
        return [step for step in self.steps if step.status in (_S.FAILED, _S.WAITING)]

    @property
    def is_accepted(self) -> bool:
        """True where somebody took the differences as they are."""
        return self.proof is not None and self.proof.accepted_at is not None


@dataclass(frozen=True)
class Restoring:
    """What the page shows of the run; `run` is None before the first restore."""

    run: Run | None
    page: Page[PlanItem]
    rows: list[Row]
    panels: list[Panel]
    # (status of the least advanced step): number of workspaces
    counts: Counter[str]
    # {outcome: number} over all workspaces, "needs_you" and "failed" among them.
    totals: Counter[str]
    mark: str
    # The same for the waiting panels, which are swapped only when they change.
    panel_mark: str

    @property
    def is_moving(self) -> bool:
        """True while it may change without a click on this page."""
        return self.run is not None and self.run.finished_at is None

    @property
    def done_count(self) -> int:
        """Workspaces with an outcome."""
        return self.counts[_S.DONE] + self.counts[_S.FAILED] + self.counts[_S.CANCELLED]

    @property
    def shown_totals(self) -> list[tuple[str, int]]:
        """The seven outcomes, counted apart."""
        words = (*OUTCOMES, ("needs_you", "needs you"), ("failed", "failed"))
        return [(word, self.totals[key]) for key, word in words]

    @property
    def announcement(self) -> str:
        """What a screen reader is told."""
        waiting = f" {self.counts[_S.WAITING]} waiting for you." if self.counts[_S.WAITING] else ""
        return f"{self.done_count} of {self.page.paginator.count} workspaces restored.{waiting}"


def restoring_of(plan: Plan, number: str | None) -> Restoring:
    """The newest restore of `plan`, which comes from `dashboard.wizard.load_plan`; four queries."""
    run_pk = vars(plan)["restore_run"]
    statuses, totals = _statuses(run_pk)
    items = sorted(plan.items.all(), key=lambda item: _urgency(statuses.get(item.pk, [])))
    page = Paginator(items, ITEMS).get_page(number)
    rows = _rows(run_pk, page.object_list)
    run = _run(plan, run_pk, rows)
    panels = [panel for row in rows if run for panel in panels_of(run, row.item, row.steps)]
    counts = Counter(worst(statuses[item.pk]) for item in items if item.pk in statuses)
    shown = [(s.pk, s.status, s.done, s.problem) for row in rows for s in row.steps]
    proofs = [(row.proof.pk, row.is_accepted) for row in rows if row.proof]
    mark = digest(shown, sorted(totals.items()), proofs, run and run.finished_at)
    panel_mark = digest([panel.mark for panel in panels])
    mark = digest(mark, panel_mark)
    return Restoring(run, page, rows, panels, counts, totals, mark, panel_mark)


def worst(statuses: list[str]) -> str:
    """The status that a workspace has: that of its most urgent step."""
    return next((status for status in _URGENT if status in statuses), _S.DONE)


def _urgency(statuses: list[str]) -> int:
    return [*_URGENT, _S.DONE].index(_S(worst(statuses))) if statuses else len(_URGENT)


def _statuses(run_pk: int | None) -> tuple[dict[int, list[str]], Counter[str]]:
    """The statuses of each workspace's steps, and the outcomes of all of them added up."""
    found: dict[int, list[str]] = {}
    totals: Counter[str] = Counter()
    steps = Step.objects.current().filter(run=run_pk, item__left_at=None).order_by("pk")
    for item, status, counted in steps.values_list("item", "status", F("facts__outcomes")):
        found.setdefault(item, []).append(status)
        totals.update(counted or {})
        totals["needs_you"] += status == _S.WAITING
        totals["failed"] += status == _S.FAILED
    return found, totals


def _run(plan: Plan, run_pk: int | None, rows: list[Row]) -> Run | None:
    """The run, which comes with its steps; asked for alone where no row has one."""
    steps = [step for row in rows for step in row.steps]
    run = steps[0].run if steps else Run.objects.filter(pk=run_pk).first() if run_pk else None
    if run is not None:
        run.plan = plan
    for step in steps:
        assert run is not None, "a step has a run"
        step.run = run
    return run


def _rows(run_pk: int | None, items: Iterable[PlanItem]) -> list[Row]:
    rows = {item.pk: Row(item) for item in items}
    if run_pk is None:
        return list(rows.values())
    steps = Step.objects.current().with_blocked().filter(run=run_pk, item__in=rows)
    counted = steps.annotate(counted=F("facts__outcomes")).defer("facts")
    files = Prefetch("files", queryset=StepFile.objects.order_by("pk"))
    ordered = counted.select_related("run").order_by("stage", "pk")
    for step in ordered.prefetch_related(files):
        step.facts = {"outcomes": vars(step)["counted"]}
        step.item = rows[step.item_id].item
        rows[step.item_id].steps.append(step)
    proofs = Verification.objects.filter(run=run_pk, item__in=rows).select_related("accepted_by")
    for proof in proofs.order_by("pk"):
        rows[proof.item_id].proof = proof
    return list(rows.values())
