"""The step as a state machine: claimed once, never overwritten by a loser."""

import socket
import subprocess
import sys
from datetime import datetime

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import Settings

from migrator.errors import ServiceError
from migrator.models import Instance, InvalidMove, LostClaim, Plan, Run, RunState, Step
from migrator.services import queue, runs
from migrator.services.plans import add_workspace_by_hand, plan_backup
from migrator.services.steps import (
    next_in_turn,
    put_back_orphaned_steps,
    put_back_silent_steps,
    run_step,
)
from migrator.services.workers import this_worker

pytestmark = pytest.mark.django_db


@pytest.fixture
def step(run: Run) -> Step:
    """The one step that can be claimed at first: the workspace's facts."""
    return Step.objects.claimable().get(run=run)


def test_a_step_is_claimed_once(step: Step) -> None:
    rival = Step.objects.get(pk=step.pk)
    assert step.claim()
    assert not rival.claim()


def test_a_slow_worker_cannot_overwrite_its_successor(step: Step, long_ago: datetime) -> None:
    assert step.claim()
    Step.objects.filter(pk=step.pk).update(beat_at=long_ago)
    with queue.in_process():
        assert put_back_silent_steps() == 1
    successor = Step.objects.get(pk=step.pk)
    assert successor.claim()
    with pytest.raises(LostClaim):
        step.move(Step.Status.DONE)
    assert Step.objects.get(pk=step.pk).status == Step.Status.RUNNING


def test_a_beating_step_is_left_alone(step: Step) -> None:
    assert step.claim()
    assert put_back_silent_steps() == 0


def test_nothing_leaves_done(step: Step) -> None:
    step.claim()
    step.move(Step.Status.DONE)
    with pytest.raises(InvalidMove):
        step.move(Step.Status.PENDING)


def test_later_stages_wait_for_earlier_ones(run: Run, step: Step) -> None:
    later = Step.objects.get(run=run, kind=Step.Kind.SEAL)
    assert not later.claim()
    step.claim()
    step.move(Step.Status.FAILED)
    assert set(Step.objects.filter(run=run).unblocked()) == {step}


def test_two_active_steps_for_one_artifact_are_refused_by_the_database(step: Step) -> None:
    step.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        step.save(force_insert=True)


def test_a_second_run_on_the_same_workspace_names_the_first(
    plan: Plan, run: Run, operator: User
) -> None:
    with pytest.raises(runs.AlreadyRunning) as refused:
        runs.start_run(plan=plan, user=operator)
    assert refused.value.run_pk == run.pk
    assert Run.objects.count() == 1


def test_a_paused_run_hands_out_nothing(run: Run, step: Step, operator: User) -> None:
    runs.pause_run(run, user=operator)
    assert not step.claim()
    assert Run.objects.with_state().get(pk=run.pk).state == RunState.PAUSED
    with queue.in_process():
        runs.resume_run(run, user=operator)
    assert step.claim()


def test_a_cancelled_run_ends_and_frees_its_workspace(run: Run, plan: Plan, operator: User) -> None:
    with queue.in_process():
        runs.cancel_run(run, user=operator)
        run.refresh_from_db()
        assert run.finished_at is not None
        assert Run.objects.with_state().get(pk=run.pk).state == RunState.CANCELLED
        assert runs.start_run(plan=plan, user=operator).pk != run.pk


def test_the_run_with_the_fewest_steps_at_work_is_next(
    run: Run, step: Step, by_hand: Instance, operator: User
) -> None:
    small = add_workspace_by_hand(instance=by_hand, user=operator, name="Small", language="en")
    with queue.in_process():
        plan = plan_backup(source=by_hand, workspaces=[small], user=operator)
        other = runs.start_run(plan=plan, user=operator)
        run_step(step)
    types = Step.objects.get(run=run, kind=Step.Kind.TYPES)
    assert types.claim()
    Step.objects.filter(status=Step.Status.PENDING).update(sent_at=timezone.now())
    assert [first.run_id for first in next_in_turn(4)] == [other.pk]


