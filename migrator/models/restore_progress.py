"""How far the restore of guided plans is: counts in SQL, states from them."""

from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, Exists, F, Max, OuterRef, Q, Subquery, TextField
from django.db.models.fields.json import KeyTextTransform

from migrator.models.archives import Archive
from migrator.models.checks import CheckResult
from migrator.models.people_progress import people_counts
from migrator.models.plan_progress import counted, newest_run
from migrator.models.plans import Plan, PlanAnswer, PlanItem
from migrator.models.readings import TargetReading
from migrator.models.runs import Run
from migrator.models.steps import Step
from migrator.models.verifications import Verification
from migrator.models.wizard import StepState, StepStatus
from migrator.models.workspaces import Workspace

_OVER = ("done", "failed", "cancelled")


def target_counts() -> dict[str, Any]:
    """What `target_state` reads."""
    items = PlanItem.objects.filter(plan=OuterRef("pk"))
    fitting = TargetReading.objects.newest().filter(
        item=OuterRef("pk"),
        target=OuterRef("plan__target"),
        workspace_id=OuterRef("target_workspace_id"),
    )
    whole = fitting.exclude(finished_at=None).filter(problem="")
    looked = TargetReading.objects.filter(item=OuterRef("pk"))
    results = CheckResult.objects.filter(item__plan=OuterRef("pk"), item__left_at=None)
    return {
        **people_counts(),
        "targets_open": counted(results.open_of_target(), "item__plan"),
        "targets_looked": counted(items.filter(Exists(looked)), "plan"),
        "targets_read": counted(items.filter(Exists(whole)), "plan"),
        "targets_moving": counted(items.filter(Exists(fitting.filter(finished_at=None))), "plan"),
        "targets_blocked": counted(
            items.filter(Exists(whole.filter(obstacle_count__gt=0))), "plan"
        ),
        "targets_failed": counted(items.filter(Exists(fitting.exclude(problem=""))), "plan"),
    }


def target_state(plan: Plan) -> StepState:
    """Every target was read, nothing is in the way, and all that was found there is answered.

    Each person is mapped or left out, too. A target by hand is said not to be inspected.
    """
    counts = vars(plan)
    items, read = counts["items_all"], counts["targets_read"]
    if plan.target is None:
        return StepState(StepStatus.NOT_STARTED, "No target chosen", items)
    if counts["targets_moving"]:
        return StepState(StepStatus.IN_PROGRESS, f"{read} of {items} read", items - read)
    stuck = counts["targets_blocked"] + counts["targets_failed"]
    if stuck:
        return StepState(StepStatus.NEEDS_YOU, f"{_workspaces(stuck)} to look at", stuck)
    if read < items and plan.target.is_connected:
        status = StepStatus.IN_PROGRESS if read else StepStatus.NOT_STARTED
        return StepState(status, f"{read} of {items} read", items - read)
    return _read_state(plan, f"{read} of {items} read" if read >= items else "Target not inspected")


def _read_state(plan: Plan, read: str) -> StepState:
    """What is left where all that can be read was read."""
    answers, people = vars(plan)["targets_open"], vars(plan)["people_undecided"]
    left = [
        f"{answers:,} to answer" if answers else "",
        f"{people:,} {'person' if people == 1 else 'people'} not mapped" if people else "",
    ]
    said = ", ".join(filter(None, [read, *left]))
    status = StepStatus.NEEDS_YOU if answers or people else StepStatus.DONE
    return StepState(status, said, answers + people)


def review_counts() -> dict[str, Any]:
    """What `review_state` reads: when it was confirmed, and when what it depends on changed.

    Beside that how many checks keep it from being confirmed.
    """
    answers = PlanAnswer.objects.filter(plan=OuterRef("pk"), item=None, key="review")
    readings = TargetReading.objects.filter(item__plan=OuterRef("pk"), item__left_at=None)
    archives = Archive.objects.filter(item__plan=OuterRef("pk"), item__left_at=None)
    results = CheckResult.objects.filter(item__plan=OuterRef("pk"), item__left_at=None)
    restores = Run.objects.filter(plan=OuterRef("pk"), kind=Run.Kind.RESTORE)
    return {
        "review_blocking": counted(results.blocking_restore(), "item__plan"),
        "reviewed_at": Subquery(answers.values("answered_at")[:1]),
        "reviewed_by": Subquery(answers.values("value__name")[:1]),
        "reviewed_scope": _said(answers, "scope"),
        "reviewed_people": _said(answers, "people"),
        "reviewed_mark": Subquery(answers.values("fingerprint")[:1]),
        "review_read_at": _newest(readings, "item__plan", "finished_at"),
        "review_sealed_at": _newest(archives, "item__plan", "created_at"),
        "review_there_at": _newest(_reached(), "plan", "there_at"),
        "review_used_at": _newest(restores, "plan", "started_at"),
    }


