"""Every way in which an archive can be wrong is named."""

import random
import shutil
import stat
import subprocess
import zipfile
from pathlib import Path

import pytest

from migrator.archives.check import check_archive
from migrator.archives.contents import Contents
from migrator.archives.errors import ArchiveError
from migrator.archives.write import write_archive
from tests.archives.spoiling import Entries, flip, middle_of, repack, reseal

TAG_FILES = ["bag-info.txt", "manifest-sha256.txt", "index.html"]
OWN_JSON = ["data/workspace.json", "data/inspection.json"]


def refusal(path: Path, *, deep: bool = True) -> ArchiveError:
    """The error that the check raises; it has all three sentences."""
    with pytest.raises(ArchiveError) as caught:
        check_archive(path, deep=deep)
    assert caught.value.meaning
    assert caught.value.remedy
    return caught.value


def test_a_whole_archive_gives_its_facts(archive: Path, contents: Contents) -> None:
    checked = check_archive(archive)
    assert checked.size == archive.stat().st_size
    assert checked.counts == contents.inspection["counts"]
    assert checked.counts["documents"] == 8
    assert checked.workspace == contents.workspace
    assert checked.bag["Bagging-Date"] == "2026-11-22"


def test_progress_reaches_the_whole_and_may_stop(archive: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    check_archive(archive, progress=lambda *step: seen.append(step))
    assert seen[-1][0] == seen[-1][1]

    def stop(_done: int, _total: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check_archive(archive, progress=stop)


@pytest.mark.parametrize("name", [*OWN_JSON, *TAG_FILES])
def test_a_flipped_bit_is_pinned_to_its_file(archive: Path, name: str) -> None:
    flip(archive, middle_of(archive, name))
    error = refusal(archive)
    assert error.files == (name,)
    assert name in error.happened


def test_a_flipped_bit_in_an_artifact_says_what_is_lost(archive: Path, contents: Contents) -> None:
    for name in contents.artifacts():
        flip(archive, middle_of(archive, name))
    error = refusal(archive)
    assert set(error.files) == set(contents.artifacts())
    assert "cannot be restored from this copy" in error.meaning
    assert "back up the workspace again" in error.remedy


def test_a_change_with_a_right_zip_checksum_is_found_too(archive: Path) -> None:
    def change(entries: Entries) -> None:
        entries["data/workspace.json"] = entries["data/workspace.json"].replace(b'"en"', b'"de"')

    repack(archive, change)
    assert refusal(archive).files == ("data/workspace.json",)


def test_a_changed_list_of_fingerprints_does_not_hide_a_change(archive: Path) -> None:
    def change(entries: Entries) -> None:
        entries["manifest-sha256.txt"] = entries["manifest-sha256.txt"].replace(b"a", b"b")

    repack(archive, change)
    assert refusal(archive).files == ("manifest-sha256.txt",)


def test_a_missing_file_is_named(archive: Path) -> None:
    def change(entries: Entries) -> None:
        del entries["data/workspace.json"]

    repack(archive, change)
    error = refusal(archive)
    assert error.files == ("data/workspace.json",)
    assert "is missing" in error.happened


@pytest.mark.parametrize("name", ["data/more.json", "data/dictionaries/x.csv", "readme.txt"])
def test_an_extra_file_is_named(archive: Path, name: str) -> None:
    repack(archive, lambda entries: entries.update({name: b"{}"}))
    error = refusal(archive)
    assert error.files == (name,)
    assert "not in its list" in error.happened


@pytest.mark.parametrize("name", ["bagit.txt", "tagmanifest-sha256.txt", "manifest-sha256.txt"])
def test_a_bag_without_its_lists_is_refused(archive: Path, name: str) -> None:
    repack(archive, lambda entries: entries.pop(name))
    refusal(archive)


def test_a_list_that_is_none_is_refused(archive: Path) -> None:
    repack(archive, lambda entries: entries.update({"tagmanifest-sha256.txt": b"hello\n"}))
    assert refusal(archive).files == ("tagmanifest-sha256.txt",)


@pytest.mark.parametrize("folder", ["", "renamed by a person/"])
def test_an_archive_that_a_person_packed_again_is_accepted(archive: Path, folder: str) -> None:
    repack(archive, compression=zipfile.ZIP_DEFLATED, folder=folder)
    with zipfile.ZipFile(archive, "a") as packed:
        packed.mkdir(f"{folder}data")
    assert check_archive(archive).counts["documents"] == 8


@pytest.mark.parametrize(
    "name", ["../evil.txt", "/evil.txt", "data/../../evil.txt", "..\\evil.txt", "C:evil.txt"]
)
def test_a_climbing_name_is_refused(archive: Path, name: str) -> None:
    with zipfile.ZipFile(archive, "a") as packed:
        packed.writestr(name, b"")
    assert "leads out of its folder" in refusal(archive).happened


def test_a_symbolic_link_is_refused(archive: Path, contents: Contents) -> None:
    link = zipfile.ZipInfo(f"{contents.folder}/data/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(archive, "a") as packed:
        packed.writestr(link, "/etc/passwd")
    assert "leads out of its folder" in refusal(archive).happened


def test_two_files_of_one_name_are_refused(archive: Path, contents: Contents) -> None:
    with zipfile.ZipFile(archive, "a") as packed, pytest.warns(UserWarning, match="Duplicate"):
        packed.writestr(f"{contents.folder}/data/workspace.json", b"{}")
    assert "two files of the same name" in refusal(archive).happened


def test_a_bomb_is_refused_before_it_is_unpacked(archive: Path, contents: Contents) -> None:
    with (
        zipfile.ZipFile(archive, "a", zipfile.ZIP_DEFLATED, compresslevel=9) as packed,
        packed.open(f"{contents.folder}/data/bomb", "w") as bomb,
    ):
        for _ in range(60):
            bomb.write(bytes(1_000_000))
    assert "ZIP bomb" in refusal(archive).happened


def test_an_encrypted_archive_is_refused(archive: Path) -> None:
    with zipfile.ZipFile(archive) as packed:
        directory = packed.start_dir
    flip(archive, directory + 8)  # bit 0 of the flags of the first entry
    assert "encrypted" in refusal(archive).happened


def test_an_ordinary_export_is_no_archive(contents: Contents) -> None:
    assert contents.corpus is not None
    error = refusal(contents.corpus)
    assert "not a backup archive" in error.happened


@pytest.mark.parametrize("content", [b"", b"PK", b"<html></html>", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_zip_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    refusal(path)


def test_a_path_that_is_missing_or_a_folder_is_said_in_words(tmp_path: Path) -> None:
    refusal(tmp_path / "no.zip")
    refusal(tmp_path)


def test_a_file_cut_short_anywhere_is_refused(archive: Path) -> None:
    content = archive.read_bytes()
    cut = archive.with_name("cut.zip")
    for length in range(0, len(content), max(1, len(content) // 60)):
        cut.write_bytes(content[:length])
        refusal(cut, deep=False)


def test_no_flipped_byte_changes_what_a_whole_archive_says(archive: Path) -> None:
    whole = check_archive(archive, deep=False)
    content = archive.read_bytes()
    chance = random.Random(7)
    for _ in range(150):
        flip(archive, chance.randrange(len(content)), 1 << chance.randrange(8))
        try:
            checked = check_archive(archive, deep=False)
        except ArchiveError:
            pass
        else:  # a date or a mode in the ZIP: no content of ours
            assert (checked.workspace, checked.inspection) == (whole.workspace, whole.inspection)
        archive.write_bytes(content)


def test_other_counts_than_at_backup_are_named(contents: Contents, tmp_path: Path) -> None:
    counts = {**contents.inspection["counts"], "documents": 9}
    inspection = {**contents.inspection, "counts": counts}
    wrong = Contents(
        workspace=contents.workspace,
        inspection=inspection,
        created_at=contents.created_at,
        types=contents.types,
        dictionaries=contents.dictionaries,
        corpus=contents.corpus,
    )
    sealed = write_archive(tmp_path / "a.zip", wrong)
    assert "8 documents instead of 9" in refusal(sealed.path).happened
    assert check_archive(sealed.path, deep=False).counts["documents"] == 9


def test_a_form_from_the_future_is_refused(contents: Contents, tmp_path: Path) -> None:
    newer = Contents(
        workspace={**contents.workspace, "format": 2},
        inspection=contents.inspection,
        created_at=contents.created_at,
        types=contents.types,
    )
    sealed = write_archive(tmp_path / "a.zip", newer)
    assert "not known here" in refusal(sealed.path).happened


def test_an_archive_made_by_other_bagit_tools_is_followed(archive: Path, tmp_path: Path) -> None:
    def change(entries: Entries) -> None:
        # Other tools write Windows line ends, upper-case digests and a star for binary mode.
        lines = entries["tagmanifest-sha256.txt"].decode().splitlines()
        other = (line.replace("  ", " *", 1) for line in lines)
        entries["tagmanifest-sha256.txt"] = "\r\n".join(other).encode()

    repack(archive, change)
    assert check_archive(archive, deep=False).size


def test_an_unzipped_archive_zipped_by_the_zip_program_is_accepted(
    archive: Path, tmp_path: Path
) -> None:
    if shutil.which("zip") is None:
        pytest.skip("there is no zip program on this machine")
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(tmp_path / "out")
    again = tmp_path / "again.zip"
    subprocess.run(["zip", "-qr", again, "."], cwd=tmp_path / "out", check=True)
    assert check_archive(again, deep=False).size


def test_json_that_is_none_is_said_to_be_none(archive: Path) -> None:
    # Sealed like this by another program: the fingerprints are right, the content is not.
    repack(archive, lambda entries: reseal(entries, {"data/workspace.json": b"[]"}))
    error = refusal(archive)
    assert error.files == ("data/workspace.json",)
    assert "not a JSON object" in error.happened
