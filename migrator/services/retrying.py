"""Trying again what failed: all of a run, or one step."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from migrator.errors import ServiceError
from migrator.models import Run, Step
from migrator.services import audit, events, queue
from migrator.services.permissions import requires
from migrator.services.runs import refuse_doubles


@requires("migrator.start_run")
@transaction.atomic
def retry_failed(run: Run, *, user: User | None) -> int:
    """Put the failed steps back, and only those; how many there were.

    Raises AlreadyRunning where another run works on one of the workspaces, ServiceError where the
    run was cancelled or a later run took all of it over.
    """
    if run.cancel_asked_at:
        raise ServiceError(
            "This run was cancelled, so nothing of it can be retried.",
            meaning="What was done before is kept.",
            remedy="Start a new run: what is in the target already will be found identical.",
        )
    failed = list(_retriable(run))
    if not failed:
        raise ServiceError(
            "Nothing of this run can be retried: nothing failed, or a later run took it over.",
            meaning="Nothing was started.",
            remedy="Look at the newest run of the workspace, or run this one again.",
        )
    _put_back_failed(run, failed)
    audit.record(user, "run.retried", run, steps=len(failed))
    noun = "step" if len(failed) == 1 else "steps"
    events.note_run(run, f"Retrying {len(failed)} failed {noun}.")
    queue.enqueue_ready(run)
    return len(failed)


@requires("migrator.start_run")
@transaction.atomic
def retry_step(step: Step, *, user: User | None) -> None:
    """Put one failed step back; the others stay as they are.

    Raises AlreadyRunning where another run works on the workspace, ServiceError where the step is
    not to be retried any more.
    """
    run = step.run
    if run.cancel_asked_at or not _retriable(run).filter(pk=step.pk).exists():
        raise ServiceError(
            f"{step.get_kind_display()} cannot be retried: it did not fail, its run was cancelled, "
            "or a later run took it over.",
            meaning="Nothing was started.",
            remedy="Load the page again to see where the run is.",
        )
    _put_back_failed(run, [step])
    audit.record(user, "step.retried", step)
    events.note(step, f"{step.get_kind_display()}: tried again.")
    queue.enqueue_ready(run)


@requires("migrator.start_run")
@transaction.atomic
def split_and_retry(step: Step, *, user: User | None) -> None:
    """Try an upload again that was refused for its size, in parts of half of it.

    The target is looked at first: what is there is not sent again. ServiceError where the step did
    not fail for that.
    """
    refused = step.facts.get("too_large")
    if not refused:
        raise ServiceError(
            f"{step.get_kind_display()} was not refused for its size.",
            meaning="Nothing was started.",
            remedy="Retry it as it is, or see what else is in the way.",
        )
    facts = {name: found for name, found in step.facts.items() if name not in _OF_THE_PARTS}
    Step.objects.filter(pk=step.pk).update(facts={**facts, "split_to": refused // 2})
    step.ledger.filter(kind="upload").delete()
    step.refresh_from_db(fields=["facts"])
    retry_step(step, user=user)
    events.note(step, f"The documents go in parts of at most {refused // 2:,} bytes.")


# Facts that go when the documents are laid out in parts anew.
_OF_THE_PARTS = frozenset({"too_large", "parts", "on_its_way"})


def _put_back_failed(run: Run, failed: Iterable[Step]) -> None:
    refuse_doubles(failed, ours=run)
    Run.objects.filter(pk=run.pk).update(finished_at=None)
    for step in failed:
        step.move(
            Step.Status.PENDING,
            attempts=0,
            not_before=None,
            sent_at=None,
            finished_at=None,
            **queue.NO_PROBLEM,
        )


def _retriable(run: Run) -> QuerySet[Step]:
    """The failed steps whose later steps are still there to go on."""
    steps = Step.objects.current().filter(run=run)
    given_up = steps.filter(status=Step.Status.CANCELLED).values("item")
    return steps.filter(status=Step.Status.FAILED).exclude(item__in=given_up)
