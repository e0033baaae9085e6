"""Performing one step: claim it, do it, write down how it ended."""

import logging
import random
import time
from collections.abc import Iterable
from datetime import timedelta

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from migrator.errors import SessionLost, TransientError
from migrator.formats.errors import StatedError
from migrator.models import Credential, Event, Instance, LostClaim, Run, Step
from migrator.models.step_conditions import LONGEST_WAIT
from migrator.services import disk, events, queue, runs
from migrator.services.beats import CancelAsked, PauseAsked
from migrator.services.notifications import occasions
from migrator.services.pacing import OutOfTurn
from migrator.services.perform import PERFORM
from migrator.services.perform.obtain import instance_of
from migrator.services.perform.results import Done, NeedsPerson, NotYet
from migrator.services.workers import is_gone, this_worker

logger = logging.getLogger(__name__)

# Passing failures in a row before a step fails for good; one that came further begins a new row.
ATTEMPTS = 6
# Seconds before the second try; doubled for each further one, up to LONGEST_PAUSE.
FIRST_PAUSE = 2.0
LONGEST_PAUSE = 300.0
# Steps that one look for the next takes: several, because others look at the same moment.
CANDIDATES = 8
# Seconds between the tries to record how a step ended, while the database takes nothing.
RECORDING_PAUSES = (1, 2, 4, 8, 16)


def run_step(step: Step) -> bool:
    """Perform `step` if it can be claimed; whatever happens is written on its row.

    False where it is not to be had (any more).
    """
    if not step.claim(this_worker()):
        return False
    try:
        _finish(step, PERFORM[step.kind](step))
    except LostClaim:
        logger.warning("%s: gave up, somebody else has it", step)
    except Exception as problem:  # noqa: BLE001 - the one place; what is no error of ours is logged
        _record_patiently(step, problem)
    finally:
        runs.advance(step.run, step)
    return True


def run_fairest() -> None:
    """Perform the step that is next in turn.

    A message stands for one step's worth of work. Which step is decided here: the one whose run
    has the fewest steps at work, so that a small run is not kept waiting behind a large one.
    Messages that look at once see the same steps; each tries them in an order of its own, so that
    few come too late for one.
    """
    while candidates := next_in_turn(CANDIDATES):
        random.shuffle(candidates)
        for step in candidates:
            if run_step(step):
                _send_next(step)
                return


def next_in_turn(most: int) -> list[Step]:
    """Up to `most` sent steps that can be claimed, the oldest of the run that is first in turn.

    Run by run, because the database then stops at the first few: sorting all that are ready by the
    turn of their run takes longer the more workspaces a run has.
    """
    for run in Run.objects.in_turn():
        if found := list(Step.objects.claimable().sent().filter(run=run).order_by("pk")[:most]):
            return found
    return []


def _send_next(done: Step) -> None:
    """Send one of those that waited for a place at their instance: their messages are used up."""
    if done.performer == Step.Performer.CONNECTOR:
        queue.enqueue(next_in_turn(1))


def put_back_silent_steps() -> int:
    """Give the steps of workers given up for dead to others; how many there were."""
    return _put_back(Step.objects.silent(), "The worker fell silent; another one takes over.")


def put_back_orphaned_steps() -> int:
    """Give the steps of processes that died on this host to others at once; how many."""
    running = Step.objects.filter(status=Step.Status.RUNNING)
    orphaned = [step for step in running if is_gone(step.worker)]
    return _put_back(orphaned, "The worker died; the step goes on where it was.")


def put_back_own_steps() -> int:
    """Give back what this process had begun when it was interrupted; how many."""
    own = Step.objects.filter(status=Step.Status.RUNNING, worker=this_worker())
    return _put_back(own, "Interrupted.")


def _put_back(steps: Iterable[Step], said: str) -> int:
    put_back = []
    for step in steps:
        try:
            step.move(Step.Status.PENDING, claim_id=None, worker="")
        except LostClaim:
            continue  # it ended or beat just now
        events.note(step, said, Event.Level.WARNING)
        put_back.append(step)
    queue.enqueue(put_back)
    for run in {step.run for step in put_back}:
        runs.advance(run)  # a cancelled run has nobody else who would end these steps
    return len(put_back)


def _finish(step: Step, done: Done) -> None:
    step.move(
        Step.Status.DONE,
        outcome=done.outcome,
        facts={**step.facts, **done.facts},
        warnings=done.warnings,
        needs=Step.Needs.NOTHING,
        **queue.NO_PROBLEM,
    )
    level = Event.Level.WARNING if done.warnings else Event.Level.NOTE
    events.note(step, f"{step.get_kind_display()}: {done.said}", level)


def _record_patiently(step: Step, problem: Exception) -> None:
    """Record it also where the database is away for a moment, full or being started again.

    After that the step falls silent, and is put back as one whose worker died.
    """
    for pause in RECORDING_PAUSES:
        try:
            record_failure(step, problem)
        except (OperationalError, InterfaceError) as away:
            logger.warning("%s: not recorded yet: %s", step, away)
            connection.close_if_unusable_or_obsolete()
            time.sleep(pause)
        else:
            return
    record_failure(step, problem)


