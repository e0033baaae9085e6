"""Backup and restore through the connector, against the sandbox over real HTTP."""

import json
import zipfile
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from migrator.errors import ServiceError
from migrator.models import (
    Archive,
    Instance,
    ProofFigures,
    Run,
    RunState,
    Step,
    Verification,
    Workspace,
)
from migrator.services import archives, queue, retrying, runs, work_files
from migrator.services.archive_files import local_copy
from migrator.services.drive import drive
from migrator.services.instances import check_connection, replace_credential
from migrator.services.inventories import inventory_now
from migrator.services.plans import plan_backup, plan_restore
from migrator.services.steps import run_step
from tests.sandbox.fixtures import RunningSandbox
from tests.stored import spoil_stored

pytestmark = pytest.mark.django_db(transaction=True)
Connected = dict[str, Instance]


def performed(plan_or_run: Run) -> Run:
    """The run after everything that needs no person was done."""
    with queue.in_process():
        drive(plan_or_run)
    return Run.objects.with_state().get(pk=plan_or_run.pk)


def back_up(instance: Instance, user: User, *names: str) -> Run:
    """A performed backup of the named workspaces (the largest by default)."""
    inventory_now(instance, user=user)
    rows = instance.workspaces.filter(name__in=names) if names else _largest(instance)
    with queue.in_process():
        run = runs.start_run(
            plan=plan_backup(source=instance, workspaces=rows, user=user), user=user
        )
    return performed(run)


def restore(archive: Archive, target: Instance, user: User, into: str = "") -> Run:
    """A performed restore of `archive`, into a new workspace by default."""
    with queue.in_process():
        plan = plan_restore(archive=archive, target=target, user=user, target_workspace_id=into)
        run = runs.start_run(plan=plan, user=user)
    return performed(run)


def _largest(instance: Instance) -> list[Workspace]:
    return list(instance.workspaces.present().order_by("-documents")[:1])


def problems(run: Run) -> list[str]:
    """What kept steps from being done."""
    return [f"{s.kind}: {s.problem}" for s in run.steps.exclude(problem="")]


def test_the_connection_test_lists_what_answered(connected: Connected, operator: User) -> None:
    tested = check_connection(connected["source"], user=None)
    silent = [answer for answer in tested.answers if answer["answered"] is False]
    assert tested.connection == Instance.Connection.CONNECTED, silent
    assert {"health", "list_workspaces"} <= {answer["operation"] for answer in tested.answers}


def test_an_inventory_sees_everything_that_belongs_to_a_workspace(
    connected: Connected, operator: User
) -> None:
    source = connected["source"]
    inventory = inventory_now(source, user=operator)
    assert inventory.is_complete
    assert inventory.workspaces_seen == source.workspaces.count() > 1
    largest = _largest(source)[0]
    assert largest.document_sets.exists()
    assert largest.dictionaries.exists()


def test_a_failed_inventory_keeps_what_the_last_one_saw(
    connected: Connected, operator: User, sandbox: RunningSandbox
) -> None:
    source = connected["source"]
    inventory_now(source, user=operator)
    seen = source.workspaces.count()
    sandbox.fault("status", path="/dictionaries", status=404, count=1)
    with pytest.raises(ServiceError):
        inventory_now(source, user=operator)
    assert source.workspaces.present().count() == seen
    assert source.inventories.first().is_complete is False  # type: ignore[union-attr]


def test_a_backup_seals_one_verified_archive_per_workspace(
    connected: Connected, operator: User, tmp_path: Path
) -> None:
    source = connected["source"]
    inventory_now(source, user=operator)
    deployed = source.workspaces.filter(model_versions__deployments__isnull=False).first()
    assert deployed is not None
    run = back_up(source, operator, deployed.name)
    assert run.state in {RunState.COMPLETED, RunState.WARNINGS}, problems(run)
    archive = Archive.objects.get()
    assert archive.verified_at is not None
    with local_copy(archive) as path, zipfile.ZipFile(path) as opened:
        assert path.stat().st_size == archive.size
        name = next(name for name in opened.namelist() if name.endswith("workspace.json"))
        facts = json.loads(opened.read(name))
    losses = {loss["what"] for loss in facts["cannot_move"]}
    assert {"Read-only dictionaries", "Annotation tasks", "Models and their snapshots"} <= losses


def test_a_restore_is_proved_equal(
    connected: Connected, operator: User, sandbox: RunningSandbox
) -> None:
    back_up(connected["source"], operator)
    archive = Archive.objects.get()
    run = restore(archive, connected["target"], operator)
    assert run.state in {RunState.COMPLETED, RunState.WARNINGS}, problems(run)
    proof = Verification.objects.get()
    listed = list(proof.differences.values_list("kind", "detail", "reason"))
    assert proof.state == Verification.State.VERIFIED, listed[:10]
    assert archive.workspace_name in sandbox.workspaces("target")
    figures = ProofFigures.objects.get(verification=proof)
    assert figures.documents_differing == 0
    for types in (figures.source_types, figures.target_types):
        assert types is not None
        mentions = sum(node["mentions"] for node in types["nodes"])
        assert [mentions, mentions] == proof.compared["mentions"]


