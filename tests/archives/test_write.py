"""What a written archive promises."""

import dataclasses
import hashlib
import shutil
import stat
import subprocess
import zipfile
from pathlib import Path

import bagit
import pytest

from migrator.archives.contents import Contents
from migrator.archives.errors import ArchiveError
from migrator.archives.naming import readable_name, safe_name
from migrator.archives.read import open_archive
from migrator.archives.write import write_archive


def unpacked(path: Path, folder: Path) -> Path:
    """The bag after an ordinary unzip."""
    with zipfile.ZipFile(path) as packed:
        packed.extractall(folder)
    (bag,) = folder.iterdir()
    return bag


def test_the_library_of_congress_accepts_it(sealed_once: Path, tmp_path: Path) -> None:
    bagit.Bag(str(unpacked(sealed_once, tmp_path))).validate()


def test_the_ordinary_unzip_opens_it(sealed_once: Path, tmp_path: Path) -> None:
    if shutil.which("unzip") is None:
        pytest.skip("there is no unzip program on this machine")
    subprocess.run(["unzip", "-q", sealed_once, "-d", tmp_path], check=True)
    (bag,) = tmp_path.iterdir()
    assert (bag / "index.html").stat().st_mode & 0o444 == 0o444
    bagit.Bag(str(bag)).validate()


def test_everything_is_stored_in_one_folder(sealed_once: Path, contents: Contents) -> None:
    with zipfile.ZipFile(sealed_once) as packed:
        entries = packed.infolist()
    assert {entry.compress_type for entry in entries} == {zipfile.ZIP_STORED}
    assert {entry.filename.partition("/")[0] for entry in entries} == {contents.folder}


def test_artifacts_are_kept_byte_for_byte(sealed_once: Path, contents: Contents) -> None:
    with zipfile.ZipFile(sealed_once) as packed:
        for name, path in contents.artifacts().items():
            assert packed.read(f"{contents.folder}/{name}") == path.read_bytes()


def test_size_and_fingerprint_are_those_of_the_file(contents: Contents, tmp_path: Path) -> None:
    sealed = write_archive(tmp_path / "a.zip", contents)
    content = sealed.path.read_bytes()
    assert (sealed.size, sealed.sha256) == (len(content), hashlib.sha256(content).hexdigest())


def test_only_its_owner_may_read_it(contents: Contents, tmp_path: Path) -> None:
    sealed = write_archive(tmp_path / "a.zip", contents)
    assert stat.S_IMODE(sealed.path.stat().st_mode) == 0o600


def test_the_same_contents_give_the_same_archive(contents: Contents, tmp_path: Path) -> None:
    first = write_archive(tmp_path / "a.zip", contents)
    assert write_archive(tmp_path / "b.zip", contents).sha256 == first.sha256


def test_progress_counts_bytes_up_to_the_whole(contents: Contents, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    write_archive(tmp_path / "a.zip", contents, progress=lambda *step: seen.append(step))
    done = [step[0] for step in seen]
    assert done == sorted(done)
    assert seen[-1][0] == seen[-1][1]


class StopError(Exception):
    """Raised by a progress callback that has had enough."""


@pytest.mark.parametrize("share", [0.0, 0.4, 0.9])
def test_stopping_leaves_nothing_behind(contents: Contents, tmp_path: Path, share: float) -> None:
    def stop(done: int, total: int | None) -> None:
        if done >= share * (total or 0):
            raise StopError

    with pytest.raises(StopError):
        write_archive(tmp_path / "a.zip", contents, progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_the_earlier_archive(contents: Contents, tmp_path: Path) -> None:
    sealed = write_archive(tmp_path / "a.zip", contents)
    lost = dataclasses.replace(contents, corpus=tmp_path / "gone.zip")
    with pytest.raises(ArchiveError, match="could not be written"):
        write_archive(tmp_path / "a.zip", lost)
    assert hashlib.sha256(sealed.path.read_bytes()).hexdigest() == sealed.sha256
    assert list(tmp_path.iterdir()) == [sealed.path]


def test_what_is_not_the_inspected_file_is_not_sealed(contents: Contents, tmp_path: Path) -> None:
    corpus = contents.artifacts()[f"data/corpus-{contents.workspace_id}.zip"]
    right = hashlib.sha256(corpus.read_bytes()).hexdigest()
    known = dataclasses.replace(contents, fingerprints={corpus: right})
    assert write_archive(tmp_path / "a.zip", known).bag["Bag-Software-Agent"]
    altered = dataclasses.replace(contents, fingerprints={corpus: "0" * 64})
    with pytest.raises(ArchiveError, match="no longer what was inspected"):
        write_archive(tmp_path / "b.zip", altered)
    assert list(tmp_path.iterdir()) == [tmp_path / "a.zip"]


def test_a_folder_that_is_missing_is_said_in_words(contents: Contents, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError) as caught:
        write_archive(tmp_path / "no" / "a.zip", contents)
    assert caught.value.meaning
    assert caught.value.remedy


def test_hostile_names_stay_inside(contents: Contents, tmp_path: Path) -> None:
    csv = tmp_path / "..%2f..%0a\u202eetc\npasswd.csv"
    csv.write_bytes(b'"lemma","poscode","surface"\r\n')
    facts = {"id": "../../../etc/passwd", "name": "two\nlines: and a colon"}
    hostile = dataclasses.replace(
        contents,
        workspace={**contents.workspace, "workspace": facts},
        dictionaries=[csv, csv, *contents.dictionaries],
    )
    sealed = write_archive(tmp_path / "a.zip", hostile)
    bag = unpacked(sealed.path, tmp_path / "out")
    bagit.Bag(str(bag)).validate()
    assert len(list((bag / "data" / "dictionaries").iterdir())) == 3
    assert "two lines: and a colon" in (bag / "bag-info.txt").read_text()


def test_a_csv_keeps_the_name_that_names_its_dictionary(contents: Contents, tmp_path: Path) -> None:
    csv = tmp_path / "Month+Names_1514309997070.csv"
    csv.write_bytes(b'"lemma","poscode","surface"\r\n')
    named = dataclasses.replace(contents, dictionaries=[csv]).artifacts()
    assert f"data/dictionaries/{csv.name}" in named


@pytest.mark.parametrize(
    ("text", "name"),
    [("", "none"), ("..", "none"), ("a/b\\c", "a_b_c"), (".hidden", "hidden"), ("日本", "none")],
)
def test_safe_names(text: str, name: str) -> None:
    assert safe_name(text, otherwise="none") == name


def test_a_workspace_with_types_alone_is_an_archive(contents: Contents, tmp_path: Path) -> None:
    alone = dataclasses.replace(contents, dictionaries=[], corpus=None)
    sealed = write_archive(tmp_path / "a.zip", alone)
    with open_archive(sealed.path) as opened:
        assert opened.artifact_names == [opened.types_name]
        assert opened.corpus_name is None


def test_entries_beyond_two_gigabytes_get_zip64(
    contents: Contents, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The limit is lowered instead of writing gigabytes: it is zipfile's own constant.
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 1000)
    sealed = write_archive(tmp_path / "a.zip", contents)
    monkeypatch.undo()
    bagit.Bag(str(unpacked(sealed.path, tmp_path / "out"))).validate()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Länder (EU)", "Länder (EU)"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("薬", "薬"),
        ("..", "none"),
    ],
)
def test_a_dictionary_keeps_its_name_in_its_own_script(text: str, name: str) -> None:
    assert readable_name(text, otherwise="none") == name
