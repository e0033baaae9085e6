"""What the run page shows, read in a fixed number of queries whatever the size of the run."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone

from dashboard import wizard
from dashboard.phases import Phase, phases_of
from dashboard.problems import Problem, problems_of
from dashboard.proofs import proof_of
from dashboard.pulse import digest, pulse_of
from dashboard.run_documents import Documents, documents_of, with_documents
from dashboard.waiting import Panel, panels_of
from dashboard.wizard import PhaseView
from migrator.models import Archive, PlanItem, Run, RunState, Step, StepFile, Verification
from migrator.pictures.shapes import Picture
from migrator.services.charts.runs import timeline_picture
from migrator.services.runs import SKIPPABLE

ITEMS = 20  # workspaces on one page of a run
_STATUS = Step.Status


@dataclass
class Work:
    """One workspace of the run with its steps and what came out of them."""

    item: PlanItem
    steps: list[Step] = field(default_factory=list)
    archive: Archive | None = None
    verification: Verification | None = None

    @property
    def problems(self) -> list[Step]:
        """The steps that failed."""
        return [step for step in self.steps if step.status == _STATUS.FAILED]


@dataclass
class RunPage:
    """Everything of a run that changes while it works."""

    run: Run
    state: RunState
    proof: str
    phases: list[Phase]
    # Those of the guided plan that it belongs to; none for a quick start.
    plan_phases: list[PhaseView]
    documents: Documents
    page: Page[PlanItem]
    works: list[Work]
    panels: list[Panel]
    steps_done: int
    active_at: datetime
    # The last beat of a running step that has not beaten for a minute, anywhere in the run.
    silent_since: datetime | None
    is_stalled: bool
    # Changes whenever something that is shown changes; the browser sends it back.
    mark: str
    # The same for the buttons and waiting panels, which are swapped only when they change.
    panel_mark: str

    @property
    def problems(self) -> list[Problem]:
        """What failed in the workspaces on this page, or came out wanting, with what mends it."""
        return problems_of(self.run, [step for work in self.works for step in work.steps])

    @property
    def timeline(self) -> Picture:
        """When the steps of the workspaces on this page worked, and when they waited."""
        works = [(work.item.name, work.steps) for work in self.works]
        return timeline_picture(self.run, works, timezone.now())

    @property
    def skippable(self) -> list[Step]:
        """The failed steps of this page without which the others still mean something."""
        if self.run.cancel_asked_at:
            return []
        failed = (step for work in self.works for step in work.problems)
        return [step for step in failed if step.kind in SKIPPABLE]

    @property
    def step_url(self) -> str:
        """The step of the guided plan that the run belongs to; "" for a quick start."""
        if not self.run.plan.is_guided:
            return ""
        if self.run.kind == Run.Kind.BACKUP:
            return reverse("plan-seal" if self.is_over else "plan-collect", args=[self.run.plan_id])
        return reverse("plan-restore", args=[self.run.plan_id])

    @property
    def is_over(self) -> bool:
        """True where nothing changes any more without a person's decision."""
        return self.run.finished_at is not None

    @property
    def has_buttons(self) -> bool:
        """True where the run can be steered, or started again."""
        return not self.is_over or bool(self.run.steps_all)

    @property
    def announcement(self) -> str:
        """What a screen reader is told: the state, the phase, and each quarter of the steps."""
        if self.is_over or self.state != RunState.RUNNING:
            return f"{self.state.label}."
        phase = next((phase.name for phase in self.phases if phase.state == "now"), "")
        quarter = 100 * self.steps_done // max(self.run.steps_all, 1) // 25 * 25
        return f"{self.state.label}. {phase}. {quarter} % of the steps are done."


_PLACES = {kind: place for place, kind in enumerate(Step.Kind)}


def in_place(step: Step) -> tuple[int, int, int]:
    """Sorts the steps of a workspace; one that takes another's place stands where that stood."""
    return step.stage, _PLACES[Step.Kind(step.kind)], step.pk


