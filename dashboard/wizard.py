"""The wizard: its steps, how far each is for a plan, and what every step's page shows.

A step is one line of STEPS. Its `counts` are expressions that are annotated onto the query of the
plans, its `state` reads them with `vars(plan)[name]` and asks the database nothing: so eleven steps
cost one query, for one plan or for a page of them, whatever the number of workspaces.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.http import Http404, HttpRequest
from django.urls import reverse

from dashboard import states
from dashboard.losses import loss_list
from migrator.models import Plan, PlanItem, StepState, StepStatus
from migrator.models.capture_progress import capture_counts, capture_state
from migrator.models.check_progress import assess_counts, assess_state
from migrator.models.finish_progress import finish_counts, finish_state
from migrator.models.model_progress import models_counts, models_state
from migrator.models.plan_progress import (
    collect_counts,
    collect_state,
    scope_counts,
    scope_state,
    seal_counts,
    seal_state,
)
from migrator.models.prepared import PreparedByKey
from migrator.models.restore_progress import (
    restore_counts,
    restore_state,
    review_counts,
    review_state,
    target_counts,
    target_state,
)
from migrator.models.work_progress import work_counts, work_state
from migrator.services.plan_losses import Losses

ASSESS, PREPARE, BACK_UP, RESTORE, FINISH = "Assess", "Prepare", "Back up", "Restore", "Finish"
PHASES = (ASSESS, PREPARE, BACK_UP, RESTORE, FINISH)

NOT_FOR_A_BACKUP = StepState(StepStatus.SKIPPED, "Not part of a backup alone")


def _nothing() -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class WizardStep:
    """One step of the wizard; its page has the URL name `plan-<key>`."""

    key: str
    code: str
    phase: str
    title: str
    # Who does it: "you", "the product", or both.
    who: str
    # Asks nothing of the database: it reads what `counts` annotated.
    state: Callable[[Plan], StepState]
    counts: Callable[[], dict[str, Any]] = _nothing

    @property
    def url_name(self) -> str:
        """The name of its page's address."""
        return f"plan-{self.key}"

    def state_for(self, plan: Plan) -> StepState:
        """Its state; what restores is not needed for a backup alone."""
        if self.phase == RESTORE and not plan.restores:
            return NOT_FOR_A_BACKUP
        return self.state(plan)


# In the order in which they are walked.
STEPS: tuple[WizardStep, ...] = (
    WizardStep("scope", "A1", ASSESS, "Scope", "you", scope_state, scope_counts),
    WizardStep("assess", "A2", ASSESS, "Assess", "the product", assess_state, assess_counts),
    WizardStep("work", "P1", PREPARE, "Finish work", "you", work_state, work_counts),
    WizardStep(
        "capture",
        "P2",
        PREPARE,
        "Capture what can't move",
        "you and the product",
        capture_state,
        capture_counts,
    ),
    WizardStep(
        "models",
        "P3",
        PREPARE,
        "Deployed models",
        "you and the product",
        models_state,
        models_counts,
    ),
    WizardStep(
        "collect", "B1", BACK_UP, "Collect", "the product or you", collect_state, collect_counts
    ),
    WizardStep("seal", "B2", BACK_UP, "Seal and verify", "the product", seal_state, seal_counts),
    WizardStep(
        "target",
        "R1",
        RESTORE,
        "Target and conflicts",
        "you and the product",
        target_state,
        target_counts,
    ),
    WizardStep("review", "R2", RESTORE, "Review", "you", review_state, review_counts),
    WizardStep(
        "restore",
        "R3",
        RESTORE,
        "Restore and prove",
        "the product or you",
        restore_state,
        restore_counts,
    ),
    WizardStep("finish", "F1", FINISH, "Finish", "you", finish_state, finish_counts),
)
_BY_KEY = {step.key: step for step in STEPS}


@dataclass(frozen=True)
class StepView:
    """A step of one plan, as the stepper shows it."""

    step: WizardStep
    state: StepState
    url: str
    is_current: bool = False

    @property
    def look(self) -> states.Look:
        """Icon, word and tone of its state."""
        return states.WIZARD[self.state.status]


