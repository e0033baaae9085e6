"""How far the first step and the backup of guided plans are: counts in SQL, states from them.

The counts are annotated onto a query of plans by `dashboard.wizard`, so that the states of one plan
or of a page of plans cost the same one query, whatever the number of workspaces.
"""

from typing import Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from migrator.models.archives import Archive
from migrator.models.plans import Plan, PlanItem
from migrator.models.runs import Run
from migrator.models.steps import Step
from migrator.models.wizard import StepState, StepStatus

_K = Step.Kind
COLLECTING = (_K.FACTS, _K.TYPES, _K.DICTIONARIES, _K.DOCUMENTS)


def newest_run(kind: str) -> Subquery:
    """The key of a plan's newest run of `kind`, to be annotated onto a query of plans."""
    runs = Run.objects.filter(plan=OuterRef("pk"), kind=kind)
    return Subquery(runs.order_by("-started_at", "-pk").values("pk")[:1])


def counted(rows: QuerySet[Any], by: str, what: str = "pk") -> Coalesce:
    """How many different `what` the rows have, as a subquery; `by` is the field they share."""
    numbers = rows.order_by().values(by).annotate(n=Count(what, distinct=True)).values("n")
    return Coalesce(Subquery(numbers, output_field=IntegerField()), 0)


def scope_counts() -> dict[str, Any]:
    """What `scope_state` reads."""
    items = PlanItem.objects.filter(plan=OuterRef("pk"))
    return {
        "items_all": counted(items, "plan"),
        "items_gone": counted(items.filter(workspace__gone_at__isnull=False), "plan"),
    }


def scope_state(plan: Plan) -> StepState:
    """Saved, and every workspace is still there."""
    counts = vars(plan)
    gone = counts["items_gone"]
    if gone:
        return StepState(StepStatus.NEEDS_YOU, f"{_workspaces(gone)} not there any more", gone)
    return StepState(StepStatus.DONE, _workspaces(counts["items_all"]))


def collect_counts() -> dict[str, Any]:
    """What `collect_state` reads: the steps of the plan's newest backup, of chosen workspaces."""
    steps = Step.objects.current().filter(
        run=OuterRef("backup_run"), item__left_at=None, kind__in=COLLECTING
    )
    return {
        "backup_run": newest_run(Run.Kind.BACKUP),
        "backup_items": counted(steps, "run", "item"),
        "backup_left": counted(steps.exclude(status="done"), "run", "item"),
        "backup_waiting": counted(steps.filter(status="waiting"), "run", "item"),
        "backup_stopped": counted(steps.filter(status__in=["failed", "cancelled"]), "run", "item"),
    }


def collect_state(plan: Plan) -> StepState:
    """Every workspace's files are here, inspected, in the newest backup."""
    counts = vars(plan)
    items, there = counts["items_all"], counts["backup_items"]
    if counts["backup_run"] is None:
        return StepState(StepStatus.NOT_STARTED, "No backup was started", items)
    if counts["backup_waiting"]:
        waiting = counts["backup_waiting"]
        return StepState(StepStatus.NEEDS_YOU, f"{_workspaces(waiting)} waiting for you", waiting)
    if counts["backup_stopped"]:
        stopped = counts["backup_stopped"]
        return StepState(StepStatus.NEEDS_YOU, f"{_workspaces(stopped)} not collected", stopped)
    if counts["backup_left"]:
        done = there - counts["backup_left"]
        return StepState(StepStatus.IN_PROGRESS, f"{done} of {items} collected", items - done)
    if there < items:
        added = items - there
        return StepState(
            StepStatus.OUT_OF_DATE, f"{_workspaces(added)} added after the backup", added
        )
    return StepState(StepStatus.DONE, f"{there} of {items} collected")


def verified_archives() -> QuerySet[Archive]:
    """Whole archives of a plan's item (`OuterRef("pk")`) that hold its workspace's last change.

    When a workspace changed is what the inventory saw last; one served by hand says nothing of it.
    """
    return Archive.objects.filter(
        Q(item__workspace__modified=None) | Q(created_at__gte=F("item__workspace__modified")),
        item=OuterRef("pk"),
        verify_problem="",
        verified_at__isnull=False,
    )


def seal_counts() -> dict[str, Any]:
    """What `seal_state` reads, beside what `collect_counts` gives."""
    steps = Step.objects.current().filter(run=OuterRef("backup_run"), kind=_K.SEAL)
    items = PlanItem.objects.filter(plan=OuterRef("pk"))
    sealed = Archive.objects.filter(item=OuterRef("pk"))
    damaged = sealed.exclude(verify_problem="")
    return {
        "seals_failed": counted(steps.filter(status="failed"), "run"),
        "items_sealed": counted(items.filter(Exists(sealed)), "plan"),
        "items_verified": counted(items.filter(Exists(verified_archives())), "plan"),
        "items_damaged": counted(
            items.filter(Exists(damaged), ~Exists(verified_archives())), "plan"
        ),
    }


def seal_state(plan: Plan) -> StepState:
    """Every workspace has a verified archive from after its last change."""
    counts = vars(plan)
    items, verified = counts["items_all"], counts["items_verified"]
    summary = f"{verified} of {items} verified"
    if items and verified >= items:
        return StepState(StepStatus.DONE, summary)
    if counts["seals_failed"]:
        failed = counts["seals_failed"]
        return StepState(StepStatus.NEEDS_YOU, f"{_archives(failed)} could not be sealed", failed)
    if counts["items_damaged"]:
        damaged = counts["items_damaged"]
        return StepState(StepStatus.NEEDS_YOU, f"{_archives(damaged)} damaged", damaged)
    stale = counts["items_sealed"] - verified
    if stale:
        return StepState(
            StepStatus.OUT_OF_DATE, f"{_workspaces(stale)} changed after the backup", stale
        )
    status = StepStatus.IN_PROGRESS if verified else StepStatus.NOT_STARTED
    return StepState(status, summary if verified else "No archive yet", items - verified)


def _workspaces(count: int) -> str:
    return "1 workspace" if count == 1 else f"{count:,} workspaces"


def _archives(count: int) -> str:
    return "1 archive" if count == 1 else f"{count:,} archives"