def record_failure(step: Step, problem: Exception) -> None:
    """Move the step to where `problem` belongs; a lost claim ends it silently."""
    try:
        match problem:
            case NeedsPerson():
                _wait(step, problem)
            case NotYet():
                _again(step, problem.delay)
            case CancelAsked():
                step.move(Step.Status.CANCELLED)
            case PauseAsked():
                step.move(Step.Status.PENDING, sent_at=None)
            case OutOfTurn():
                _again(step, problem.retry_after or 1.0)
            case SessionLost():
                _wait_for_credential(step, problem)
            case TransientError() if _failures_before(step) + 1 < ATTEMPTS:
                _retry_later(step, problem)
            case OperationalError() | InterfaceError() if step.attempts + 1 < ATTEMPTS:
                _retry_later(step, _database_away(problem))
            case StatedError():
                _fail(step, problem)
            case OSError(errno=code) if code in disk.FULL:
                _fail(step, disk.full())
            case _:
                _fail(step, _internal(problem))
    except LostClaim:
        logger.warning("%s: gave up, somebody else has it", step)


def _wait(step: Step, needed: NeedsPerson) -> None:
    step.move(Step.Status.WAITING, needs=needed.needs, **_words(needed.words))
    if needed.needs == Step.Needs.FILE and runs.has_what_it_waits_for(step):
        step.move(Step.Status.PENDING, sent_at=None)  # brought between our look and our move
        return
    events.note(step, f"{step.get_kind_display()}: waiting for you. {needed.words.happened}")
    occasions.run_waits(step)


@transaction.atomic
def _wait_for_credential(step: Step, problem: SessionLost) -> None:
    """Wait, and hold the instance's other steps; or try again where a new one is there already."""
    # Whoever stores a new credential changes this row and then wakes the steps that wait.
    instance = Instance.objects.select_for_update(no_key=True).get(pk=instance_of(step).pk)
    if _was_replaced(instance, problem):
        _again(step, 0)
        return
    instance.connection = Instance.Connection.SESSION_LOST
    instance.save(update_fields=["connection"])
    step.move(Step.Status.WAITING, needs=Step.Needs.CREDENTIAL, **_words(problem))
    events.note(step, str(problem), Event.Level.WARNING)
    occasions.credential_refused(instance)


def _was_replaced(instance: Instance, problem: SessionLost) -> bool:
    """True where another credential is stored now than the one that was refused."""
    stored = Credential.objects.filter(instance=instance)
    now = stored.values_list("stored_at", flat=True).first()
    return now is not None and now != problem.refused_stored_at


def _again(step: Step, delay: float) -> None:
    step.move(Step.Status.PENDING, not_before=timezone.now() + timedelta(seconds=delay))
    queue.enqueue([step], delay)


def _failures_before(step: Step) -> int:
    """Passing failures in a row until this one: none where the step came further than ever.

    A long download over a bad line is not given up while it moves. It ends all the same: what a
    step can come to is bounded, and only coming further counts.
    """
    return 0 if step.done > _furthest(step).get(step.unit, 0) else step.attempts


def _furthest(step: Step) -> dict[str, int]:
    """The most that any try of the step came to, by unit."""
    return dict(step.facts.get("furthest", {}))


def _retry_later(step: Step, problem: TransientError) -> None:
    before = _failures_before(step)
    pause = min(FIRST_PAUSE * 2**before, LONGEST_PAUSE) * random.uniform(0.5, 1.5)  # noqa: S311 - jitter, no secret
    pause = min(max(pause, problem.retry_after or 0), LONGEST_WAIT.total_seconds())
    furthest = _furthest(step)
    furthest[step.unit] = max(step.done, furthest.get(step.unit, 0))
    step.move(
        Step.Status.PENDING,
        attempts=before + 1,
        not_before=timezone.now() + timedelta(seconds=pause),
        facts={**step.facts, "furthest": furthest},
        **_words(problem),
    )
    events.note(step, f"{problem} Trying again in {pause:.0f} s.", Event.Level.WARNING)
    queue.enqueue([step], pause)


def _fail(step: Step, problem: StatedError) -> None:
    step.move(Step.Status.FAILED, needs=Step.Needs.NOTHING, **_words(problem))
    events.note(step, f"{step.get_kind_display()}: {problem}", Event.Level.ERROR)


def _database_away(problem: Exception) -> TransientError:
    logger.warning("%s: %s", type(problem).__name__, problem)
    return TransientError(
        "The database did not take what this step had to record.",
        meaning="What was done before is kept, and is looked at before anything is done again.",
        remedy="If this lasts, see whether the database runs and its disk has room.",
    )


def _internal(problem: Exception) -> StatedError:
    logger.error("%s", type(problem).__name__, exc_info=problem)
    return StatedError(
        "An internal error stopped this step.",
        meaning="What was done before it is kept.",
        remedy="The server's log has the details; retry the step after that.",
    )


def _words(problem: StatedError) -> dict[str, str]:
    return {
        "problem": problem.happened,
        "problem_meaning": problem.meaning,
        "problem_remedy": problem.remedy,
        "problem_reference": problem.reference,
    }
