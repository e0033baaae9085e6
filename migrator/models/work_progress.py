"""How far the annotation work of guided plans is: counts in SQL, the step's state from them."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, Lower

from migrator.models.plan_progress import counted
from migrator.models.plans import Plan, PlanAnswer, PlanItem
from migrator.models.wizard import StepState, StepStatus
from migrator.models.worksheets import Worksheet, WorksheetRow
from migrator.models.workspaces import AnnotationTask

# How the service words the state of a task or set of which nothing is left to do.
FINISHED = ("completed", "complete", "done", "finished", "closed", "promoted")
ACCEPTED = "work:accepted"  # the key of the answer that accepts the loss of one workspace


def work_counts() -> dict[str, Any]:
    """What `work_state` reads: workspaces with unfinished work, accepted or not, and unknown ones.

    An acceptance is out of date where the workspace changed after it.
    """
    items = PlanItem.objects.filter(plan=OuterRef("pk"))
    unfinished = items.filter(Exists(_tasks()) | (Q(workspace__inventory=None) & Exists(_noted())))
    accepted = PlanAnswer.objects.filter(item=OuterRef("pk"), key=ACCEPTED)
    # The page compares what exactly was accepted; here, whether anything moved since.
    since = accepted.filter(answered_at__lt=OuterRef("workspace__modified"))
    unknown = items.filter(workspace__inventory=None).exclude(Exists(_sheet()))
    return {
        "work_accepted": counted((unfinished | unknown).filter(Exists(accepted)), "plan"),
        "work_stale": counted(unfinished.filter(Exists(since)), "plan"),
        "work_open": counted(unfinished.exclude(Exists(accepted)), "plan"),
        "work_unknown": counted(unknown.exclude(Exists(accepted)), "plan"),
    }


def work_state(plan: Plan) -> StepState:
    """Nothing is left to finish, or somebody accepted in writing that it is lost."""
    counts = vars(plan)
    left = counts["work_open"]
    if left:
        word = "workspace has" if left == 1 else "workspaces have"
        return StepState(StepStatus.NEEDS_YOU, f"{left:,} {word} unfinished work", left)
    if counts["work_unknown"]:
        unknown = counts["work_unknown"]
        word = "workspace" if unknown == 1 else "workspaces"
        return StepState(StepStatus.NEEDS_YOU, f"{unknown:,} {word} not looked at", unknown)
    if counts["work_stale"]:
        stale = counts["work_stale"]
        return StepState(StepStatus.OUT_OF_DATE, "Work went on after it was accepted", stale)
    said = "Accepted in writing" if counts["work_accepted"] else "Nothing left to finish"
    return StepState(StepStatus.DONE, said)


def _tasks() -> Any:
    tasks = AnnotationTask.objects.annotate(word=Lower("state")).exclude(word__in=FINISHED)
    return tasks.filter(workspace=OuterRef("workspace"), workspace__inventory__isnull=False)


def _sheet() -> Any:
    kind = Worksheet.Kind.TASKS
    settled = ~Q(state=Worksheet.State.OPEN) | Exists(
        WorksheetRow.objects.filter(worksheet=OuterRef("pk"))
    )
    return Worksheet.objects.filter(settled, item=OuterRef("pk"), kind=kind)


def _noted() -> Any:
    state = Coalesce(KeyTextTransform("state", "cells"), Value(""), output_field=TextField())
    rows = WorksheetRow.objects.annotate(word=Lower(state))
    rows = rows.exclude(change=WorksheetRow.Change.GONE)
    return rows.filter(
        worksheet__item=OuterRef("pk"), worksheet__kind=Worksheet.Kind.TASKS
    ).exclude(word__in=FINISHED)
