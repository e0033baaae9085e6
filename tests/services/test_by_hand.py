"""The same runs where a person brings the files, with real exports."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from migrator.errors import ServiceError
from migrator.models import (
    Archive,
    Instance,
    PlanItem,
    Run,
    RunState,
    Step,
    StepFile,
    Verification,
)
from migrator.services import arrivals, queue, replacing, runs, work_files
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
    replacing.bring_again(step(backup, Step.Kind.TYPES), user=operator)
    folder = shared_data / "sms-2018"
    bring(backup, operator, files_in(folder), tmp_path)
    backup = driven(backup)
    dictionaries_answered(backup, Step.Kind.DICTIONARIES, operator)
    backup = driven(backup)
    assert backup.state in {RunState.COMPLETED, RunState.WARNINGS}, _problems(backup)


def brought_again(run: Run, user: User, file: Path, tmp_path: Path) -> StepFile:
    """A copy of `file`, brought where another is here: nobody said yet which counts."""
    copy = tmp_path / "another"
    shutil.copyfile(file, copy)
    arrival = arrivals.bring_file(run, item_of(run), copy, name=file.name, user=user)
    assert arrival.is_asked_about
    return arrival.file


def test_the_type_system_that_is_brought_while_documents_are_refused_may_replace_the_other(
    shared_data: Path, backup: Run, operator: User, tmp_path: Path
) -> None:
    wrong = next((shared_data / "food").glob("types-*.json"))
    right = next((shared_data / "sms-2018").glob("types-*.json"))
    corpus = next((shared_data / "sms-2018").glob("corpus-*.zip"))
    bring(backup, operator, [corpus, wrong], tmp_path)
    backup = driven(backup)
    dictionaries_answered(backup, Step.Kind.DICTIONARIES, operator)
    backup = driven(backup)
    assert "different workspaces" in step(backup, Step.Kind.DOCUMENTS).problem

    other = brought_again(backup, operator, right, tmp_path)
    assert "14 entity types" in other.sentence
    kept = step(backup, Step.Kind.TYPES)
    assert kept.status == Step.Status.DONE  # nothing changes before the person says so
    here = kept.files.get(role=StepFile.Role.SAVED)
    assert "3 entity types" in here.sentence

    fresh = replacing.replace(other, user=operator)
    assert not work_files.absolute(here).exists()
    assert [file.name for file in fresh.files.all()] == [right.name]
    waiting = step(backup, Step.Kind.DOCUMENTS)
    assert "different workspaces" not in waiting.problem  # it was about the other type system
    backup = driven(backup)
    bring(backup, operator, [corpus], tmp_path)
    backup = driven(backup)
    assert backup.state in {RunState.COMPLETED, RunState.WARNINGS}, _problems(backup)
    assert Archive.objects.get().counts["entity_types"] == 14
    said = " ".join(backup.events.values_list("text", flat=True))
    assert f"Put aside: {here.name}" in said


def test_documents_are_looked_at_again_with_the_type_system_that_replaced_theirs(
    shared_data: Path, backup: Run, operator: User, tmp_path: Path
) -> None:
    first, corpus = (
        next((shared_data / "sms-2018").glob(name)) for name in ("types-*.json", "corpus-*.zip")
    )
    stranger = next((shared_data / "food").glob("types-*.json"))
    bring(backup, operator, [first, corpus], tmp_path)
    backup = driven(backup)  # the documents wait for a word about the dictionaries
    other = brought_again(backup, operator, stranger, tmp_path)
    replacing.replace(other, user=operator)
    documents = step(backup, Step.Kind.DOCUMENTS)
    assert documents.files.count() == 1  # what was brought is not lost
    dictionaries_answered(backup, Step.Kind.DICTIONARIES, operator)
    backup = driven(backup)
    assert "different workspaces" in step(backup, Step.Kind.DOCUMENTS).problem


def test_a_person_keeps_what_is_here(
    shared_data: Path, backup: Run, operator: User, tmp_path: Path
) -> None:
    first = next((shared_data / "sms-2018").glob("types-*.json"))
    bring(backup, operator, [first], tmp_path)
    backup = driven(backup)
    other = brought_again(
        backup, operator, next((shared_data / "food").glob("types-*.json")), tmp_path
    )
    path = work_files.absolute(other)
    replacing.keep(other, user=operator)
    assert not path.exists()
    assert step(backup, Step.Kind.TYPES).files.get().role == StepFile.Role.SAVED
    with pytest.raises(ServiceError, match="settled already"):
        replacing.replace(other, user=operator)


def test_a_forgotten_dictionary_is_added_to_those_that_were_said_to_be_all(
    shared_data: Path, backup: Run, operator: User, tmp_path: Path
) -> None:
    first = next((shared_data / "travel").glob("*dictionary*.zip"))
    forgotten = next((shared_data / "proc-36a").glob("Month*.csv"))
    bring(backup, operator, [first], tmp_path)
    dictionaries_answered(backup, Step.Kind.DICTIONARIES, operator)
    backup = driven(backup)
    assert step(backup, Step.Kind.DICTIONARIES).status == Step.Status.DONE
    other = brought_again(backup, operator, forgotten, tmp_path)
    replacing.replace(other, user=operator, adds=True)
    backup = driven(backup)
    assert step(backup, Step.Kind.DICTIONARIES).status == Step.Status.WAITING  # are these all?
    assert step(backup, Step.Kind.DICTIONARIES).files.filter(role="saved").count() == 2


def test_what_comes_after_the_archive_is_sealed_is_refused_with_the_truth(
    shared_data: Path, backup: Run, operator: User, tmp_path: Path
) -> None:
    bring(backup, operator, files_in(shared_data / "sms-2018"), tmp_path)
    backup = driven(backup)
    dictionaries_answered(backup, Step.Kind.DICTIONARIES, operator)
    backup = driven(backup)
    late = next((shared_data / "food").glob("types-*.json"))
    with pytest.raises(ServiceError, match="does not take it any more"):
        bring(backup, operator, [late], tmp_path)
    refused = backup.events.filter(text__startswith="Refused:").get()
    assert refused.level == "warning"


def test_a_file_that_could_not_be_used_is_followed_by_another(
    shared_data: Path, backup: Run, operator: User, tmp_path: Path
) -> None:
    types = next((shared_data / "sms-2018").glob("types-*.json"))
    bring(backup, operator, [types], tmp_path)
    bad = step(backup, Step.Kind.TYPES)
    work_files.absolute(bad.files.get()).unlink()
    backup = driven(backup)
    assert step(backup, Step.Kind.TYPES).status == Step.Status.FAILED
    bring(backup, operator, [next((shared_data / "food").glob("types-*.json"))], tmp_path)
    backup = driven(backup)
    assert step(backup, Step.Kind.TYPES).status == Step.Status.DONE
    assert step(backup, Step.Kind.TYPES).files.count() == 1


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
