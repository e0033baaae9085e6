"""`check_archive FILE`"""

from pathlib import Path

from sandbox.generator import GeneratedExport
from tests.management.conftest import run


def test_a_whole_archive_exits_0(archive: Path, export: GeneratedExport) -> None:
    answer = run("check_archive", archive)
    assert answer.code == 0
    assert "is whole" in answer.out
    document = run("check_archive", "--json", archive).document
    assert document["whole"] is True
    assert document["workspace"] == {"id": export.workspace_id, "name": "Claims"}
    assert document["counts"]["documents"] == 6
    assert document["size"] == archive.stat().st_size


def test_a_damaged_archive_exits_1_and_names_the_file(archive: Path) -> None:
    content = archive.read_bytes()
    archive.write_bytes(content.replace(b'"name": "Claims"', b'"name": "Claimz"'))
    answer = run("check_archive", archive)
    assert answer.code == 1
    assert "“data/workspace.json”" in answer.err
    document = run("check_archive", "--json", archive).document
    assert document["whole"] is False
    assert document["files"] == ["data/workspace.json"]
    assert document["error"]["remedy"]


def test_what_is_no_archive_exits_1(export: GeneratedExport, tmp_path: Path) -> None:
    for path in (export.corpus, export.types, tmp_path, tmp_path / "none"):
        answer = run("check_archive", path)
        assert answer.code == 1
        assert answer.err.startswith("Error: ")


def test_fingerprints_alone_are_enough_where_asked(archive: Path) -> None:
    assert run("check_archive", "--fingerprints-only", archive).code == 0
