"""What a dead worker left: found, ended, and never done twice."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import Settings

from migrator.errors import SessionLost, TransientError
from migrator.models import Archive, Instance, Run, RunState, Step, Verification
from migrator.services import queue, retrying, runs, work_files
from migrator.services.beats import progress_of
from migrator.services.drive import drive
from migrator.services.instances import replace_credential
from migrator.services.inventories import inventory_now
from migrator.services.leftovers import remove_leftovers
from migrator.services.plans import plan_backup
from migrator.services.steps import ATTEMPTS, put_back_silent_steps, record_failure, run_step
from tests.sandbox.fixtures import RunningSandbox
from tests.services.test_by_connector import back_up, problems, restore

Connected = dict[str, Instance]


@pytest.mark.django_db(transaction=True)
def test_an_import_that_still_works_when_its_answer_was_lost_is_waited_for(
    connected: Connected, operator: User, sandbox: RunningSandbox
) -> None:
    back_up(connected["source"], operator, "News")
    sandbox.options(job_seconds=3)
    sandbox.fault("reset", path="documentsets/import", after=True)
    run = restore(Archive.objects.get(), connected["target"], operator)
    assert run.state in {RunState.COMPLETED, RunState.WARNINGS}, problems(run)
    assert len(sandbox.called("documentsets/import")) == 1
    proof = Verification.objects.get()
    assert proof.compared["documents"][0] == proof.compared["documents"][1]


@pytest.mark.django_db(transaction=True)
def test_an_upload_that_never_arrived_is_sent_again(
    connected: Connected, operator: User, sandbox: RunningSandbox, settings: Settings
) -> None:
    settings.IMPORT_SETTLE_SECONDS = 1
    back_up(connected["source"], operator, "News")
    sandbox.fault("reset", path="documentsets/import")
    run = restore(Archive.objects.get(), connected["target"], operator)
    assert run.state in {RunState.COMPLETED, RunState.WARNINGS}, problems(run)
    assert run.steps.get(kind=Step.Kind.RESTORE_DOCUMENTS).outcome == Step.Outcome.CREATED
    proof = Verification.objects.get()
    assert proof.compared["documents"][0] == proof.compared["documents"][1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", [Step.Kind.SEAL, Step.Kind.COMPARE])
def test_what_was_stored_before_the_worker_died_is_not_stored_again(
    connected: Connected, operator: User, kind: Step.Kind
) -> None:
    run = back_up(connected["source"], operator, "News")
    if kind == Step.Kind.COMPARE:
        run = restore(Archive.objects.get(), connected["target"], operator)
    step = run.steps.get(kind=kind)
    Step.objects.filter(pk=step.pk).update(status=Step.Status.PENDING)  # it never said so
    Run.objects.filter(pk=run.pk).update(finished_at=None)
    with queue.in_process():
        drive(run)
    assert run.steps.get(kind=kind).status == Step.Status.DONE
    assert Archive.objects.count() == 1
    assert Verification.objects.count() == (1 if kind == Step.Kind.COMPARE else 0)


@pytest.mark.django_db
@pytest.mark.parametrize("stored_meanwhile", [True, False])
def test_a_credential_stored_while_the_old_one_was_refused_is_not_waited_for(
    connected: Connected, operator: User, sandbox: RunningSandbox, stored_meanwhile: bool
) -> None:
    source = connected["source"]
    inventory_now(source, user=operator)
    with queue.in_process():
        plan = plan_backup(source=source, workspaces=source.workspaces.all()[:1], user=operator)
        run = runs.start_run(plan=plan, user=operator)
        step = Step.objects.claimable().filter(run=run)[0]
        assert step.claim()
        refused = SessionLost("Refused.")
        assert source.credential is not None
        refused.refused_stored_at = source.credential.stored_at
        if stored_meanwhile:
            replace_credential(source, user=None, credential=sandbox.new_session("source"))
        record_failure(step, refused)
    step.refresh_from_db()
    source.refresh_from_db()
    lost = source.connection == Instance.Connection.SESSION_LOST
    assert (step.status, lost) == (("pending", False) if stored_meanwhile else ("waiting", True))


@pytest.mark.django_db
def test_a_step_that_comes_further_each_time_is_not_given_up(run: Run) -> None:
    step = Step.objects.claimable().get(run=run)
    trouble = TransientError("The line broke.")
    with queue.in_process():
        for megabytes in range(1, 3 * ATTEMPTS):
            _fail_at(step, megabytes, trouble)
            assert (step.status, step.attempts) == ("pending", 1)
        for failures in range(2, ATTEMPTS):
            _fail_at(step, 1, trouble)
            assert (step.status, step.attempts) == ("pending", failures)
        _fail_at(step, 1, trouble)
    assert step.status == "failed"


def _fail_at(step: Step, done: int, trouble: TransientError) -> None:
    """Claim the step, come to `done`, and fail in passing."""
    Step.objects.filter(pk=step.pk).update(not_before=None)
    assert step.claim()
    progress_of(step, "bytes")(done, 1000)
    record_failure(step, trouble)


@pytest.mark.django_db
def test_a_cancelled_run_whose_worker_died_ends(
    run: Run, operator: User, long_ago: datetime
) -> None:
    step = Step.objects.claimable().get(run=run)
    assert step.claim()
    with queue.in_process():
        runs.cancel_run(run, user=operator)
        assert Run.objects.get(pk=run.pk).finished_at is None
        Step.objects.filter(pk=step.pk).update(beat_at=long_ago)
        assert put_back_silent_steps() == 1
    ended = Run.objects.with_state().get(pk=run.pk)
    assert ended.finished_at is not None
    assert ended.state == RunState.CANCELLED


@pytest.mark.django_db
def test_a_run_whose_last_worker_died_before_closing_it_is_closed(run: Run) -> None:
    Step.objects.filter(run=run).update(status=Step.Status.DONE)
    assert runs.advance_forgotten_runs() == 1
    assert Run.objects.get(pk=run.pk).finished_at is not None
    assert runs.advance_forgotten_runs() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("hours", [-2, 2])
def test_a_clock_that_was_set_holds_no_step_for_ever(run: Run, hours: int) -> None:
    step = Step.objects.claimable().get(run=run)
    Step.objects.filter(pk=step.pk).update(not_before=timezone.now() + timedelta(hours=hours))
    assert step.claim()
    Step.objects.filter(pk=step.pk).update(beat_at=timezone.now() + timedelta(hours=hours))
    with queue.in_process():
        assert put_back_silent_steps() == 1


@pytest.mark.django_db
def test_files_of_dead_runs_and_abandoned_uploads_are_removed(
    run: Run, settings: Settings, tmp_path: Path
) -> None:
    settings.WORK_DIR = tmp_path
    for name in (
        f"runs/{run.pk}/1/part",
        "runs/987654/1/part",
        "uploads/old",
        "uploads/new",
        "temporary/old",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    for name in ("uploads/old", "temporary/old"):
        os.utime(tmp_path / name, (0, 0))
    assert remove_leftovers() == 3
    assert not list((tmp_path / "temporary").iterdir())
    assert work_files.run_folder(run.pk).exists()
    assert not work_files.run_folder(987654).exists()
    assert [path.name for path in (tmp_path / "uploads").iterdir()] == ["new"]


@pytest.mark.django_db
def test_a_nearly_full_disk_stops_the_step_with_a_remedy(
    connected: Connected, operator: User, settings: Settings
) -> None:
    settings.DISK_RESERVE_MB = 10**9
    run = back_up(connected["source"], operator, "News")
    assert run.state == RunState.FAILED
    assert "disk is nearly full" in problems(run)[0]
    assert not Archive.objects.exists()
    settings.DISK_RESERVE_MB = 1
    with queue.in_process():
        retrying.retry_failed(run, user=operator)
        drive(run)
    assert Archive.objects.count() == 1


@pytest.mark.django_db
def test_a_second_message_for_a_step_does_nothing(run: Run) -> None:
    step = Step.objects.claimable().get(run=run)
    with queue.in_process():
        assert run_step(step)
        assert not run_step(Step.objects.get(pk=step.pk))
