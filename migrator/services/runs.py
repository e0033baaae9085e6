"""Starting, steering and closing runs."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from migrator.checks.answers import many
from migrator.errors import ServiceError
from migrator.models import Event, LostClaim, Plan, Run, Step, StepFile
from migrator.services import archive_files, audit, checks, encryption, events, queue, work_files
from migrator.services.notifications import occasions
from migrator.services.permissions import requires
from migrator.services.plans import plan_again, remember_targets
from migrator.services.step_lists import steps_for

# Steps without which the others still mean something. Types and documents are not among them: an
# archive or a copy without them would be none.
SKIPPABLE = frozenset(
    {
        Step.Kind.DICTIONARIES,
        Step.Kind.RESTORE_DICTIONARIES,
        Step.Kind.RESTORE_READ_ONLY,
        Step.Kind.MAP_DICTIONARIES,
        Step.Kind.RESTORE_PEOPLE,
        Step.Kind.PROOF_DICTIONARIES,
    }
)


class AlreadyRunning(ServiceError):
    """Another run works on the same workspace; `run_pk` names it."""

    def __init__(self, name: str, run_pk: int) -> None:
        super().__init__(
            f"Run {run_pk} already works on {name}.",
            meaning="Nothing was started, so nothing is read or written twice.",
            remedy=f"Open run {run_pk}: wait for it, retry it or cancel it.",
        )
        self.run_pk = run_pk


@requires("migrator.start_run")
@transaction.atomic
def start_run(*, plan: Plan, user: User | None, kind: str = "") -> Run:
    """Record what `user` asked for and queue it; the workers do the rest.

    `kind` says which run of a guided plan; a quick start has one only. Raises AlreadyRunning where
    another run works on one of the workspaces, and ServiceError where its archives cannot be
    encrypted as was chosen.
    """
    run = Run.objects.create(kind=Run.Kind(kind or plan.purpose), plan=plan, started_by=user)
    if run.kind == Run.Kind.BACKUP:
        encryption.apply_rules(plan)
    else:
        archive_files.refuse_locked(plan)
    steps = steps_for(run)
    _take_over(run, steps)
    refuse_doubles(steps)
    try:
        with transaction.atomic():
            Step.objects.bulk_create(steps)
    except IntegrityError:
        refuse_doubles(steps)
        raise
    count = plan.items.count()
    audit.record(user, f"{run.kind}.started", run, items=count, steps=len(steps))
    events.note_run(run, f"{run.get_kind_display()} of {many(count, 'workspace')} started.")
    queue.enqueue_ready(run)
    return run


def _take_over(run: Run, steps: Iterable[Step]) -> None:
    """Give up what runs that ended left undone on the same workspaces: `run` does it anew."""
    left = Step.objects.filter(
        subject__in={step.subject for step in steps},
        status=Step.Status.PENDING,
        run__finished_at__isnull=False,
    )
    for step in left.select_related("item"):
        _cancel(step)
        events.note(step, f"{step.get_kind_display()}: given up, run {run.pk} does it anew.")


def refuse_doubles(steps: Iterable[Step], ours: Run | None = None) -> None:
    """Raise AlreadyRunning where a run other than `ours` works on one of the workspaces."""
    subjects = {step.subject for step in steps}
    other = (
        Step.objects.filter(subject__in=subjects, status__in=Step.ACTIVE)
        .exclude(run=ours)
        .select_related("item")
        .first()
    )
    if other is not None:
        raise AlreadyRunning(other.item.name, other.run_id)


@requires("migrator.start_run")
@transaction.atomic
def cancel_run(run: Run, *, user: User | None) -> None:
    """Stop the run: what has not begun never begins, what works stops at its next chunk."""
    asked = Run.objects.filter(pk=run.pk, finished_at=None, cancel_asked_at=None).update(
        cancel_asked_at=timezone.now()
    )
    if asked:
        audit.record(user, "run.cancelled", run)
        events.note_run(run, "Cancelled. What was already done stays as it is.")
    advance(run)


@requires("migrator.start_run")
def pause_run(run: Run, *, user: User | None) -> None:
    """Ask the workers to stop after their current chunk and keep their places."""
    if Run.objects.filter(pk=run.pk, finished_at=None, pause_asked_at=None).update(
        pause_asked_at=timezone.now()
    ):
        audit.record(user, "run.paused", run)
        events.note_run(run, "Paused.")


@requires("migrator.start_run")
def resume_run(run: Run, *, user: User | None) -> None:
    """Go on where the run was paused."""
    if Run.objects.filter(pk=run.pk).exclude(pause_asked_at=None).update(pause_asked_at=None):
        audit.record(user, "run.resumed", run)
        events.note_run(run, "Resumed.")
        Step.objects.filter(run=run, status=Step.Status.PENDING).update(sent_at=None)
        queue.enqueue_ready(run)


@requires("migrator.start_run")
@transaction.atomic
def skip_step(step: Step, *, user: User | None, reason: str) -> None:
    """Leave out one step that waits or failed, so that the steps behind it go on.

    Raises ServiceError without a reason, and for steps whose result later ones cannot do without.
    """
    if not reason.strip():
        raise ServiceError(
            "A step is skipped with a reason only.",
            meaning="Nothing changed.",
            remedy="Say in a few words why it is left out; the reason is kept with the run.",
        )
    if step.kind not in SKIPPABLE or step.status not in {Step.Status.WAITING, Step.Status.FAILED}:
        raise ServiceError(
            f"{step.get_kind_display()} cannot be skipped.",
            meaning="Nothing changed.",
            remedy="Retry it, or cancel the run.",
        )
    Run.objects.filter(pk=step.run_id).update(finished_at=None)
    step.move(
        Step.Status.DONE,
        outcome=Step.Outcome.SKIPPED,
        needs=Step.Needs.NOTHING,
        answer={**step.answer, "skipped": reason.strip()},
        warnings=1,
        **queue.NO_PROBLEM,
    )
    audit.record(user, "step.skipped", step, reason=reason.strip())
    events.note(step, f"{step.get_kind_display()}: skipped. {reason.strip()}", Event.Level.WARNING)
    advance(step.run, step)


@requires("migrator.start_run")
@transaction.atomic
def run_again(run: Run, *, user: User | None) -> Run:
    """Start the same plan once more: a restore finds what did not change already identical, a
    backup seals archives of its own.

    Where the run created its target workspace, the new one goes into that. Raises ServiceError
    while `run` is under way, and AlreadyRunning where another run works on one of the workspaces.
    """
    run.refresh_from_db(fields=["finished_at"])
    if run.finished_at is None:
        raise AlreadyRunning(str(run.plan.items.first()), run.pk)
    if run.plan.is_guided:
        remember_targets(run)
        return start_run(plan=run.plan, user=user, kind=run.kind)
    return start_run(plan=plan_again(run, user=user), user=user)


def advance(run: Run, changed: Step | None = None) -> None:
    """Send what has become ready, or close the run where nothing is left to do.

    `changed`: the one step that did, so that only those of its item can have become ready. While
    it waits for a person it holds up these and the run.
    """
    run.refresh_from_db()
    if run.cancel_asked_at:
        _cancel_what_stands(run)
    elif changed is not None and changed.status == Step.Status.WAITING:
        return
    if not queue.enqueue_ready(run, changed.item if changed else None):
        close_if_finished(run)


def advance_forgotten_runs() -> int:
    """Close what a process left open that died after its last step; how many runs there were.

    Among them cancelled runs whose steps went back to pending after the cancelling had looked.
    """
    ended = Q(pk__in=Run.objects.at_their_end()) | ~Q(cancel_asked_at=None)
    forgotten = list(Run.objects.open().filter(ended))
    for run in forgotten:
        advance(run)
    return len(forgotten)


def close_if_finished(run: Run) -> bool:
    """Stamp the end once: True for the caller whose update did it."""
    if not Run.objects.filter(pk=run.pk).at_their_end().update(finished_at=timezone.now()):
        return False
    if not Step.objects.current().filter(run=run, status__in=["pending", "failed"]).exists():
        work_files.remove_run_folder(run)  # nothing can be retried, so nothing is needed again
        encryption.forget_passphrase(run.plan)
    events.note_run(run, "Finished.")
    occasions.run_ended(run)
    checks.recheck(run.plan)
    return True


def has_what_it_waits_for(step: Step) -> bool:
    """True where a person brought the file or the answer that `step` was about to wait for."""
    step.refresh_from_db(fields=["answer"])
    if step.kind in {Step.Kind.DICTIONARIES, Step.Kind.PROOF_DICTIONARIES}:
        return bool(step.answer)
    return step.files.filter(role=StepFile.Role.SAVED).exists()


def _cancel_what_stands(run: Run) -> None:
    stoppable = [Step.Status.PENDING, Step.Status.WAITING]
    for step in Step.objects.current().filter(run=run, status__in=stoppable):
        _cancel(step)


def _cancel(step: Step) -> None:
    try:
        step.move(Step.Status.CANCELLED)
    except LostClaim:
        events.note(step, "It was just being taken by a worker.", Event.Level.NOTE)