class KnownPaginator(Paginator):  # type: ignore[type-arg]  # not generic at run time
    """Pages over rows whose number is known already."""

    def __init__(self, rows: Any, size: int, count: int) -> None:
        super().__init__(rows, size)
        self.count = count  # shadows the property that would ask the database


def run_page(run: Run, number: str | None = None) -> RunPage:
    """The page's content; `run` comes with state and proof, `number` is the page of workspaces."""
    pulse = pulse_of(run)
    page = KnownPaginator(_items(run), ITEMS, vars(run)["items_all"]).get_page(number)
    works = _works(run, list(page.object_list))
    failed = [step.pk for work in works for step in work.problems]
    panels = [panel for work in works for panel in panels_of(run, work.item, work.steps)]
    steps = [step for work in works for step in work.steps]
    return RunPage(
        run=run,
        state=run.state,
        proof=proof_of(run),
        phases=phases_of(run, pulse.counts),
        plan_phases=_plan_phases(run),
        documents=documents_of(run, [work.item for work in works], steps, timezone.now()),
        page=page,
        works=works,
        panels=panels,
        steps_done=run.steps_done,
        active_at=pulse.active_at,
        silent_since=pulse.silent_since,
        is_stalled=pulse.is_stalled,
        mark=pulse.mark,
        panel_mark=digest(
            run.state,
            run.finished_at,
            failed,
            [problem.mark for problem in problems_of(run, steps)],
            [panel.mark for panel in panels],
        ),
    )


def _plan_phases(run: Run) -> list[PhaseView]:
    """The five phases of the guided plan, in one query; the run's own is the current one."""
    if not run.plan.is_guided:
        return []
    current = "collect" if run.kind == Run.Kind.BACKUP else "restore"
    (plan,) = wizard.plans_with_states([run.plan_id])
    return wizard.phases_of(wizard.steps_of(plan, current))


def _items(run: Run) -> Any:
    """The run's workspaces, those that need somebody first.

    A guided plan may have gained or lost workspaces since.
    """
    steps = Step.objects.current().filter(run=run, item=OuterRef("pk"))
    items = PlanItem.everything.filter(Exists(steps), plan=run.plan_id)
    items = with_documents(_with_archive(items, run), run)
    return items.select_related("workspace", "archive").order_by(
        ~Exists(steps.filter(status=_STATUS.WAITING)),
        ~Exists(steps.filter(status=_STATUS.FAILED)),
        ~Exists(steps.filter(status=_STATUS.RUNNING)),
        "pk",
    )


def _works(run: Run, items: Iterable[PlanItem]) -> list[Work]:
    works = {item.pk: Work(item) for item in items}
    files = Prefetch("files", queryset=StepFile.objects.order_by("pk"))
    steps = Step.objects.current().with_blocked().filter(run=run, item__in=works)
    for step in steps.order_by("pk").prefetch_related(files):
        step.item = works[step.item_id].item
        step.run = run
        works[step.item_id].steps.append(step)
    for work in works.values():
        work.steps.sort(key=in_place)
    _add_results(run, works)
    return list(works.values())


def _with_archive(items: QuerySet[PlanItem], run: Run) -> QuerySet[PlanItem]:
    """With the archive that the run made of each, in the same query."""
    ended = run.finished_at or timezone.now()
    made = Archive.objects.filter(item=OuterRef("pk"), created_at__range=(run.started_at, ended))
    newest = made.order_by("-pk")
    return items.annotate(
        made_pk=Subquery(newest.values("pk")[:1]), made_size=Subquery(newest.values("size")[:1])
    )


def _add_results(run: Run, works: dict[int, Work]) -> None:
    """What came out: archives of a backup, verifications of a restore."""
    if run.kind == Run.Kind.RESTORE:
        for verification in Verification.objects.filter(run=run, item__in=works).order_by("pk"):
            works[verification.item_id].verification = verification
        return
    for work in works.values():
        found = vars(work.item)
        if found["made_pk"] is not None:
            work.archive = Archive(pk=found["made_pk"], size=found["made_size"])
