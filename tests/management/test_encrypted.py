"""Encrypted archives on the command line: opened with a key from a file, refused without."""

import shutil
from pathlib import Path

import pyrage
import pytest

from migrator.archives.age.files import encrypt_file
from migrator.archives.age.keys import Lock
from sandbox.generator import GeneratedExport
from tests.archives.age_tool import age_with_passphrase
from tests.management.conftest import run

pytestmark = pytest.mark.own_house  # files in, words out

IDENTITY = pyrage.x25519.Identity.generate()
PASSPHRASE = "forty red herons in the reeds"


@pytest.fixture(params=["recipients", "passphrase"])
def locked(request: pytest.FixtureRequest, archive: Path, tmp_path: Path) -> tuple[Path, list[str]]:
    """An encrypted archive, and the arguments that open it."""
    target = tmp_path / "claims.zip.age"
    file = tmp_path / "secret.txt"
    if request.param == "recipients":
        encrypt_file(archive, target, Lock(recipients=(str(IDENTITY.to_public()),)))
        file.write_text(f"# created: today\n{IDENTITY}\n")
        return target, ["--identity-file", str(file)]
    encrypt_file(archive, target, Lock(passphrase=PASSPHRASE))
    file.write_text(f"{PASSPHRASE}\n")
    return target, ["--passphrase-file", str(file)]


def test_an_encrypted_archive_is_checked_with_its_key(
    locked: tuple[Path, list[str]], archive: Path
) -> None:
    path, key = locked
    plain = run("check_archive", "--json", archive).document
    document = run("check_archive", "--json", path, *key).document
    assert document["whole"] is True
    assert document["sha256"] == plain["sha256"]
    assert document["encrypted"]["size"] == path.stat().st_size
    assert document["encrypted"]["sha256"] != plain["sha256"]
    answer = run("check_archive", path, *key)
    assert "“claims.zip.age” is whole." in answer.out
    assert "Encrypted SHA-256" in answer.out


def test_without_its_key_nobody_says_whether_it_is_whole(
    locked: tuple[Path, list[str]], tmp_path: Path
) -> None:
    path, key = locked
    answer = run("check_archive", "--json", path)
    assert answer.code == 1
    assert answer.document["whole"] is None
    assert f"({key[0]} on the command line)" in answer.err
    other = tmp_path / "other.txt"
    other.write_text(
        str(pyrage.x25519.Identity.generate()) if key[0] == "--identity-file" else "no herons here"
    )
    answer = run("check_archive", "--json", path, key[0], other)
    assert answer.document["whole"] is None
    assert "open" in answer.document["error"]["happened"]
    assert other.read_text() not in answer.err + answer.out


def test_a_damaged_encrypted_archive_is_not_whole(locked: tuple[Path, list[str]]) -> None:
    path, key = locked
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    answer = run("check_archive", "--json", path, *key)
    assert answer.code == 1
    assert answer.document["whole"] is False


def test_what_is_in_it_is_inspected_and_compared(
    locked: tuple[Path, list[str]], archive: Path, export: GeneratedExport
) -> None:
    path, key = locked
    found = run("inspect", "--json", path, *key).document
    assert found["counts"] == run("inspect", "--json", archive).document["counts"]
    assert all(str(path) in file["path"] for file in found["files"])
    assert run("compare", path, archive, *key).code == 0
    assert run("compare", path, archive).code == 2
    assert run("inspect", path).code == 2


def test_an_archive_that_the_age_program_encrypted_is_checked(
    archive: Path, tmp_path: Path
) -> None:
    path, secret = tmp_path / "by-age.zip.age", tmp_path / "secret.txt"
    age_with_passphrase(PASSPHRASE, "-p", "-o", path, archive)
    secret.write_text(PASSPHRASE)
    assert run("check_archive", path, "--passphrase-file", secret).code == 0


def test_both_sorts_of_key_at_once_are_refused(archive: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("x")
    copy = shutil.copyfile(archive, tmp_path / "copy.zip")
    both = ("--identity-file", str(secret), "--passphrase-file", str(secret))
    with pytest.raises(Exception, match="not allowed with"):
        run("check_archive", copy, *both)
