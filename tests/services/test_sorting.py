"""Files of many workspaces brought at once: each goes to the one that it is of, or waits."""

import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User

from migrator.errors import ServiceError
from migrator.formats.dictionaries import read_dictionaries, write_dictionaries
from migrator.models import Instance, PlanItem, Run, RunState, Step, StepFile, UnsortedFile
from migrator.services import queue, runs, sorting
from migrator.services.drive import drive
from migrator.services.plans import add_workspace_by_hand, plan_backup
from migrator.services.sorting import Sorted
from sandbox.generator import GeneratedExport, generate

pytestmark = pytest.mark.django_db(transaction=True)

NAMES = ("Claims", "Claims EN", "Pharma")


@pytest.fixture(autouse=True)
def in_this_process() -> Iterator[None]:
    """Steps are performed here, without a broker."""
    with queue.in_process():
        yield


@pytest.fixture
def exports(tmp_path: Path) -> dict[str, GeneratedExport]:
    """The downloads of each workspace, with ids of their own and types of their own."""
    found = {}
    for seed, name in enumerate(NAMES, start=20):
        export = generate(tmp_path / name, seed=seed, documents=4, anomalies=False)
        _give_own_types(export, f"_{seed}")
        found[name] = export
    return found


def _give_own_types(export: GeneratedExport, ending: str) -> None:
    """Let the entity types of one workspace be called otherwise than those of another."""
    labels = [one["label"] for one in json.loads(export.types.read_bytes())["entityTypes"]]

    def renamed(content: bytes) -> bytes:
        for label in labels:
            content = content.replace(f'"{label}"'.encode(), f'"{label}{ending}"'.encode())
        return content

    export.types.write_bytes(renamed(export.types.read_bytes()))
    with zipfile.ZipFile(export.corpus) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(export.corpus, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, renamed(content))


@pytest.fixture
def run(by_hand: Instance, operator: User) -> Run:
    """A backup of three workspaces that waits for its files."""
    rows = [
        add_workspace_by_hand(instance=by_hand, user=operator, name=name, language="en")
        for name in NAMES
    ]
    begun = runs.start_run(
        plan=plan_backup(source=by_hand, workspaces=rows, user=operator), user=operator
    )
    drive(begun)
    return begun


def item(run: Run, name: str) -> PlanItem:
    return run.plan.items.get(name=name)


def brought(path: Path, name: str, tmp_path: Path) -> tuple[Path, str]:
    """A copy as an upload arrives: under a name of the server's."""
    copy = tmp_path / f"upload-{len(list(tmp_path.iterdir()))}"
    shutil.copyfile(path, copy)
    return copy, name


def taken(found: Sorted) -> dict[str, str]:
    return {name: item.name for name, item in found.taken}


def kept(run: Run) -> set[tuple[str, str]]:
    """Workspace and file of all that the run has."""
    rows = StepFile.objects.filter(step__run=run).select_related("step__item")
    return {(row.step.item.name, row.name) for row in rows}


def unsorted_folder(run: Run) -> list[Path]:
    return list((Path(settings.WORK_DIR) / "runs" / str(run.pk) / "unsorted").iterdir())


def named(export: GeneratedExport, workspace: str, tmp_path: Path) -> Path:
    """The dictionaries as the service downloads them: with the id of their workspace."""
    found = read_dictionaries(export.dictionaries)
    path = tmp_path / f"{workspace}-dictionaries.zip"
    with path.open("wb") as file:
        write_dictionaries(found, file)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    schema = json.loads(members["schema.json"])
    for one in schema:
        one["workspace"] = export.workspace_id
    members["schema.json"] = json.dumps(schema).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_every_file_finds_its_workspace_by_names_ids_and_types(
    run: Run, operator: User, exports: dict[str, GeneratedExport], tmp_path: Path
) -> None:
    files: list[tuple[Path, str]] = []
    for name in NAMES:
        export = exports[name]
        # Documents renamed by a person: nothing but the types they use tells of which they are.
        files.append(brought(export.corpus, f"download ({len(files)}).zip", tmp_path))
        files.append(brought(named(export, name, tmp_path), _downloaded(name), tmp_path))
        files.append(brought(export.types, export.types.name, tmp_path))
    found = sorting.bring_files(run, files, user=operator)
    assert (found.refused, found.unsorted) == ([], [])
    assert len(found.taken) == 9
    assert {(taken(found)[_downloaded(name)]) for name in NAMES} == set(NAMES)
    for name in NAMES:
        assert taken(found)[exports[name].types.name] == name
    assert not any(path.exists() for path, _ in files)

    assert sorting.say_all_complete(run, user=operator) == 3
    assert sorting.say_all_complete(run, user=operator) == 0
    drive(run)
    assert Run.objects.with_state().get(pk=run.pk).state in {
        RunState.COMPLETED,
        RunState.WARNINGS,
    }
    assert not UnsortedFile.objects.exists()


def _downloaded(workspace: str) -> str:
    return f"{workspace.replace(' ', '+')}_dictionary_1531591531910.zip"