def test_what_becomes_ready_while_its_instance_is_full_is_next_once_there_is_a_place(
    run: Run, step: Step, by_hand: Instance, operator: User, settings: Settings
) -> None:
    settings.INSTANCE_STEPS = 1
    small = add_workspace_by_hand(instance=by_hand, user=operator, name="Small", language="en")
    with queue.in_process():
        plan = plan_backup(source=by_hand, workspaces=[small], user=operator)
        other = runs.start_run(plan=plan, user=operator)
        run_step(step)
    Step.objects.filter(run=other).update(performer=Step.Performer.CONNECTOR)
    Step.objects.filter(run=run).update(performer=Step.Performer.CONNECTOR)
    working = Step.objects.claimable().filter(run=other)[0]
    assert working.claim()
    assert queue.enqueue_ready(run, step.item) > 0
    assert not next_in_turn(1)
    working.move(Step.Status.FAILED)
    assert [found.run_id for found in next_in_turn(1)] == [run.pk]


def test_steps_of_a_dead_process_are_taken_over_at_once(step: Step) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    number = ended.pid
    ended.wait()
    assert step.claim(f"{socket.gethostname()} {number} 12345")
    with queue.in_process():
        assert put_back_orphaned_steps() == 1
    assert Step.objects.get(pk=step.pk).status == Step.Status.PENDING


def test_steps_of_living_and_of_foreign_processes_are_left_alone(step: Step) -> None:
    assert step.claim(this_worker())
    assert put_back_orphaned_steps() == 0
    Step.objects.filter(pk=step.pk).update(worker="elsewhere 1 1")
    assert put_back_orphaned_steps() == 0


def test_a_step_is_skipped_with_a_reason_only(run: Run, step: Step, operator: User) -> None:
    with queue.in_process():
        run_step(step)
        run_step(Step.objects.get(run=run, kind=Step.Kind.TYPES))
        run_step(Step.objects.get(run=run, kind=Step.Kind.DICTIONARIES))
        waiting = Step.objects.get(run=run, kind=Step.Kind.DICTIONARIES)
        with pytest.raises(ServiceError, match="reason"):
            runs.skip_step(waiting, user=operator, reason=" ")
        types = Step.objects.get(run=run, kind=Step.Kind.TYPES)
        with pytest.raises(ServiceError, match="cannot be skipped"):
            runs.skip_step(types, user=operator, reason="no time")
        runs.skip_step(waiting, user=operator, reason="They are kept elsewhere.")
    waiting.refresh_from_db()
    assert (waiting.status, waiting.outcome) == (Step.Status.DONE, Step.Outcome.SKIPPED)
    assert run.events.filter(text__contains="They are kept elsewhere.").exists()


def test_steps_by_hand_wait_for_their_files(run: Run, step: Step) -> None:
    with queue.in_process():
        run_step(step)
        run_step(Step.objects.get(run=run, kind=Step.Kind.TYPES))
        run_step(Step.objects.get(run=run, kind=Step.Kind.DICTIONARIES))
    waiting = Step.objects.filter(run=run, status=Step.Status.WAITING)
    assert {one.kind for one in waiting} == {Step.Kind.TYPES, Step.Kind.DICTIONARIES}
    assert "Download Types" in waiting.get(kind=Step.Kind.TYPES).problem_remedy
    assert Run.objects.with_state().get(pk=run.pk).state == RunState.WAITING


def test_a_run_is_not_over_while_its_last_step_works(run: Run, step: Step) -> None:
    Step.objects.filter(run=run).exclude(pk=step.pk).update(status=Step.Status.DONE)
    assert step.claim()
    assert not runs.close_if_finished(run)
    step.move(Step.Status.DONE)
    assert runs.close_if_finished(run)
    assert not runs.close_if_finished(run), "only one caller may close it"