def test_restoring_twice_into_the_same_workspace_changes_nothing(
    connected: Connected, operator: User
) -> None:
    back_up(connected["source"], operator)
    archive = Archive.objects.get()
    first = restore(archive, connected["target"], operator)
    target_id = first.steps.get(kind=Step.Kind.TARGET).facts["workspace_id"]
    second = restore(archive, connected["target"], operator, into=target_id)
    outcomes = dict(second.steps.values_list("kind", "outcome"))
    assert outcomes[Step.Kind.RESTORE_TYPES] == "identical", problems(second)
    assert outcomes[Step.Kind.RESTORE_DICTIONARIES] == "identical"
    assert outcomes[Step.Kind.MAP_DICTIONARIES] in {"identical", "nothing"}
    assert outcomes[Step.Kind.RESTORE_DOCUMENTS] == "identical"
    assert Verification.objects.filter(run=second).get().state == Verification.State.VERIFIED


def test_a_taken_name_is_refused_before_anything_is_created(
    connected: Connected, operator: User, sandbox: RunningSandbox
) -> None:
    back_up(connected["source"], operator)
    archive = Archive.objects.get()
    sandbox.create_workspace(archive.workspace_name)
    run = restore(archive, connected["target"], operator)
    assert run.state == RunState.FAILED
    assert "already has a workspace named" in problems(run)[0]
    assert len(sandbox.workspaces("target")) == 1


def test_another_language_is_refused_before_anything_is_uploaded(
    connected: Connected, operator: User, sandbox: RunningSandbox
) -> None:
    back_up(connected["source"], operator)
    german = sandbox.create_workspace("Deutsch", language="de")
    run = restore(Archive.objects.get(), connected["target"], operator, into=german)
    assert run.state == RunState.FAILED
    assert "has the language de" in problems(run)[0]
    assert not sandbox.called(f"{german}/typestore/import")


def test_a_damaged_archive_is_refused_before_the_target_is_touched(
    connected: Connected, operator: User, sandbox: RunningSandbox
) -> None:
    back_up(connected["source"], operator)
    archive = Archive.objects.get()
    spoil_stored(archive.file)
    run = restore(archive, connected["target"], operator)
    assert run.state == RunState.FAILED
    assert run.steps.get(status="failed").kind == Step.Kind.CHECK_ARCHIVE
    assert not sandbox.workspaces("target")
    assert archives.verify_archive(archive, user=operator).verify_problem


def test_passing_failures_are_tried_again(
    connected: Connected, operator: User, sandbox: RunningSandbox
) -> None:
    inventory_now(connected["source"], user=operator)
    sandbox.fault("truncated", path="documentsets/export", count=1)
    run = back_up(connected["source"], operator)
    assert run.state in {RunState.COMPLETED, RunState.WARNINGS}, problems(run)


def test_a_lost_session_waits_for_a_credential_and_goes_on(
    connected: Connected, operator: User, sandbox: RunningSandbox
) -> None:
    source = connected["source"]
    replace_credential(source, user=None, credential=sandbox.new_session("source"))
    inventory_now(source, user=operator)
    sandbox.expire_sessions("source")
    with queue.in_process():
        plan = plan_backup(source=source, workspaces=_largest(source), user=operator)
        run = performed(runs.start_run(plan=plan, user=operator))
    assert run.state == RunState.WAITING
    assert run.steps.get(status="waiting").needs == Step.Needs.CREDENTIAL
    with queue.in_process():
        replace_credential(source, user=None, credential=sandbox.new_session("source"))
    run = performed(run)
    assert run.state in {RunState.COMPLETED, RunState.WARNINGS}, problems(run)


def test_a_broken_download_continues_where_it_stopped(
    connected: Connected, operator: User, sandbox: RunningSandbox
) -> None:
    inventory_now(connected["source"], user=operator)
    # Three tries within one call are the client's own; the fourth is a new claim of the step.
    sandbox.fault("truncated", path="documentsets/export", count=4)
    run = back_up(connected["source"], operator)
    assert run.state in {RunState.COMPLETED, RunState.WARNINGS}, problems(run)
    statuses = [call["status"] for call in sandbox.called("documentsets/export")]
    assert 206 in statuses, statuses
    with local_copy(Archive.objects.get()) as path:
        assert zipfile.ZipFile(path).testzip() is None


def test_a_lost_session_holds_the_instance_s_other_steps(
    connected: Connected, operator: User, sandbox: RunningSandbox
) -> None:
    source = connected["source"]
    inventory_now(source, user=operator)
    Instance.objects.filter(pk=source.pk).update(connection=Instance.Connection.SESSION_LOST)
    with queue.in_process():
        plan = plan_backup(source=source, workspaces=_largest(source), user=operator)
        run = runs.start_run(plan=plan, user=operator)
        assert not Step.objects.claimable().filter(run=run).exists()
        replace_credential(source, user=None, credential=sandbox.source.credential)
    assert performed(run).state in {RunState.COMPLETED, RunState.WARNINGS}