@dataclass(frozen=True)
class PhaseView:
    """A phase with its steps; its state follows from theirs."""

    name: str
    steps: list[StepView]

    @property
    def is_current(self) -> bool:
        """True where the shown step belongs to it."""
        return any(step.is_current for step in self.steps)

    @property
    def url(self) -> str:
        """Its first step that is not settled, or its first one; "" where none is needed."""
        needed = [view for view in self.steps if view.state.status != StepStatus.SKIPPED]
        open_one = next_open(needed) or next(iter(needed), None)
        return open_one.url if open_one else ""

    @property
    def status(self) -> StepStatus:
        """What needs somebody first, then what is out of date, then how far it is."""
        found = [view.state.status for view in self.steps]
        for first in (StepStatus.NEEDS_YOU, StepStatus.OUT_OF_DATE, StepStatus.IN_PROGRESS):
            if first in found:
                return first
        left = [each for each in found if each != StepStatus.SKIPPED]
        if not left:
            return StepStatus.SKIPPED
        if all(each == StepStatus.DONE for each in left):
            return StepStatus.DONE
        return StepStatus.IN_PROGRESS if StepStatus.DONE in left else StepStatus.NOT_STARTED

    @property
    def look(self) -> states.Look:
        """Icon, word and tone of its state."""
        return states.WIZARD[self.status]


def with_states(plans: QuerySet[Plan]) -> QuerySet[Plan]:
    """With what the states of all steps need, in the same query; it is best prepared."""
    for step in STEPS:
        # One after the other: a count may refer to one before it.
        for name, expression in step.counts().items():
            plans = plans.annotate(**{name: expression})
    return plans.select_related("source", "target", "created_by", "encryption")


_PLANS = PreparedByKey(lambda: with_states(Plan.objects.guided()))


def plans_with_states(keys: Iterable[int]) -> list[Plan]:
    """The guided plans with these keys, with what the states of all steps need, in one query."""
    return _PLANS.rows(keys)


def load_plan(pk: int) -> Plan:
    """A guided plan with what every step's page needs: states and workspaces."""
    found = plans_with_states([pk])
    if not found:
        raise Http404
    # An archive's facts are large, and no step shows them all.
    items = PlanItem.objects.select_related("workspace", "archive").defer(
        "archive__facts", "archive__findings"
    )
    prefetch_related_objects(found, Prefetch("items", queryset=items))
    return found[0]


def steps_of(plan: Plan, current: str = "") -> list[StepView]:
    """All steps of a plan that came from `with_states`."""
    return [
        StepView(
            step,
            step.state_for(plan),
            reverse(step.url_name, args=[plan.pk]),
            is_current=step.key == current,
        )
        for step in STEPS
    ]


def phases_of(steps: Iterable[StepView]) -> list[PhaseView]:
    """The five phases with their steps."""
    shown = list(steps)
    return [PhaseView(name, [v for v in shown if v.step.phase == name]) for name in PHASES]


def next_open(steps: Iterable[StepView]) -> StepView | None:
    """The first step that is not settled: where to go on. None where all are."""
    return next((view for view in steps if not view.state.is_settled), None)


def way_on(plan: Plan) -> str:
    """The address of the step to go on with, or of the plan where all are settled."""
    first = next_open(steps_of(plan))
    return first.url if first else reverse("plan-detail", args=[plan.pk])


def step_context(
    request: HttpRequest, plan: Plan, key: str, losses: Losses | None = None
) -> dict[str, Any]:
    """What templates/dashboard/plans/step.html shows; `plan` comes from `load_plan`.

    `plan`, `step`, `view`, `phases`, `previous`, `following`, `losses`, `findings`: the assessment
    where it waits behind this step, and `may_change`: whether the person may change the plan now.
    """
    views = steps_of(plan, key)
    needed = [view for view in views if view.state.status != StepStatus.SKIPPED or view.is_current]
    place = next(number for number, view in enumerate(needed) if view.is_current)
    return {
        "plan": plan,
        "step": _BY_KEY[key],
        "view": needed[place],
        "phases": phases_of(views),
        "previous": needed[place - 1] if place else None,
        "following": needed[place + 1] if place + 1 < len(needed) else None,
        "findings": _findings(views, key),
        "losses": loss_list(plan, {each.step.key: each.url for each in views}, losses),
        "may_change": may_change(request, plan),
    }


# Steps that bring new findings, or come after those that do: the assessment may be open again.
_NOTICING = frozenset({"collect", "seal", "target", "restore"})


def _findings(views: list[StepView], key: str) -> StepView | None:
    """The assessment, where somebody has to look at it again before going on."""
    assess = next(view for view in views if view.step.key == "assess")
    waits = assess.state.status == StepStatus.NEEDS_YOU
    return assess if waits and key in _NOTICING else None


def may_change(request: HttpRequest, plan: Plan) -> bool:
    """True where this person may change this plan: not an archived one."""
    return request.user.has_perm("migrator.start_run") and plan.archived_at is None
