"""Several files are one bundle; folders and ZIPs of files are opened and sorted out."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from migrator.formats.compare import compare
from migrator.formats.errors import FormatError
from migrator.formats.findings import CATALOGUE, describe
from migrator.formats.inspect import Finding, inspect
from migrator.formats.inspecting import corpora, pool
from migrator.formats.inspection import COUNT_NAMES
from migrator.formats.kinds import Kind
from migrator.formats.wording import LEVELS
from sandbox.generator import generate
from tests.formats.plain_exports import read_plain
from tests.formats.small_exports import (
    DOCUMENTS,
    write_corpus_zip,
    write_dictionaries_zip,
    write_types,
)
from tests.formats.zips import zipped

WHOLE = {
    "documents": DOCUMENTS,
    "document_sets": 6,
    "characters": 698,
    "sentences": 24,
    "tokens": 180,
    "mentions": 36,
    "relations": 12,
    "coreferences": 12,
    "entity_types": 3,
    "relation_types": 2,
    "relation_labels": 2,
    "dictionaries": 1,
    "entries": 2,
}


@pytest.fixture
def bundle(tmp_path: Path) -> list[Path]:
    """Corpus, dictionaries and types, the types last on purpose."""
    return [write_corpus_zip(tmp_path), write_dictionaries_zip(tmp_path), write_types(tmp_path)]


def test_a_bundle_is_counted_as_one_whatever_the_order(bundle: list[Path]) -> None:
    for paths in (bundle, bundle[::-1]):
        inspection = inspect(paths)
        assert inspection.counts == WHOLE
        assert inspection.findings == []
        assert [file.path for file in inspection.files] == paths
    assert tuple(inspection.counts) == COUNT_NAMES


def test_the_json_has_exactly_the_published_shape(bundle: list[Path]) -> None:
    plain = inspect(bundle[2:]).to_json_dict()
    assert plain == {
        "files": [
            {
                "path": str(bundle[2]),
                "kind": "type_system",
                "counts": {"entity_types": 3, "relation_types": 2, "relation_labels": 2},
            }
        ],
        "counts": dict.fromkeys(COUNT_NAMES, 0)
        | {"entity_types": 3, "relation_types": 2, "relation_labels": 2},
        "findings": [],
    }


def test_a_zip_of_the_files_is_opened(bundle: list[Path], tmp_path: Path) -> None:
    members = [(f"export/{path.name}", path.read_bytes()) for path in bundle]
    inspection = inspect([zipped(tmp_path / "all.zip", members)])
    assert inspection.counts == WHOLE
    assert inspection.files[0].path == tmp_path / "all.zip" / members[0][0]


def test_two_zips_of_several_files_are_both_opened(bundle: list[Path], tmp_path: Path) -> None:
    first, *others = bundle
    one = zipped(tmp_path / "one.zip", [(first.name, first.read_bytes())])
    other = zipped(tmp_path / "other.zip", [(path.name, path.read_bytes()) for path in others])
    outer = zipped(tmp_path / "outer.zip", [(two.name, two.read_bytes()) for two in (one, other)])
    whole = inspect(bundle).counts
    assert inspect([one, other]).counts == inspect([outer]).counts == whole
    assert compare([one, other], bundle).identical


def test_an_archive_is_opened_and_its_records_left_out(bundle: list[Path], tmp_path: Path) -> None:
    members = [(f"data/{path.name}", path.read_bytes()) for path in bundle]
    members += [("bagit.txt", b""), ("data/workspace.json", b"{}"), ("data/inspection.json", b"{}")]
    inspection = inspect([zipped(tmp_path / "archive.zip", members)])
    assert inspection.counts == WHOLE
    assert [file.kind for file in inspection.files].count(Kind.ARCHIVE) == 1
    assert inspection.is_recognized


def test_a_zip_of_zips_without_end_is_not_followed(tmp_path: Path) -> None:
    path = write_types(tmp_path)
    for depth in range(8):
        path = zipped(tmp_path / f"{depth}.zip", [(path.name, path.read_bytes())])
    inspection = inspect([path])
    assert [file.kind for file in inspection.files] == [Kind.UNKNOWN]


def test_a_stranger_is_listed_and_the_rest_is_inspected(bundle: list[Path], tmp_path: Path) -> None:
    stranger = tmp_path / "scan.pdf"
    stranger.write_bytes(b"%PDF-1.7")
    inspection = inspect([stranger, *bundle])
    assert inspection.counts == WHOLE
    assert [one.code for one in inspection.findings] == ["not_recognized"]
    assert not inspection.is_recognized
    assert inspection.files[0].sentence.startswith("This is a PDF.")


def test_two_type_systems_and_two_workspaces_are_told(bundle: list[Path], tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    second = write_types(other).read_text().replace("5b1c9c70-0000", "6c1c9c70-0000")
    (other / "types.json").write_text(second)
    (other / bundle[2].name).unlink()
    found = {one.code: one.count for one in inspect([*bundle, other]).findings}
    assert found == {"several_type_systems": 1, "workspace_ids_differ": 1}


def test_loose_documents_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b'"one","The bumper"\r\n"one",""\r\n')
    inspection = inspect([path])
    assert inspection.files[0].kind == Kind.DOCUMENTS
    assert inspection.files[0].counts == {"documents": 2, "characters": 10}
    found = {one.code for one in inspection.findings}
    assert found == {"duplicate_name", "empty_text"}


def test_progress_counts_documents_and_may_abort(bundle: list[Path]) -> None:
    seen: list[tuple[int, int | None]] = []
    inspect(bundle, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (DOCUMENTS, DOCUMENTS)

    class Stopped(Exception):
        pass

    def stop(_done: int, _total: int | None) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        inspect(bundle, progress=stop)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="cannot be opened"):
        inspect([tmp_path / "nothing.zip"])


def test_every_finding_has_its_words() -> None:
    for code, wording in CATALOGUE.items():
        assert wording.level in LEVELS
        title, meaning, remedy = describe(Finding(code, wording.level, 1_234, []))
        assert title.endswith(": 1,234")
        assert meaning.endswith(".")
        assert remedy.endswith(".")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generated corpus beyond the size from which several processes share the work."""
    made = generate(tmp_path_factory.mktemp("large"), seed=3, documents=1_300)
    return made.corpus