def test_a_backup_run_again_makes_another_archive_and_a_restore_finds_it_identical(
    connected: Connected, operator: User
) -> None:
    run = back_up(connected["source"], operator, "Support tickets")
    with queue.in_process():
        again = runs.run_again(run, user=operator)
    assert performed(again).state in {RunState.COMPLETED, RunState.WARNINGS}
    assert Archive.objects.count() == 2


def test_retry_touches_failed_steps_only(
    connected: Connected, operator: User, sandbox: RunningSandbox
) -> None:
    sandbox.fault("status", path="typestore/export", status=404, count=1)
    run = back_up(connected["source"], operator)
    before = dict(run.steps.filter(status="done").values_list("pk", "finished_at"))
    assert run.state == RunState.FAILED
    with queue.in_process():
        assert retrying.retry_failed(run, user=operator) == 1
    run = performed(run)
    assert run.state in {RunState.COMPLETED, RunState.WARNINGS}, problems(run)
    assert before.items() <= dict(run.steps.values_list("pk", "finished_at")).items()


def test_nothing_is_left_in_the_work_folder(connected: Connected, operator: User) -> None:
    run = back_up(connected["source"], operator)
    assert not work_files.run_folder(run.pk).exists()


def test_a_download_that_changed_before_it_was_sealed_makes_no_archive(
    connected: Connected, operator: User
) -> None:
    source = connected["source"]
    inventory_now(source, user=operator)
    with queue.in_process():
        plan = plan_backup(source=source, workspaces=_largest(source), user=operator)
        run = runs.start_run(plan=plan, user=operator)
        while (step := Step.objects.claimable().filter(run=run)[0]).kind != Step.Kind.SEAL:
            run_step(step)
    documents = run.steps.get(kind=Step.Kind.DOCUMENTS).files.get()
    with work_files.absolute(documents).open("ab") as file:
        file.write(b"more")
    run = performed(run)
    assert run.state == RunState.FAILED
    assert "no longer what was inspected" in problems(run)[0]
    assert not Archive.objects.exists()


def test_a_corpus_over_the_limit_goes_in_parts_and_is_proved_whole(
    connected: Connected, operator: User, tmp_path: Path
) -> None:
    back_up(connected["source"], operator, "Support tickets")
    own = tmp_path / "small.toml"
    own.write_text("[operations.upload_documents]\nmax_documents = 5\n")
    Instance.objects.filter(pk=connected["target"].pk).update(profile_file=str(own))
    connected["target"].refresh_from_db()
    run = restore(Archive.objects.get(), connected["target"], operator)
    assert run.state in {RunState.COMPLETED, RunState.WARNINGS}, problems(run)
    assert run.steps.get(kind=Step.Kind.RESTORE_DOCUMENTS).facts["parts"] > 1
    proof = Verification.objects.get()
    assert proof.state == Verification.State.VERIFIED, list(proof.differences.values()[:3])


def test_documents_that_were_refused_for_their_size_go_in_halves(
    connected: Connected, operator: User, sandbox: RunningSandbox
) -> None:
    back_up(connected["source"], operator, "Support tickets")
    sandbox.fault("status", path="documentsets/import", status=413, count=1)
    run = restore(Archive.objects.get(), connected["target"], operator)
    failed = run.steps.get(kind=Step.Kind.RESTORE_DOCUMENTS)
    assert failed.status == Step.Status.FAILED
    with queue.in_process():
        retrying.split_and_retry(failed, user=operator)
    run = performed(run)
    assert run.state in {RunState.COMPLETED, RunState.WARNINGS}, problems(run)
    assert run.steps.get(kind=Step.Kind.RESTORE_DOCUMENTS).facts["parts"] > 1
    assert Verification.objects.get().state == Verification.State.VERIFIED


def test_a_restore_that_was_interrupted_sends_only_what_is_missing(
    connected: Connected, operator: User, sandbox: RunningSandbox, tmp_path: Path
) -> None:
    back_up(connected["source"], operator, "Support tickets")
    own = tmp_path / "small.toml"
    own.write_text("[operations.upload_documents]\nmax_documents = 5\n")
    Instance.objects.filter(pk=connected["target"].pk).update(profile_file=str(own))
    connected["target"].refresh_from_db()
    # The second part arrives, but its answer is lost on the way back.
    sandbox.fault("reset", path="documentsets/import", skip=1, count=1, after=True)
    run = restore(Archive.objects.get(), connected["target"], operator)
    assert run.state in {RunState.COMPLETED, RunState.WARNINGS}, problems(run)
    proof = Verification.objects.get()
    assert proof.compared["documents"][0] == proof.compared["documents"][1]
    assert proof.state == Verification.State.VERIFIED, list(proof.differences.values()[:3])