def _said(answers: Any, name: str) -> Subquery:
    """What stands under `name` in an answer, as text."""
    said = answers.annotate(said=KeyTextTransform(name, "value"))
    return Subquery(said.values("said")[:1], output_field=TextField())


def _reached() -> Any:
    """Items that go into a workspace which is there, with when that was last seen to change."""
    there = Workspace.objects.filter(
        instance=OuterRef("plan__target"), workspace_id=OuterRef("target_workspace_id")
    )
    items = PlanItem.objects.filter(plan=OuterRef("pk"), target_workspace_id__gt="")
    return items.annotate(there_at=Subquery(there.values("modified")[:1]))


def review_state(plan: Plan) -> StepState:
    """Confirmed by name, and nothing of what was confirmed has changed since."""
    said = vars(plan)
    at: datetime | None = said["reviewed_at"]
    if at is None:
        return StepState(StepStatus.NOT_STARTED, "Not confirmed yet", 1)
    changes = [plan.target_changed_at, said["review_read_at"], said["review_sealed_at"]]
    is_used = review_is_used(plan)
    if not is_used:
        # The restore itself changes the target.
        changes.append(said["review_there_at"])
    if any(change is not None and change > at for change in changes) or _is_another(plan):
        return StepState(StepStatus.OUT_OF_DATE, "Changed after it was confirmed", 1)
    return StepState(StepStatus.DONE, "Confirmed and carried out" if is_used else "Confirmed")


def review_is_used(plan: Plan) -> bool:
    """True where a restore was started after the confirmation."""
    said = vars(plan)
    used, at = said["review_used_at"], said["reviewed_at"]
    return used is not None and at is not None and used > at


def _is_another(plan: Plan) -> bool:
    """True where other workspaces, or more or fewer people, were confirmed than there are now."""
    said = vars(plan)
    pairs = (
        (said["reviewed_scope"], plan.scope_mark),
        (said["reviewed_people"], str(said["people_given"])),
    )
    return any(then is not None and then != now for then, now in pairs)


def restore_counts() -> dict[str, Any]:
    """What `restore_state` reads: the steps and proofs of the plan's newest restore."""
    steps = Step.objects.current().filter(run=OuterRef("restore_run"), item__left_at=None)
    compared = steps.filter(kind=Step.Kind.COMPARE)
    newer = Verification.objects.filter(
        run=OuterRef("run"), item=OuterRef("item"), pk__gt=OuterRef("pk")
    )
    proofs = Verification.objects.filter(~Exists(newer), run=OuterRef("restore_run"))
    accepted = Q(state=Verification.State.DIFFERENCES, accepted_at__isnull=False)
    proven = Q(state=Verification.State.VERIFIED) | accepted
    return {
        "restore_run": newest_run(Run.Kind.RESTORE),
        "restore_items": counted(compared, "run", "item"),
        "restore_over": counted(compared.filter(status__in=_OVER), "run", "item"),
        "restore_waiting": counted(steps.filter(status="waiting"), "run", "item"),
        "restore_stopped": counted(steps.filter(status__in=["failed", "cancelled"]), "run", "item"),
        "restore_proven": counted(proofs.filter(proven), "run", "item"),
        "restore_accepted": counted(proofs.filter(accepted), "run", "item"),
        "restore_different": counted(proofs.exclude(proven), "run", "item"),
    }


def restore_state(plan: Plan) -> StepState:
    """Every workspace has an outcome, and its proof shows it equal or was accepted by name."""
    counts = vars(plan)
    items, proven = counts["items_all"], counts["restore_proven"]
    if counts["restore_run"] is None:
        return StepState(StepStatus.NOT_STARTED, "No restore was started", items)
    for name, words in (
        ("restore_waiting", "waiting for you"),
        ("restore_stopped", "not restored"),
        ("restore_different", "with differences"),
    ):
        if counts[name]:
            return StepState(
                StepStatus.NEEDS_YOU, f"{_workspaces(counts[name])} {words}", counts[name]
            )
    said = f"{proven} of {items} proven"
    if counts["restore_accepted"]:
        said = f"{_workspaces(counts['restore_accepted'])} with accepted differences"
    if proven >= items:
        return StepState(StepStatus.DONE, said)
    return StepState(StepStatus.IN_PROGRESS, said, items - proven)


def _newest(rows: Any, by: str, field: str) -> Subquery:
    newest = rows.order_by().values(by).annotate(at=Max(F(field))).values("at")
    return Subquery(newest, output_field=DateTimeField())


def _workspaces(count: int) -> str:
    return "1 workspace" if count == 1 else f"{count:,} workspaces"
