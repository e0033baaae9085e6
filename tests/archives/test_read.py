"""Nothing leaves an archive unverified."""

from pathlib import Path

import pytest

from migrator.archives.contents import Contents
from migrator.archives.errors import ArchiveError
from migrator.archives.read import open_archive
from tests.archives.spoiling import flip, middle_of, repack


def test_an_archive_knows_its_parts(archive: Path, contents: Contents) -> None:
    with open_archive(archive) as opened:
        assert opened.artifact_names == list(contents.artifacts())
        assert opened.artifact_names == [
            opened.types_name,
            *opened.dictionary_names,
            opened.corpus_name,
        ]
        assert set(opened.names()) - set(opened.artifact_names) == {
            "data/inspection.json",
            "data/workspace.json",
        }
        assert opened.workspace == contents.workspace
        assert opened.inspection["counts"] == contents.inspection["counts"]


def test_no_folder_of_the_machine_is_kept(archive: Path, contents: Contents) -> None:
    with open_archive(archive) as opened:
        paths = [file["path"] for file in opened.inspection["files"]]
    assert paths == list(contents.artifacts())


def test_a_file_comes_out_as_it_went_in(archive: Path, contents: Contents, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    with open_archive(archive) as opened:
        assert opened.corpus_name
        out = opened.extract(
            opened.corpus_name, tmp_path / "c.zip", progress=lambda *step: seen.append(step)
        )
    assert contents.corpus
    assert out.read_bytes() == contents.corpus.read_bytes()
    assert seen[-1][0] == seen[-1][1] == out.stat().st_size


def test_a_damaged_file_does_not_come_out(archive: Path, tmp_path: Path) -> None:
    with open_archive(archive) as opened:
        name = opened.corpus_name
        assert name
    flip(archive, middle_of(archive, name))
    out = tmp_path / "out"
    out.mkdir()
    with open_archive(archive) as opened, pytest.raises(ArchiveError) as caught:
        opened.extract(name, out / "c.zip")
    assert caught.value.files == (name,)
    assert list(out.iterdir()) == []


def test_a_changed_file_with_a_right_zip_checksum_does_not_come_out(
    archive: Path, tmp_path: Path
) -> None:
    with open_archive(archive) as opened:
        name = opened.types_name
        assert name
    repack(archive, lambda entries: entries.update({name: b"{}"}))
    with open_archive(archive) as opened, pytest.raises(ArchiveError, match="no longer matches"):
        opened.extract(name, tmp_path / "t.json")


def test_only_listed_files_come_out(archive: Path, tmp_path: Path) -> None:
    with open_archive(archive) as opened:
        for name in ("index.html", "data/none.json", "../claims.zip"):
            with pytest.raises(ArchiveError, match="is missing"):
                opened.extract(name, tmp_path / "x")
    assert not (tmp_path / "x").exists()