def test_several_processes_find_the_same_as_one(
    large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = inspect([large])
    monkeypatch.setattr(corpora, "LARGE", 1 << 40)
    alone = inspect([large])
    assert shared.to_json_dict() == alone.to_json_dict()
    assert shared.details == alone.details


def test_an_inspection_runs_in_a_thread_of_a_worker(large: Path) -> None:
    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(inspect, [large]).result(timeout=60).counts["documents"] == 1_300


def test_an_abort_leaves_no_process_behind(large: Path) -> None:
    class Stopped(Exception):
        pass

    def stop(_done: int, _total: int | None) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        inspect([large], progress=stop)
    names = [" ".join(child.cmdline()) for child in psutil.Process().children(recursive=True)]
    assert not [name for name in names if "inspecting.child" in name]


@pytest.mark.skipif(pool.processes() < 2, reason="one core starts no second process")
def test_a_process_that_is_killed_costs_no_result(large: Path) -> None:
    killed: list[psutil.Process] = []
    others = set(psutil.Process().children(recursive=True))  # a browser of other tests, say

    def kill(_done: int, _total: int | None) -> None:
        if not killed:
            killed.extend(set(psutil.Process().children(recursive=True)) - others)
            for child in killed:
                child.kill()

    expected = inspect([large])
    assert inspect([large], progress=kill).to_json_dict() == expected.to_json_dict()
    assert killed


def test_what_cannot_be_sent_between_processes_is_found_all_the_same(tmp_path: Path) -> None:
    export = generate(tmp_path, seed=5, documents=700, anomalies=False, tokens_per_document=400)
    corpus = read_plain(export.corpus)
    for truth in list(corpus.ground_truths.values())[::50]:
        truth["mentions"][0]["type"] = "lone \ud800"
    path = corpus.write(tmp_path / "lone.zip")
    found = {one.code: one for one in inspect([export.types, path]).findings}
    assert found["undefined_mention_type"].count == 14
    assert found["undefined_mention_type"].documents == 14


SCRIPT = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from migrator.formats.inspect import inspect
if __name__ == "__main__":
    while True:
        inspect([Path(sys.argv[1])], progress=lambda done, total: print(done, flush=True))
"""


@pytest.mark.skipif(pool.processes() < 2, reason="one core starts no second process")
def test_a_killed_inspection_leaves_no_orphan(large: Path, tmp_path: Path) -> None:
    script = tmp_path / "forever.py"
    script.write_text(SCRIPT)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    command = [sys.executable, str(script), str(large)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as started:
        assert started.stdout is not None
        started.stdout.readline()
        children = psutil.Process(started.pid).children(recursive=True)
        started.send_signal(signal.SIGKILL)
    assert children
    assert psutil.wait_procs(children, timeout=10)[1] == []
