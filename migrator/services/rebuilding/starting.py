"""Choosing how tasks are made again, and having the connector make them."""

from dataclasses import asdict
from datetime import date, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from migrator.errors import ServiceError
from migrator.models import PlanAnswer, PlanItem, Run, Step
from migrator.models.step_queries import StepQuerySet
from migrator.services import audit, events, queue
from migrator.services.answers import give_answer, holds
from migrator.services.permissions import requires
from migrator.services.rebuilding.kit import KEY, Kit, KitChoices, kit_of
from migrator.services.step_lists import AFTER_RESTORE

DONE = "tasks:done"  # the key of the answer that says that a person made them, or why not
STAGE = 20  # behind the proof: new annotation sets would differ from the archive
_LONGEST = 256  # characters of a set's name
_FARTHEST = timedelta(days=3650)
_K = Step.Kind


@requires("migrator.start_run")
@transaction.atomic
def choose(
    item: PlanItem, *, user: User | None, due: date | None, base_set: str, overlap: int
) -> None:
    """Keep the date for tasks without one to come, and how sets are drawn.

    ServiceError for a date that is not to come and an overlap that is no percentage.
    """
    if due is not None and not timezone.localdate() < due < timezone.localdate() + _FARTHEST:
        raise ServiceError(
            "The new due date is not to come.",
            meaning="Nothing was stored.",
            remedy="Choose a day from tomorrow on.",
        )
    if not 0 <= overlap <= 100:
        raise ServiceError(
            "The overlap is a percentage.",
            meaning="Nothing was stored.",
            remedy="Choose a number from 0 to 100.",
        )
    choices = KitChoices(due, base_set.strip()[:_LONGEST] or KitChoices.base_set, overlap)
    give_answer(item.plan, KEY, choices.as_answer(), user=user, item=item)
    audit.record(user, "tasks.chosen", item)


@requires("migrator.start_run")
@transaction.atomic
def start_rebuild(item: PlanItem, *, user: User | None) -> Step:
    """Have the connector make the tasks of one workspace again, as the kit shows them now.

    The step joins the restore of the workspace. ServiceError where the restore is not finished, the
    target is served by hand, a date is missing, nothing is to be made, or it is under way.
    """
    kit = kit_of(item)
    _refuse_incomplete(kit)
    run = _finished_restore(item)
    if _steps(run, item).filter(status__in=Step.ACTIVE).exists():
        raise ServiceError(
            f"The tasks of {item.new_name} are being made already.",
            meaning="Nothing was started twice.",
            remedy="Wait for it; the page shows it.",
        )
    _steps(run, item).update(superseded_at=timezone.now())
    before = Step.objects.current().filter(run=run, item=item).first()
    assert before is not None, "a restore has steps"
    step = Step.objects.create(
        run=run,
        item=item,
        kind=_K.REBUILD_TASKS,
        stage=STAGE,
        performer=Step.Performer.CONNECTOR,
        subject=before.subject,
        # What was looked at is what is done, whatever somebody changes meanwhile.
        facts={"rebuild": frozen(kit)},
    )
    Run.objects.filter(pk=run.pk).update(finished_at=None)
    audit.record(user, "tasks.rebuild_started", item, tasks=len(kit.tasks))
    events.note(step, f"Making {len(kit.tasks):,} annotation tasks again.")
    queue.enqueue_ready(run)
    return step


@requires("migrator.start_run")
@transaction.atomic
def say_done(item: PlanItem, *, user: User | None, note: str, is_needed: bool = True) -> None:
    """Note that a person made the tasks, or with a reason that they are not needed."""
    if not is_needed and not note.strip():
        raise ServiceError(
            "That tasks are not needed is said with a reason only.",
            meaning="Nothing was stored.",
            remedy="Say in a few words why; the reason is kept.",
        )
    value = {"note": note.strip()[:2_000], "is_needed": is_needed}
    give_answer(item.plan, DONE, value, user=user, item=item, inputs=_mark(kit_of(item)))
    audit.record(user, "tasks.said_done", item, needed=is_needed)


def holds_for(kit: Kit, answer: PlanAnswer) -> bool:
    """True where the answer was given for the tasks that the kit has now."""
    return holds(answer, kit.item, _mark(kit))


def frozen(kit: Kit) -> list[dict[str, object]]:
    """The tasks as plain values, as the step keeps them."""
    return [
        {
            "name": task.name,
            "due": task.due.isoformat() if task.due else "",
            "sets": [asdict(one) for one in task.sets],
        }
        for task in kit.tasks
    ]


def _mark(kit: Kit) -> list[list[str]]:
    """Which tasks and sets it was said of."""
    return sorted([task.name, *sorted(one.name for one in task.sets)] for task in kit.tasks)


def _steps(run: Run, item: PlanItem) -> StepQuerySet:
    return Step.objects.current().filter(run=run, item=item, kind=_K.REBUILD_TASKS)


def _refuse_incomplete(kit: Kit) -> None:
    if not kit.tasks:
        raise ServiceError(
            f"No unfinished task of {kit.item.name} is known.",
            meaning="Nothing was started.",
            remedy="List the tasks in the worksheet first.",
        )
    if kit.lacks_date:
        raise ServiceError(
            "Some tasks have no date to come.",
            meaning="Nothing was started.",
            remedy="Choose the new due date first.",
        )


def _finished_restore(item: PlanItem) -> Run:
    """The newest restore of the workspace, of which every step is done."""
    run = Run.objects.filter(steps__item=item, kind=Run.Kind.RESTORE).order_by("-pk").first()
    target = item.plan.target
    if target is None or not target.is_connected:
        raise ServiceError(
            "The target is served by hand.",
            meaning="Nothing was started.",
            remedy="Make the tasks in Knowledge Studio as the kit says, then say that it is done.",
        )
    unfinished = Step.objects.current().filter(run=run, item=item)
    unfinished = unfinished.exclude(kind__in=AFTER_RESTORE).exclude(status=Step.Status.DONE)
    if run is None or run.cancel_asked_at or unfinished.exists():
        raise ServiceError(
            f"{item.new_name} is not restored yet.",
            meaning="Nothing was started: annotation sets are drawn from restored documents.",
            remedy="Finish the restore of this workspace first.",
        )
    return run