def test_what_nothing_tells_waits_for_a_person_and_tells_of_others(
    run: Run, operator: User, exports: dict[str, GeneratedExport], tmp_path: Path
) -> None:
    export = exports["Pharma"]
    files = [
        brought(export.corpus, export.corpus.name, tmp_path),
        brought(export.types, export.types.name, tmp_path),
    ]
    found = sorting.bring_files(run, files, user=operator)
    assert (taken(found), len(found.unsorted)) == ({}, 2)
    assert kept(run) == set()

    types = UnsortedFile.objects.get(name=export.types.name)
    assert types.workspace_id == export.workspace_id
    said = sorting.assign(types, item(run, "Pharma"), user=operator)
    assert set(taken(said).values()) == {"Pharma"}
    assert kept(run) == {("Pharma", export.types.name), ("Pharma", export.corpus.name)}
    assert not UnsortedFile.objects.exists()
    assert unsorted_folder(run) == []
    with pytest.raises(ServiceError, match="given to a workspace already"):
        sorting.assign(types, item(run, "Claims"), user=operator)


def test_the_longest_name_wins_and_equal_ones_wait(
    run: Run, operator: User, exports: dict[str, GeneratedExport], tmp_path: Path
) -> None:
    files = [
        brought(exports["Claims EN"].types, "types of claims-en.json", tmp_path),
        brought(exports["Claims"].types, "Claims or Pharma.json", tmp_path),
        brought(exports["Pharma"].types, "pharma.json", tmp_path),
        brought(exports["Pharma"].corpus, "Pharmaceuticals.zip", tmp_path),
    ]
    found = sorting.bring_files(run, files[:1], user=operator)
    assert taken(found) == {"types of claims-en.json": "Claims EN"}
    more = sorting.bring_files(run, files[1:2], user=operator)
    # "Claims" and "Pharma" are of one length: that is no reason to prefer one.
    assert (taken(more), [file.name for file in more.unsorted]) == ({}, ["Claims or Pharma.json"])
    last = sorting.bring_files(run, files[2:], user=operator)
    assert taken(last) == {"pharma.json": "Pharma"}, "half a word is no name"
    unsorted = {file.name: file for file in last.unsorted}
    assert unsorted.keys() == {"Claims or Pharma.json", "Pharmaceuticals.zip"}
    # Once all three type systems are here, the types that the documents use tell it.
    said = sorting.assign(unsorted["Claims or Pharma.json"], item(run, "Claims"), user=operator)
    assert taken(said)["Pharmaceuticals.zip"] == "Pharma"


def test_what_is_refused_says_why_and_is_not_stored(
    run: Run, operator: User, exports: dict[str, GeneratedExport], tmp_path: Path
) -> None:
    stranger = tmp_path / "notes.txt"
    stranger.write_text("Dear colleague,\n")
    torn = tmp_path / "torn.json"
    torn.write_bytes(exports["Claims"].types.read_bytes()[:500])
    claims = exports["Claims"].types
    files = [
        brought(stranger, "Claims notes.txt", tmp_path),
        brought(torn, "Claims types.json", tmp_path),
        brought(claims, "Claims.json", tmp_path),
    ]
    found = sorting.bring_files(run, files, user=operator)
    assert taken(found) == {"Claims.json": "Claims"}
    reasons = " ".join(refusal.happened for refusal in found.refused)
    assert len(found.refused) == 2
    assert "not one of the files asked for" in reasons
    assert "cannot be read to its end" in reasons
    drive(run)
    second = [brought(claims, "Claims again.json", tmp_path)]
    again = sorting.bring_files(run, second, user=operator)
    assert "was brought already" in again.refused[0].happened
    assert kept(run) == {("Claims", "Claims.json")}
    assert unsorted_folder(run) == []
    assert not UnsortedFile.objects.exists()


def test_a_person_removes_what_was_brought_by_mistake(
    run: Run, operator: User, exports: dict[str, GeneratedExport], tmp_path: Path
) -> None:
    (file,) = sorting.bring_files(
        run, [brought(exports["Claims"].types, "some.json", tmp_path)], user=operator
    ).unsorted
    twice = sorting.bring_files(
        run, [brought(exports["Claims"].types, "other.json", tmp_path)], user=operator
    )
    assert "was brought already" in twice.refused[0].happened
    sorting.discard(file, user=operator)
    assert not UnsortedFile.objects.exists()
    assert unsorted_folder(run) == []
    assert not Step.objects.filter(run=run, files__isnull=False).exists()


def test_another_file_of_a_workspace_waits_for_a_persons_word(
    run: Run, operator: User, exports: dict[str, GeneratedExport], tmp_path: Path
) -> None:
    sorting.bring_files(
        run, [brought(exports["Claims"].types, "Claims.json", tmp_path)], user=operator
    )
    drive(run)
    found = sorting.bring_files(
        run, [brought(exports["Pharma"].types, "Claims new.json", tmp_path)], user=operator
    )
    assert [(name, item.name) for name, item in found.asked_about] == [
        ("Claims new.json", "Claims")
    ]
    assert not found.taken
    assert not found.refused
    roles = dict(StepFile.objects.filter(step__run=run).values_list("name", "role"))
    assert roles == {"Claims.json": "saved", "Claims new.json": "instead"}
