"""`inspect PATH…`"""

import shutil
import zipfile
from pathlib import Path

import pytest

from migrator.formats.findings import CATALOGUE
from migrator.formats.inspecting.tally import EXAMPLES
from migrator.formats.inspection import COUNT_NAMES
from sandbox.generator import GeneratedExport, generate
from tests.management.conftest import run

REAL_FOLDERS = ["food", "pandemic", "proc-36a", "sms-2018", "telco-voc", "travel"]


def paths_of(export: GeneratedExport) -> list[Path]:
    return [export.types, export.dictionaries, export.corpus]


def test_a_clean_export_is_counted_and_exits_0(export: GeneratedExport) -> None:
    answer = run("inspect", "--json", *paths_of(export))
    assert answer.code == 0
    assert list(answer.document) == ["files", "counts", "findings"]
    assert [list(file) for file in answer.document["files"]] == [["path", "kind", "counts"]] * 3
    assert [file["kind"] for file in answer.document["files"]] == [
        "type_system",
        "dictionaries",
        "corpus",
    ]
    assert [file["path"] for file in answer.document["files"]] == list(map(str, paths_of(export)))
    assert set(answer.document["counts"]) == set(COUNT_NAMES)
    assert answer.document["counts"]["documents"] == 6


def test_a_person_reads_kinds_counts_and_findings(tmp_path: Path) -> None:
    spoilt = generate(tmp_path / "spoilt", seed=3, documents=40)
    answer = run("inspect", *paths_of(spoilt))
    assert f"{spoilt.corpus}: corpus" in answer.out
    assert "Documents" in answer.out
    assert "Kinds of findings:" in answer.out
    assert "Warning:" in answer.out


def test_every_place_of_a_finding_can_be_listed(tmp_path: Path) -> None:
    spoilt = generate(tmp_path / "spoilt", seed=3, documents=90)
    found = run("inspect", "--json", *paths_of(spoilt)).document["findings"]
    lines = run("inspect", "--all", *paths_of(spoilt)).out.splitlines()
    many = [one for one in found if one["count"] > len(one["examples"]) == EXAMPLES]
    assert many
    for one in many:
        title = CATALOGUE[one["code"]].title
        assert sum(line.startswith(f"{title}: ") for line in lines) >= one["count"]


def test_errors_exit_1(export: GeneratedExport, other_export: GeneratedExport) -> None:
    answer = run("inspect", "--json", other_export.types, export.corpus)
    levels = {finding["level"] for finding in answer.document["findings"]}
    assert answer.code == (1 if "error" in levels else 0)


def test_a_corpus_with_a_hole_exits_1(export: GeneratedExport, tmp_path: Path) -> None:
    holed = tmp_path / "corpus.zip"
    with zipfile.ZipFile(export.corpus) as whole, zipfile.ZipFile(holed, "w") as packed:
        skipped = next(name for name in whole.namelist() if name.startswith("gt/"))
        for name in whole.namelist():
            if name != skipped:
                packed.writestr(name, whole.read(name))
    answer = run("inspect", "--json", holed)
    assert answer.code == 1
    codes = [finding["code"] for finding in answer.document["findings"]]
    assert "document_without_ground_truth" in codes


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"PK\x03\x04cut", b"{", b'{"a": 1}', b"\x00" * 50, b"<html></html>"]
)
def test_a_stranger_exits_2_with_a_sentence(tmp_path: Path, content: bytes) -> None:
    stranger = tmp_path / "corpus.zip"
    stranger.write_bytes(content)
    answer = run("inspect", stranger)
    assert answer.code == 2
    assert (answer.out + answer.err).strip()
    assert "Traceback" not in answer.err
    document = run("inspect", "--json", stranger).document
    assert document["files"] == [{"path": str(stranger), "kind": "unknown", "counts": {}}]


def test_a_stranger_among_exports_is_pointed_out(export: GeneratedExport, tmp_path: Path) -> None:
    cut = tmp_path / "corpus.zip"
    cut.write_bytes(export.corpus.read_bytes()[:1000])
    answer = run("inspect", "--json", export.types, cut)
    assert answer.code == 2
    kinds = {file["path"]: file["kind"] for file in answer.document["files"]}
    assert kinds == {str(export.types): "type_system", str(cut): "unknown"}


def test_a_file_that_is_unsafe_is_named_with_all_three_sentences(tmp_path: Path) -> None:
    climbing = tmp_path / "climbing.zip"
    with zipfile.ZipFile(climbing, "w") as packed:
        packed.writestr("../x", "x")
    latin = tmp_path / "latin.json"
    latin.write_bytes('{"entityTypes": "é"}'.encode("latin-1"))
    for path in (climbing, latin):
        answer = run("inspect", path)
        assert answer.code == 2
        assert str(path) in answer.err
        assert len(answer.err.splitlines()) == 3


def test_a_missing_path_exits_2(tmp_path: Path) -> None:
    answer = run("inspect", tmp_path / "none.zip")
    assert answer.code == 2
    assert "There is no file or folder" in answer.err
    document = run("inspect", "--json", tmp_path / "none.zip").document
    assert document["files"][0]["kind"] == "unknown"


def test_an_archive_is_opened_and_its_payload_inspected(
    export: GeneratedExport, archive: Path
) -> None:
    answer = run("inspect", "--json", archive)
    assert answer.code == 0
    assert (
        answer.document["counts"] == run("inspect", "--json", *paths_of(export)).document["counts"]
    )
    assert {file["path"] for file in answer.document["files"]} == {
        f"{archive}/data/types-{export.workspace_id}.json",
        f"{archive}/data/dictionaries/dictionaries-{export.workspace_id}.zip",
        f"{archive}/data/corpus-{export.workspace_id}.zip",
    }


def test_a_damaged_archive_exits_2(archive: Path) -> None:
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 1
    archive.write_bytes(content)
    assert run("inspect", archive).code == 2


def test_a_folder_stands_for_its_files(export: GeneratedExport, tmp_path: Path) -> None:
    for path in paths_of(export):
        shutil.copy(path, tmp_path)
    (tmp_path / ".hidden").write_text("x")
    answer = run("inspect", "--json", tmp_path)
    assert answer.code == 0
    assert len(answer.document["files"]) == 3


def test_an_unpacked_archive_stands_for_its_payload(archive: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(tmp_path / "out")
    (bag,) = (tmp_path / "out").iterdir()
    answer = run("inspect", "--json", bag)
    assert answer.code == 0
    assert answer.document["counts"]["documents"] == 6


def test_an_unpacked_corpus_is_a_corpus(export: GeneratedExport, tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(export.corpus) as packed:
        packed.extractall(folder)
    answer = run("inspect", "--json", folder)
    assert answer.code == 0
    assert [file["kind"] for file in answer.document["files"]] == ["corpus"]


def test_an_empty_folder_exits_2(tmp_path: Path) -> None:
    assert run("inspect", tmp_path).code == 2


@pytest.mark.parametrize("name", REAL_FOLDERS)
def test_real_exports_are_readable(shared_data: Path, name: str) -> None:
    answer = run("inspect", "--json", shared_data / name)
    assert answer.code in {0, 1}
    assert answer.document["counts"]["documents"] > 0
    assert "unknown" not in {file["kind"] for file in answer.document["files"]}
