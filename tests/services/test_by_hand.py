"""The same runs where a person brings the files, with real exports."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from migrator.errors import ServiceError
from migrator.models import Archive, Instance, PlanItem, Run, RunState, Step, Verification
from migrator.services import arrivals, queue, runs
from migrator.services.drive import drive
from migrator.services.plans import plan_restore

pytestmark = pytest.mark.django_db(transaction=True)

FOLDERS = ["sms-2018", "food", "proc-36a", "telco-voc", "pandemic", "travel"]


@pytest.fixture(autouse=True)
def in_this_process() -> Iterator[None]:
    """Steps are performed here, without a broker."""
    with queue.in_process():
        yield


@pytest.fixture
def backup(by_hand: Instance, run: Run) -> Run:
    """A backup that waits for its files."""
    return driven(run)


def driven(run: Run) -> Run:
    """The run after everything that needs no person was done."""
    drive(run)
    return Run.objects.with_state().get(pk=run.pk)


def item_of(run: Run) -> PlanItem:
    """The run's one item."""
    return run.plan.items.get()


def bring(run: Run, user: User, files: list[Path], tmp_path: Path) -> None:
    """Bring copies of `files` under other names, as browsers and people rename them."""
    for number, file in enumerate(files):
        copy = tmp_path / f"download ({number}){file.suffix}"
        shutil.copyfile(file, copy)
        arrivals.bring_file(run, item_of(run), copy, name=copy.name, user=user)
        assert not copy.exists()


def step(run: Run, kind: str) -> Step:
    """The run's current step of that kind."""
    return Step.objects.current().get(run=run, kind=kind)


def files_in(folder: Path) -> list[Path]:
    """Every export file of a folder, the corpus first: any order must do."""
    return sorted((file for file in folder.iterdir() if file.suffix != ".md"), reverse=False)


def dictionaries_answered(run: Run, kind: str, user: User) -> None:
    """Say that these are all the dictionaries, or that there are none."""
    waiting = step(run, kind)
    arrivals.say_complete(waiting, user=user, none=not waiting.files.exists())


@pytest.mark.parametrize("name", FOLDERS)
def test_real_exports_are_sealed_and_proved_by_hand(
    name: str, shared_data: Path, backup: Run, operator: User, tmp_path: Path
) -> None:
    files = files_in(shared_data / name)
    bring(backup, operator, files, tmp_path)
    backup = driven(backup)
    dictionaries_answered(backup, Step.Kind.DICTIONARIES, operator)
    backup = driven(backup)
    assert backup.state in {RunState.COMPLETED, RunState.WARNINGS}, _problems(backup)
    archive = Archive.objects.get()

    target = Instance.objects.create(name="Target", kind=Instance.Kind.BY_HAND)
    run = driven(
        runs.start_run(
            plan=plan_restore(archive=archive, target=target, user=operator), user=operator
        )
    )
    for kind in (
        Step.Kind.TARGET,
        Step.Kind.RESTORE_TYPES,
        Step.Kind.RESTORE_DICTIONARIES,
        Step.Kind.RESTORE_DOCUMENTS,
    ):
        waiting = step(run, kind)
        if waiting.status == Step.Status.WAITING:
            arrivals.confirm(waiting, user=operator)
            run = driven(run)
    bring(run, operator, files, tmp_path)
    run = driven(run)
    if step(run, Step.Kind.PROOF_DICTIONARIES).status == Step.Status.WAITING:
        dictionaries_answered(run, Step.Kind.PROOF_DICTIONARIES, operator)
    run = driven(run)
    proof = Verification.objects.get()
    assert proof.state == Verification.State.VERIFIED, list(proof.differences.values()[:5])
    assert run.state in {RunState.COMPLETED, RunState.WARNINGS}, _problems(run)


def test_a_stranger_is_refused_with_a_reason(backup: Run, operator: User, tmp_path: Path) -> None:
    stranger = tmp_path / "corpus.zip"
    stranger.write_text("this is a letter")
    with pytest.raises(ServiceError, match="is not one of the files asked for"):
        arrivals.bring_file(backup, item_of(backup), stranger, name="corpus.zip", user=operator)
    assert not backup.steps.filter(files__isnull=False).exists()


def test_documents_of_another_workspace_are_not_stored(
    shared_data: Path, backup: Run, operator: User, tmp_path: Path
) -> None:
    types = next((shared_data / "food").glob("types-*.json"))
    corpus = next((shared_data / "sms-2018").glob("corpus-*.zip"))
    bring(backup, operator, [corpus, types], tmp_path)
    backup = driven(backup)
    dictionaries_answered(backup, Step.Kind.DICTIONARIES, operator)
    backup = driven(backup)
    waiting = step(backup, Step.Kind.DOCUMENTS)
    assert waiting.status == Step.Status.WAITING
    assert "different workspaces" in waiting.problem
    assert not waiting.files.exists()
    assert not Archive.objects.exists()


def test_the_wrong_type_system_can_be_replaced(
    shared_data: Path, backup: Run, operator: User, tmp_path: Path
) -> None:
    wrong = next((shared_data / "food").glob("types-*.json"))
    bring(backup, operator, [wrong], tmp_path)
    backup = driven(backup)
    arrivals.bring_again(step(backup, Step.Kind.TYPES), user=operator)
    folder = shared_data / "sms-2018"
    bring(backup, operator, files_in(folder), tmp_path)
    backup = driven(backup)
    dictionaries_answered(backup, Step.Kind.DICTIONARIES, operator)
    backup = driven(backup)
    assert backup.state in {RunState.COMPLETED, RunState.WARNINGS}, _problems(backup)


def test_the_same_file_brought_twice_is_stored_once(
    shared_data: Path, backup: Run, operator: User, tmp_path: Path
) -> None:
    dictionary = next((shared_data / "travel").glob("*dictionary*.zip"))
    bring(backup, operator, [dictionary], tmp_path)
    with pytest.raises(ServiceError, match="brought already"):
        bring(backup, operator, [dictionary], tmp_path)
    assert step(backup, Step.Kind.DICTIONARIES).files.count() == 1


def _problems(run: Run) -> list[str]:
    return [f"{one.kind} {one.status}: {one.problem}" for one in run.steps.exclude(problem="")]
